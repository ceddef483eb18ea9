// The statements about checkpoints of the center's ledger that receipts brought: they stay longer
// than receipts, each with the receipt that says it; no transaction of its own, as
// journal_tables.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

#include "record/receipt.h"
#include "sqlite/database.h"

namespace sluice::journal {

// Of each line of checkpoints the newest of an hour stays, for so long; the newest of all stays.
inline constexpr std::chrono::days anchor_age{365};
// A receipt that names very many rows is not kept a second time: the next one tells the same.
inline constexpr std::size_t longest_anchor = std::size_t{64} << 10;

class AnchorTables {
 public:
  template <class T>
  using Result = sqlite::Result<T>;

  // The database has the tables of schemas/journal.sql.
  [[nodiscard]] static Result<AnchorTables> prepare(sqlite::Database& database);

  // Where it tells of a checkpoint that is not known. Writes once a checkpoint, not once a receipt.
  [[nodiscard]] Result<void> keep(const record::Receipt& receipt,
                                  const record::SignedReceipt& signed_receipt, record::Time now);
  // In the order of their hours. False ends it.
  [[nodiscard]] Result<void> read(const std::function<bool(const record::SignedReceipt&)>& consume);

 private:
  sqlite::Statement keep_, forget_, read_;
};

}  // namespace sluice::journal
