// The statements about batches that have their receipt and stay for a while, and about what they
// are answered once more; no transaction of its own, as journal_tables.h.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "record/batch.h"
#include "record/receipt.h"
#include "sqlite/database.h"

namespace sluice::journal {

struct RetainedBatch {
  record::Sequence sequence;
  record::Time acknowledged_at{};  // first
  std::uint64_t bytes = 0;         // of all its parts
};

class RetentionTables {
 public:
  template <class T>
  using Result = sqlite::Result<T>;

  // The database has the tables of schemas/journal.sql.
  [[nodiscard]] static Result<RetentionTables> prepare(sqlite::Database& database);

  [[nodiscard]] Result<bool> has(record::Sequence sequence);
  // From now on the batch is one that has its receipt.
  [[nodiscard]] Result<void> retain(record::Sequence sequence, record::Time acknowledged_at);
  [[nodiscard]] Result<std::optional<RetainedBatch>> oldest();
  // It is one no more, and the batch stays.
  [[nodiscard]] Result<void> release(record::Sequence sequence);
  // With the batch itself.
  [[nodiscard]] Result<void> let_go(record::Sequence sequence);
  [[nodiscard]] Result<void> let_go_up_to(record::Sequence sequence);
  [[nodiscard]] Result<void> renumber(record::Sequence from, record::Sequence to);

  // Beside the first one for the batch, unless it is there already.
  [[nodiscard]] Result<void> put_receipt_again(record::Sequence sequence, record::Time at,
                                               const record::SignedReceipt& receipt);
  // In the order in which they came.
  [[nodiscard]] Result<std::vector<record::SignedReceipt>> receipts_again(
      record::Sequence sequence);
  // At most two of those that came before.
  [[nodiscard]] Result<void> forget_receipts(record::Time before);
  [[nodiscard]] Result<void> forget_receipts();

 private:
  sqlite::Statement has_, retain_, oldest_, delete_batch_, delete_retained_, delete_batches_up_to_,
      delete_retained_up_to_, renumber_, put_receipt_again_, receipts_again_, forget_receipts_,
      forget_all_receipts_;
};

}  // namespace sluice::journal
