#include "journal/retention_tables.h"

#include <string>
#include <utility>

#include "journal/journal_columns.h"
#include "record/try.h"

namespace sluice::journal {

sqlite::Result<RetentionTables> RetentionTables::prepare(sqlite::Database& database) {
  using Own = RetentionTables;
  Own tables;
  const std::pair<sqlite::Statement Own::*, std::string_view> statements[] = {
      {&Own::has_, "SELECT 1 FROM retained WHERE sequence = ?1"},
      // 512 stands for what a batch takes beside its parts.
      {&Own::retain_,
       R"sql(
         INSERT INTO retained
         SELECT sequence, ?2,
           length(manifest) + length(signature) + length(payload) + length(places) + 512
         FROM batch
         WHERE sequence = ?1)sql"},
      {&Own::oldest_,
       "SELECT sequence, acknowledged_at, bytes FROM retained ORDER BY sequence LIMIT 1"},
      {&Own::delete_batch_, "DELETE FROM batch WHERE sequence = ?1"},
      {&Own::delete_retained_, "DELETE FROM retained WHERE sequence = ?1"},
      {&Own::delete_batches_up_to_,
       R"sql(
         DELETE FROM batch
         WHERE sequence <= ?1 AND sequence IN (SELECT sequence FROM retained))sql"},
      {&Own::delete_retained_up_to_, "DELETE FROM retained WHERE sequence <= ?1"},
      {&Own::renumber_, "UPDATE retained SET sequence = ?2 WHERE sequence = ?1"},
      {&Own::put_receipt_again_,
       R"sql(
         INSERT INTO receipt_again(sequence, at, json, signature)
         SELECT ?1, ?2, ?3, ?4
         WHERE NOT EXISTS (SELECT 1 FROM receipt WHERE sequence = ?1 AND json = ?3)
           AND NOT EXISTS (SELECT 1 FROM receipt_again WHERE sequence = ?1 AND json = ?3))sql"},
      {&Own::receipts_again_,
       "SELECT json, signature FROM receipt_again WHERE sequence = ?1 ORDER BY id"},
      {&Own::forget_receipts_,
       R"sql(
         DELETE FROM receipt_again
         WHERE id IN (SELECT id FROM receipt_again ORDER BY id LIMIT 2) AND at < ?1)sql"},
      {&Own::forget_all_receipts_, "DELETE FROM receipt_again"},
  };
  SLUICE_TRY(prepare_all(database, tables, statements));
  return tables;
}

sqlite::Result<bool> RetentionTables::has(record::Sequence sequence) {
  has_.bind(1, sequence.value);
  const auto found = SLUICE_TRY(first_row(has_, [](const sqlite::Statement&) { return true; }));
  return found.has_value();
}

sqlite::Result<void> RetentionTables::retain(record::Sequence sequence,
                                             record::Time acknowledged_at) {
  return retain_.bind(1, sequence.value).bind(2, milliseconds(acknowledged_at)).run();
}

sqlite::Result<std::optional<RetainedBatch>> RetentionTables::oldest() {
  return first_row(oldest_, [](const sqlite::Statement& row) {
    return RetainedBatch{{count(row, 0)}, time_of(row.integer(1)), count(row, 2)};
  });
}

sqlite::Result<void> RetentionTables::release(record::Sequence sequence) {
  return delete_retained_.bind(1, sequence.value).run();
}

sqlite::Result<void> RetentionTables::let_go(record::Sequence sequence) {
  SLUICE_TRY(delete_batch_.bind(1, sequence.value).run());
  return delete_retained_.bind(1, sequence.value).run();
}

sqlite::Result<void> RetentionTables::let_go_up_to(record::Sequence sequence) {
  SLUICE_TRY(delete_batches_up_to_.bind(1, sequence.value).run());
  return delete_retained_up_to_.bind(1, sequence.value).run();
}

sqlite::Result<void> RetentionTables::renumber(record::Sequence from, record::Sequence to) {
  return renumber_.bind(1, from.value).bind(2, to.value).run();
}

sqlite::Result<void> RetentionTables::put_receipt_again(record::Sequence sequence, record::Time at,
                                                        const record::SignedReceipt& receipt) {
  return put_receipt_again_.bind(1, sequence.value)
      .bind(2, milliseconds(at))
      .bind_blob(3, receipt.json)
      .bind_blob(4, receipt.signature)
      .run();
}

sqlite::Result<std::vector<record::SignedReceipt>> RetentionTables::receipts_again(
    record::Sequence sequence) {
  std::vector<record::SignedReceipt> found;
  receipts_again_.bind(1, sequence.value);
  SLUICE_TRY(each_row(receipts_again_, [&](const sqlite::Statement& row) {
    found.push_back({std::string(row.text(0)), std::string(row.text(1))});
  }));
  return found;
}

sqlite::Result<void> RetentionTables::forget_receipts(record::Time before) {
  return forget_receipts_.bind(1, milliseconds(before)).run();
}

sqlite::Result<void> RetentionTables::forget_receipts() {
  return forget_all_receipts_.run();
}

}  // namespace sluice::journal
