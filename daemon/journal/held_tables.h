// The statements about batches that the center holds; no transaction of its own, as
// journal_tables.h.
#pragma once

#include <optional>
#include <vector>

#include "journal/held.h"
#include "record/batch.h"
#include "record/receipt.h"
#include "sqlite/database.h"

namespace sluice::journal {

// Numbers of batches that are not in the file, though some between them may be.
struct Missing {
  record::Sequence first;
  record::Sequence last;
};

class HeldTables {
 public:
  template <class T>
  using Result = sqlite::Result<T>;

  // The database has the tables of schemas/journal.sql.
  [[nodiscard]] static Result<HeldTables> prepare(sqlite::Database& database);

  // The batch that this receipt says is held, once more perhaps.
  [[nodiscard]] Result<void> put(const record::Receipt& receipt,
                                 const record::SignedReceipt& signed_receipt);
  [[nodiscard]] Result<bool> has(const HeldBatch& batch);
  // With the batch itself, where it is of an epoch that is over.
  [[nodiscard]] Result<void> remove(const HeldBatch& batch);
  [[nodiscard]] Result<std::vector<HeldDataset>> datasets();
  // Those behind the one, in the order in which they were sealed.
  [[nodiscard]] Result<std::vector<HeldBatch>> of(const record::DatasetId& dataset,
                                                  const HeldBatch& after, std::uint64_t most);
  // Of an epoch that is over.
  [[nodiscard]] Result<std::optional<record::Batch>> earlier(const HeldBatch& batch);

  // Of a new epoch: those up to this number stay as they are, beside the new stream.
  [[nodiscard]] Result<void> set_aside(const HeldBatch& last);
  // And those behind it are held no more: the ledger has them not.
  [[nodiscard]] Result<void> forget_after(const HeldBatch& last);

  // What is not there of the batches behind the one, up to the other; nothing: all are. Where one
  // that is held stays, those behind it may have been let go of before.
  [[nodiscard]] Result<std::optional<Missing>> missing(record::Sequence after,
                                                       record::Sequence up_to);

 private:
  sqlite::Statement put_, has_, remove_, remove_batch_, datasets_, of_, earlier_, set_aside_,
      delete_aside_, forget_after_, missing_;
};

}  // namespace sluice::journal
