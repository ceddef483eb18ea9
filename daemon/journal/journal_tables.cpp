#include "journal/journal_tables.h"

#include <algorithm>
#include <utility>

#include "journal/journal_columns.h"
#include "record/try.h"

namespace sluice::journal {
namespace {

std::string_view bytes_of(const record::Digest& digest) {
  return {reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size()};
}

record::Digest digest_of(std::string_view bytes) {
  record::Digest digest;
  std::ranges::copy_n(bytes.begin(),
                      static_cast<std::ptrdiff_t>(std::min(bytes.size(), digest.bytes.size())),
                      digest.bytes.begin());
  return digest;
}

record::Batch batch_in(const sqlite::Statement& row) {
  return {std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2))};
}

}  // namespace

sqlite::Result<Tables> Tables::prepare(sqlite::Database& database) {
  Tables tables;
  const std::pair<sqlite::Statement Tables::*, std::string_view> statements[] = {
      {&Tables::stream_,
       R"sql(
         SELECT bureau, epoch, head_sequence, head_manifest, acknowledged, backlog_batches,
           backlog_bytes, quarantine_bytes, answer_bytes, follows, refused, sealed_at,
           confirmed_at, retention.batches, retention.bytes
         FROM stream, kept, retention)sql"},
      {&Tables::update_stream_,
       R"sql(
         UPDATE stream
         SET head_sequence=?1, head_manifest=?2, acknowledged=?3, backlog_batches=?4,
           backlog_bytes=?5, epoch=?6, follows=?7, refused=?8, sealed_at=?9, confirmed_at=?10)sql"},
      {&Tables::numbered_,
       R"sql(
         SELECT max(head_sequence, coalesce((SELECT max(sequence) FROM open_batch), 0))
         FROM stream)sql"},
      {&Tables::insert_batch_, "INSERT INTO batch VALUES(?1, ?2, ?3, ?4, ?5, ?6)"},
      {&Tables::next_batch_,
       R"sql(
         SELECT manifest, signature, payload
         FROM batch
         WHERE sequence > ?1
         ORDER BY sequence LIMIT 1)sql"},
      {&Tables::next_waiting_,
       R"sql(
         SELECT manifest, signature, payload
         FROM batch
         WHERE sequence > max(?1, (SELECT acknowledged FROM stream))
         ORDER BY sequence LIMIT 1)sql"},
      {&Tables::manifest_, "SELECT manifest FROM batch WHERE sequence = ?1"},
      {&Tables::delete_batch_, "DELETE FROM batch WHERE sequence = ?1"},
      {&Tables::renumber_batch_,
       "UPDATE batch SET sequence = ?2, manifest = ?3, signature = ?4 WHERE sequence = ?1"},
      {&Tables::oldest_batch_,
       R"sql(
         SELECT closed_at
         FROM batch
         WHERE sequence > max(coalesce((SELECT max(sequence) FROM retained), 0),
           coalesce((SELECT max(sequence) FROM held
                     WHERE epoch = (SELECT epoch FROM stream)), 0))
         ORDER BY sequence LIMIT 1)sql"},
      {&Tables::open_batches_, "SELECT * FROM open_batch ORDER BY sequence"},
      {&Tables::put_open_batch_,
       R"sql(
         INSERT INTO open_batch
         VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT(sequence) DO UPDATE SET upserts=excluded.upserts,
           deletes=excluded.deletes, bytes=excluded.bytes)sql"},
      {&Tables::add_lines_, "INSERT INTO open_lines VALUES(?1 * 4294967296 + ?2, ?3, ?4)"},
      {&Tables::lines_,
       R"sql(
         SELECT lines, places
         FROM open_lines
         WHERE id >= ?1 * 4294967296 AND id < (?1 + 1) * 4294967296
         ORDER BY id)sql"},
      {&Tables::delete_lines_,
       "DELETE FROM open_lines WHERE id >= ?1 * 4294967296 AND id < (?1 + 1) * 4294967296"},
      {&Tables::delete_open_batch_, "DELETE FROM open_batch WHERE sequence = ?1"},
      {&Tables::put_receipt_, "INSERT OR IGNORE INTO receipt VALUES(?1, ?2, ?3, ?4)"},
      {&Tables::receipt_, "SELECT json, signature FROM receipt WHERE sequence = ?1"},
      // Not OR REPLACE: it calls no trigger for what it replaces. Where the last of a source
      // brought no rows, its place is that of the rows before.
      {&Tables::put_cursor_,
       R"sql(
         INSERT INTO cursor
         VALUES(?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT(channel, key) DO UPDATE SET value=excluded.value,
            sequence=iif(excluded.sequence = 0, sequence, excluded.sequence),
            first_row=iif(excluded.sequence = 0, first_row, excluded.first_row),
           forget_at=excluded.forget_at)sql"},
      {&Tables::cursor_,
       "SELECT value, sequence, first_row FROM cursor WHERE channel = ?1 AND key = ?2"},
      {&Tables::forget_cursors_,
       R"sql(
         DELETE FROM cursor
         WHERE (channel, key) IN (
           SELECT channel, key
           FROM cursor
           WHERE forget_at < ?1
           ORDER BY forget_at LIMIT ?2
         ))sql"},
      {&Tables::forget_receipts_,
       R"sql(
         DELETE FROM receipt
         WHERE sequence IN (SELECT sequence FROM receipt ORDER BY sequence LIMIT 2) AND at < ?1)sql"},
      {&Tables::forget_unconfirmed_,
       R"sql(
         DELETE FROM cursor
         WHERE (?2 OR sequence > ?1)
           AND NOT ((?3 OR forget_at IS NOT NULL)
             AND sequence IN (SELECT sequence FROM batch)))sql"},
      {&Tables::forget_channel_, "DELETE FROM cursor WHERE channel = ?1"},
      {&Tables::unplace_cursors_,
       R"sql(
         UPDATE cursor
         SET sequence = 0, first_row = 0
         WHERE sequence NOT IN (SELECT sequence FROM batch))sql"},
      {&Tables::renumber_cursors_, "UPDATE cursor SET sequence = ?2 WHERE sequence = ?1"},
      {&Tables::forget_all_receipts_, "DELETE FROM receipt"},
      {&Tables::add_tally_,
       R"sql(
         INSERT INTO tally
         VALUES(?1, ?2, ?3, ?4)
         ON CONFLICT(dataset, minute) DO UPDATE SET rows = rows + excluded.rows,
           failed = failed + excluded.failed)sql"},
      {&Tables::tallies_,
       R"sql(
         SELECT minute, rows, failed
         FROM tally
         WHERE dataset = ?1 AND minute >= ?2
         ORDER BY minute)sql"},
      {&Tables::forget_tallies_, "DELETE FROM tally WHERE dataset = ?1 AND minute < ?2"},
  };
  SLUICE_TRY(prepare_all(database, tables, statements));
  return tables;
}

sqlite::Result<StreamRow> Tables::stream() {
  auto row = first_row(stream_, [](const sqlite::Statement& found) {
    return StreamRow{
        .stream = {record::BureauId(std::string(found.text(0))), {count(found, 1)}},
        .head = {{count(found, 2)}, digest_of(found.text(3))},
        .acknowledged = {count(found, 4)},
        .backlog_batches = count(found, 5),
        .backlog_bytes = count(found, 6),
        .quarantine_bytes = count(found, 7),
        .answer_bytes = count(found, 8),
        .follows = {count(found, 9)},
        .refused = std::string(found.text(10)),
        .sealed_at = time_of(found.integer(11)),
        .confirmed_at = time_of(found.integer(12)),
        .retained_batches = count(found, 13),
        .retained_bytes = count(found, 14),
    };
  });
  if (!row) return std::unexpected(row.error());
  return row->value_or(StreamRow{});
}

sqlite::Result<void> Tables::update_stream(const StreamRow& row) {
  return update_stream_.bind(1, row.head.sequence.value)
      .bind_blob(2, bytes_of(row.head.manifest))
      .bind(3, row.acknowledged.value)
      .bind(4, row.backlog_batches)
      .bind(5, row.backlog_bytes)
      .bind(6, row.stream.epoch.value)
      .bind(7, row.follows.value)
      .bind(8, std::string_view(row.refused))
      .bind(9, row.sealed_at.time_since_epoch().count())
      .bind(10, row.confirmed_at.time_since_epoch().count())
      .run();
}

sqlite::Result<record::Sequence> Tables::numbered() {
  const auto found = SLUICE_TRY(first_row(
      numbered_, [](const sqlite::Statement& row) { return record::Sequence{count(row, 0)}; }));
  return found.value_or(record::Sequence{});
}

sqlite::Result<void> Tables::insert_batch(const record::SealedBatch& sealed, record::Time closed_at,
                                          std::string_view places) {
  return insert_batch_.bind(1, sealed.manifest.sequence.value)
      .bind(2, milliseconds(closed_at))
      .bind_blob(3, sealed.batch.manifest)
      .bind_blob(4, sealed.batch.signature)
      .bind_blob(5, sealed.batch.payload)
      .bind_blob(6, places)
      .run();
}

sqlite::Result<std::optional<record::Batch>> Tables::next_batch(record::Sequence after) {
  next_batch_.bind(1, after.value);
  return first_row(next_batch_, batch_in);
}

sqlite::Result<std::optional<record::Batch>> Tables::next_waiting(record::Sequence after) {
  next_waiting_.bind(1, after.value);
  return first_row(next_waiting_, batch_in);
}

sqlite::Result<std::optional<std::string>> Tables::manifest(record::Sequence sequence) {
  manifest_.bind(1, sequence.value);
  return first_row(manifest_,
                   [](const sqlite::Statement& row) { return std::string(row.text(0)); });
}

sqlite::Result<void> Tables::delete_batch(record::Sequence sequence) {
  return delete_batch_.bind(1, sequence.value).run();
}

sqlite::Result<void> Tables::renumber_batch(record::Sequence from,
                                            const record::SealedBatch& sealed) {
  return renumber_batch_.bind(1, from.value)
      .bind(2, sealed.manifest.sequence.value)
      .bind_blob(3, sealed.batch.manifest)
      .bind_blob(4, sealed.batch.signature)
      .run();
}

sqlite::Result<std::optional<record::Time>> Tables::oldest_batch() {
  return first_row(oldest_batch_,
                   [](const sqlite::Statement& row) { return time_of(row.integer(0)); });
}

sqlite::Result<std::vector<OpenBatch>> Tables::open_batches() {
  std::vector<OpenBatch> batches;
  while (true) {
    const auto row = open_batches_.step();
    if (!row || !*row) {
      open_batches_.reset();
      if (!row) return std::unexpected(row.error());
      return batches;
    }
    const sqlite::Statement& found = open_batches_;
    batches.push_back({.sequence = {count(found, 0)},
                       .origin = {.dataset = record::DatasetId(std::string(found.text(1))),
                                  .schema = digest_of(found.text(2)),
                                  .mode = static_cast<record::Mode>(found.integer(3)),
                                  .carries_case_numbers = found.integer(4) != 0},
                       .opened_at = time_of(found.integer(5)),
                       .upserts = {count(found, 6)},
                       .deletes = {count(found, 7)},
                       .bytes = {count(found, 8)}});
  }
}

sqlite::Result<void> Tables::put_open_batch(const OpenBatch& batch) {
  return put_open_batch_.bind(1, batch.sequence.value)
      .bind(2, batch.origin.dataset.str())
      .bind_blob(3, bytes_of(batch.origin.schema))
      .bind(4, static_cast<std::int64_t>(batch.origin.mode))
      .bind(5, std::int64_t{batch.origin.carries_case_numbers})
      .bind(6, milliseconds(batch.opened_at))
      .bind(7, batch.upserts.value)
      .bind(8, batch.deletes.value)
      .bind(9, batch.bytes.value)
      .run();
}

sqlite::Result<void> Tables::add_lines(record::Sequence sequence, std::uint64_t first_row,
                                       const OpenLines& added) {
  return add_lines_.bind(1, sequence.value)
      .bind(2, first_row)
      .bind_blob(3, added.lines)
      .bind_blob(4, added.places)
      .run();
}

sqlite::Result<OpenLines> Tables::lines(record::Sequence sequence) {
  OpenLines all;
  lines_.bind(1, sequence.value);
  while (true) {
    const auto row = lines_.step();
    if (!row || !*row) {
      lines_.reset();
      if (!row) return std::unexpected(row.error());
      return all;
    }
    all.lines += lines_.text(0);
    all.places += lines_.text(1);
  }
}

sqlite::Result<void> Tables::delete_open_batch(record::Sequence sequence) {
  SLUICE_TRY(delete_lines_.bind(1, sequence.value).run());
  return delete_open_batch_.bind(1, sequence.value).run();
}

sqlite::Result<void> Tables::put_receipt(record::Sequence sequence, record::Time at,
                                         const record::SignedReceipt& receipt) {
  return put_receipt_.bind(1, sequence.value)
      .bind(2, milliseconds(at))
      .bind_blob(3, receipt.json)
      .bind_blob(4, receipt.signature)
      .run();
}

sqlite::Result<std::optional<record::SignedReceipt>> Tables::receipt(record::Sequence sequence) {
  receipt_.bind(1, sequence.value);
  return first_row(receipt_, [](const sqlite::Statement& row) {
    return record::SignedReceipt{std::string(row.text(0)), std::string(row.text(1))};
  });
}

sqlite::Result<void> Tables::put_cursor(const Cursor& cursor, const Placement& placement,
                                        std::optional<record::Time> forget_at) {
  put_cursor_.bind(1, cursor.channel)
      .bind(2, cursor.key)
      .bind(3, cursor.value)
      .bind(4, placement.sequence.value)
      .bind(5, placement.first_row);
  if (forget_at) {
    put_cursor_.bind(6, milliseconds(*forget_at));
  } else {
    put_cursor_.bind_null(6);
  }
  return put_cursor_.run();
}

sqlite::Result<std::optional<KeptCursor>> Tables::cursor(std::string_view channel,
                                                         std::string_view key) {
  cursor_.bind(1, channel).bind(2, key);
  return first_row(cursor_, [](const sqlite::Statement& row) {
    return KeptCursor{std::string(row.text(0)), {{count(row, 1)}, count(row, 2)}};
  });
}

sqlite::Result<void> Tables::forget_cursors(const Forgetting& forgetting) {
  return forget_unconfirmed_.bind(1, forgetting.confirmed.value)
      .bind(2, std::int64_t{forgetting.all})
      .bind(3, std::int64_t{forgetting.waiting_stays})
      .run();
}

sqlite::Result<void> Tables::forget_cursors(const std::string& channel) {
  return forget_channel_.bind(1, std::string_view(channel)).run();
}

sqlite::Result<void> Tables::unplace_cursors() {
  return unplace_cursors_.run();
}

sqlite::Result<void> Tables::renumber_cursors(record::Sequence from, record::Sequence to) {
  return renumber_cursors_.bind(1, from.value).bind(2, to.value).run();
}

sqlite::Result<void> Tables::forget_receipts() {
  return forget_all_receipts_.run();
}

sqlite::Result<void> Tables::add_tally(const record::DatasetId& dataset, const MinuteTally& tally) {
  return add_tally_.bind(1, dataset.str())
      .bind(2, tally.minute.time_since_epoch().count())
      .bind(3, tally.tally.rows)
      .bind(4, tally.tally.failed)
      .run();
}

sqlite::Result<std::vector<MinuteTally>> Tables::tallies(
    const record::DatasetId& dataset, std::chrono::sys_time<std::chrono::minutes> since) {
  tallies_.bind(1, dataset.str()).bind(2, since.time_since_epoch().count());
  std::vector<MinuteTally> found;
  while (true) {
    const auto row = tallies_.step();
    if (!row || !*row) {
      tallies_.reset();
      if (!row) return std::unexpected(row.error());
      return found;
    }
    const std::chrono::minutes minute(tallies_.integer(0));
    found.push_back({std::chrono::sys_time<std::chrono::minutes>(minute),
                     {count(tallies_, 1), count(tallies_, 2)}});
  }
}

sqlite::Result<void> Tables::forget_tallies(const record::DatasetId& dataset,
                                            std::chrono::sys_time<std::chrono::minutes> before) {
  return forget_tallies_.bind(1, dataset.str()).bind(2, before.time_since_epoch().count()).run();
}

sqlite::Result<void> Tables::forget_answers(record::Time now, std::uint64_t most) {
  return forget_cursors_.bind(1, milliseconds(now)).bind(2, most).run();
}

sqlite::Result<void> Tables::forget_receipts(record::Time before) {
  return forget_receipts_.bind(1, milliseconds(before)).run();
}

}  // namespace sluice::journal
