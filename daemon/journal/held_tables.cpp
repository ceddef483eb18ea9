#include "journal/held_tables.h"

#include <string>
#include <utility>

#include "journal/journal_columns.h"
#include "record/try.h"

namespace sluice::journal {

sqlite::Result<HeldTables> HeldTables::prepare(sqlite::Database& database) {
  using Own = HeldTables;
  Own tables;
  const std::pair<sqlite::Statement Own::*, std::string_view> statements[] = {
      {&Own::put_, "INSERT OR REPLACE INTO held VALUES(?1, ?2, ?3, ?4, ?5, ?6)"},
      {&Own::has_, "SELECT 1 FROM held WHERE epoch = ?1 AND sequence = ?2"},
      {&Own::remove_, "DELETE FROM held WHERE epoch = ?1 AND sequence = ?2"},
      {&Own::remove_batch_, "DELETE FROM held_batch WHERE epoch = ?1 AND sequence = ?2"},
      {&Own::datasets_,
       "SELECT dataset, count(*), min(at) FROM held GROUP BY dataset ORDER BY dataset"},
      {&Own::of_,
       R"sql(
         SELECT epoch, sequence
         FROM held
         WHERE dataset = ?1 AND (epoch, sequence) > (?3, ?4)
         ORDER BY epoch, sequence LIMIT ?2)sql"},
      {&Own::earlier_,
       R"sql(
         SELECT manifest, signature, payload
         FROM held_batch
         WHERE epoch = ?1 AND sequence = ?2)sql"},
      {&Own::set_aside_,
       R"sql(
         INSERT INTO held_batch
         SELECT h.epoch, h.sequence, b.manifest, b.signature, b.payload, b.places
         FROM held h
         JOIN batch b ON b.sequence = h.sequence
         WHERE h.epoch = ?1 AND h.sequence <= ?2)sql"},
      {&Own::delete_aside_,
       R"sql(
         DELETE FROM batch
         WHERE sequence IN (SELECT sequence FROM held WHERE epoch = ?1 AND sequence <= ?2))sql"},
      {&Own::forget_after_, "DELETE FROM held WHERE epoch = ?1 AND sequence > ?2"},
      {&Own::missing_,
       R"sql(
         WITH there AS (
           SELECT sequence FROM batch WHERE sequence > ?1 AND sequence <= ?2
         ), ends AS (SELECT ?1 AS sequence UNION ALL SELECT sequence FROM there)
         SELECT
           (SELECT min(e.sequence + 1) FROM ends e
            WHERE e.sequence < ?2
              AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.sequence = e.sequence + 1)),
           (SELECT max(e.sequence - 1)
            FROM (SELECT ?2 + 1 AS sequence UNION ALL SELECT sequence FROM there) e
            WHERE e.sequence > ?1 + 1
              AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.sequence = e.sequence - 1)))sql"},
  };
  SLUICE_TRY(prepare_all(database, tables, statements));
  return tables;
}

sqlite::Result<void> HeldTables::put(const record::Receipt& receipt,
                                     const record::SignedReceipt& signed_receipt) {
  return put_.bind(1, receipt.stream.epoch.value)
      .bind(2, receipt.sequence.value)
      .bind(3, receipt.dataset.str())
      .bind(4, milliseconds(receipt.at))
      .bind_blob(5, signed_receipt.json)
      .bind_blob(6, signed_receipt.signature)
      .run();
}

sqlite::Result<bool> HeldTables::has(const HeldBatch& batch) {
  has_.bind(1, batch.epoch.value).bind(2, batch.sequence.value);
  const auto found = SLUICE_TRY(first_row(has_, [](const sqlite::Statement&) { return true; }));
  return found.has_value();
}

sqlite::Result<void> HeldTables::remove(const HeldBatch& batch) {
  SLUICE_TRY(remove_batch_.bind(1, batch.epoch.value).bind(2, batch.sequence.value).run());
  return remove_.bind(1, batch.epoch.value).bind(2, batch.sequence.value).run();
}

sqlite::Result<std::vector<HeldDataset>> HeldTables::datasets() {
  std::vector<HeldDataset> found;
  SLUICE_TRY(each_row(datasets_, [&](const sqlite::Statement& row) {
    found.push_back(
        {record::DatasetId(std::string(row.text(0))), count(row, 1), time_of(row.integer(2))});
  }));
  return found;
}

sqlite::Result<std::vector<HeldBatch>> HeldTables::of(const record::DatasetId& dataset,
                                                      const HeldBatch& after, std::uint64_t most) {
  std::vector<HeldBatch> found;
  of_.bind(1, dataset.str()).bind(2, most).bind(3, after.epoch.value).bind(4, after.sequence.value);
  SLUICE_TRY(each_row(of_, [&](const sqlite::Statement& row) {
    found.push_back({{count(row, 0)}, {count(row, 1)}});
  }));
  return found;
}

sqlite::Result<std::optional<record::Batch>> HeldTables::earlier(const HeldBatch& batch) {
  earlier_.bind(1, batch.epoch.value).bind(2, batch.sequence.value);
  return first_row(earlier_, [](const sqlite::Statement& row) {
    return record::Batch{std::string(row.text(0)), std::string(row.text(1)),
                         std::string(row.text(2))};
  });
}

sqlite::Result<void> HeldTables::set_aside(const HeldBatch& last) {
  SLUICE_TRY(set_aside_.bind(1, last.epoch.value).bind(2, last.sequence.value).run());
  return delete_aside_.bind(1, last.epoch.value).bind(2, last.sequence.value).run();
}

sqlite::Result<void> HeldTables::forget_after(const HeldBatch& last) {
  return forget_after_.bind(1, last.epoch.value).bind(2, last.sequence.value).run();
}

sqlite::Result<std::optional<Missing>> HeldTables::missing(record::Sequence after,
                                                           record::Sequence up_to) {
  if (after >= up_to) return std::nullopt;
  missing_.bind(1, after.value).bind(2, up_to.value);
  const auto found = SLUICE_TRY(first_row(missing_, [](const sqlite::Statement& row) {
    if (row.is_null(0) || row.is_null(1)) return std::optional<Missing>();
    return std::optional(Missing{{count(row, 0)}, {count(row, 1)}});
  }));
  return found.value_or(std::nullopt);
}

}  // namespace sluice::journal
