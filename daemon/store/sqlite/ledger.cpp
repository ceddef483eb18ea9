#include "store/sqlite/ledger.h"

#include <fmt/format.h>

#include "record/try.h"
#include "store/kept_values.h"

namespace sluice::store::sqlite {
Result<std::optional<LedgerAnswer>> Ledger::find(const record::StreamId& stream,
                                                 record::Sequence sequence) {
  auto entry = SLUICE_TRY(file_.statement(R"sql(
        SELECT manifest, receipt, receipt_signature, iif(outcome = 'held', id, 0)
        FROM ledger
        WHERE bureau = ? AND epoch = ? AND sequence = ?
        ORDER BY settles DESC LIMIT 1)sql"));
  entry.bind(1, stream.bureau.str()).bind(2, stream.epoch.value).bind(3, sequence.value);
  const auto row = SLUICE_TRY(file_.step(entry));
  if (!row) return std::nullopt;
  return LedgerAnswer{std::string(entry.text(0)),
                      {std::string(entry.text(1)), std::string(entry.text(2))},
                      entry.integer(3)};
}

Result<std::optional<StreamPlace>> Ledger::place(const record::BureauId& bureau) {
  auto stream = SLUICE_TRY(file_.statement(
      R"sql(
        SELECT s.epoch, s.sequence, s.manifest, s.applied_at, a.manifest
        FROM stream s
        LEFT JOIN ledger l ON l.bureau = s.bureau AND l.epoch = s.epoch AND l.sequence = s.sequence
          AND l.settles = 0
        LEFT JOIN archive a ON a.ledger = l.id
        WHERE s.bureau = ?)sql"));
  stream.bind(1, bureau.str());
  const auto row = SLUICE_TRY(file_.step(stream));
  if (!row) return std::nullopt;
  return StreamPlace{{static_cast<std::uint64_t>(stream.integer(0))},
                     {{static_cast<std::uint64_t>(stream.integer(1))}, kept_digest(stream.text(2))},
                     kept_time(stream.integer(3)),
                     sealing_time(stream.text(4))};
}

Result<std::int64_t> Ledger::last_drawn_id() {
  auto last = SLUICE_TRY(
      file_.statement("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'ledger'"));
  SLUICE_TRY(file_.step(last));
  return last.integer(0);
}

Result<std::int64_t> Ledger::next_id() {
  return SLUICE_TRY(last_drawn_id()) + 1;
}

Result<void> Ledger::take_id(std::int64_t id) {
  auto update =
      SLUICE_TRY(file_.statement("UPDATE sqlite_sequence SET seq = ? WHERE name = 'ledger'"));
  update.bind(1, id);
  SLUICE_TRY(file_.run(update));
  if (file_.database.changes() > 0) return {};
  auto insert =
      SLUICE_TRY(file_.statement("INSERT INTO sqlite_sequence (name, seq) VALUES ('ledger', ?)"));
  insert.bind(1, id);
  return file_.run(insert);
}

Result<Numbering> Ledger::numbering(StoreNumber wanted) {
  const auto last = SLUICE_TRY(last_drawn_id());
  return check_number(wanted, number_of(last), last != 0, file_.place());
}

Result<void> Ledger::set_number(StoreNumber number) {
  auto seed =
      SLUICE_TRY(file_.statement("INSERT INTO sqlite_sequence (name, seq) VALUES ('ledger', ?)"));
  seed.bind(1, id_before_all(number));
  return file_.run(seed);
}

Result<void> Ledger::write(const LedgerEntry& entry, const record::Batch& batch) {
  const std::string digest = to_string(entry.manifest);
  auto ledger = SLUICE_TRY(file_.statement(
      R"sql(
        INSERT INTO ledger (id, bureau, epoch, sequence, dataset, manifest, outcome, inserted,
          updated, unchanged, deleted, rejected, applied_at, receipt, receipt_signature, settles)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql"));
  ledger.bind(1, entry.id)
      .bind(2, entry.stream.bureau.str())
      .bind(3, entry.stream.epoch.value)
      .bind(4, entry.sequence.value)
      .bind(5, entry.dataset.str())
      .bind(6, digest)
      .bind(7, entry.outcome)
      .bind(8, entry.rows.inserted.value)
      .bind(9, entry.rows.updated.value)
      .bind(10, entry.rows.unchanged.value)
      .bind(11, entry.rows.deleted.value)
      .bind(12, entry.rows.rejected.value)
      .bind(13, std::int64_t{entry.applied_at.time_since_epoch().count()})
      .bind(14, entry.receipt.json)
      .bind_blob(15, entry.receipt.signature)
      .bind(16, entry.settles);
  SLUICE_TRY(file_.run(ledger));
  return entry.settles == 0 ? write_place(entry, batch) : write_settlement(entry);
}

Result<void> Ledger::write_place(const LedgerEntry& entry, const record::Batch& batch) {
  const std::string digest = to_string(entry.manifest);
  auto archive = SLUICE_TRY(file_.statement(
      "INSERT INTO archive (ledger, manifest, signature, payload) VALUES (?, ?, ?, ?)"));
  archive.bind(1, entry.id)
      .bind_blob(2, batch.manifest)
      .bind_blob(3, batch.signature)
      .bind_blob(4, batch.payload);
  SLUICE_TRY(file_.run(archive));
  auto stream = SLUICE_TRY(file_.statement(
      R"sql(
        INSERT OR REPLACE INTO stream (bureau, epoch, sequence, manifest, applied_at)
        VALUES (?, ?, ?, ?, ?))sql"));
  stream.bind(1, entry.stream.bureau.str())
      .bind(2, entry.stream.epoch.value)
      .bind(3, entry.sequence.value)
      .bind(4, digest)
      .bind(5, std::int64_t{entry.applied_at.time_since_epoch().count()});
  SLUICE_TRY(file_.run(stream));
  if (entry.outcome != record::to_string(record::Outcome::held)) return {};
  auto held =
      SLUICE_TRY(file_.statement("INSERT INTO held (ledger, bureau, dataset) VALUES (?, ?, ?)"));
  held.bind(1, entry.id).bind(2, entry.stream.bureau.str()).bind(3, entry.dataset.str());
  return file_.run(held);
}

// The stream stands where it stood; but nothing is applied before this.
Result<void> Ledger::write_settlement(const LedgerEntry& entry) {
  auto stream = SLUICE_TRY(file_.statement("UPDATE stream SET applied_at = ? WHERE bureau = ?"));
  stream.bind(1, std::int64_t{entry.applied_at.time_since_epoch().count()})
      .bind(2, entry.stream.bureau.str());
  SLUICE_TRY(file_.run(stream));
  auto held = SLUICE_TRY(file_.statement("DELETE FROM held WHERE ledger = ?"));
  held.bind(1, entry.settles);
  return file_.run(held);
}

Result<std::optional<std::int64_t>> Ledger::first_held(const record::BureauId& bureau,
                                                       const record::DatasetId& dataset) {
  auto first = SLUICE_TRY(file_.statement(
      "SELECT ledger FROM held WHERE bureau = ? AND dataset = ? ORDER BY ledger LIMIT 1"));
  first.bind(1, bureau.str()).bind(2, dataset.str());
  if (!SLUICE_TRY(file_.step(first))) return std::nullopt;
  return first.integer(0);
}

Result<std::vector<HeldDataset>> Ledger::held() {
  auto select = SLUICE_TRY(file_.statement(R"sql(
        SELECT h.bureau, h.dataset, h.batches, l.id, l.applied_at, l.receipt, l.receipt_signature
        FROM (SELECT bureau, dataset, count(*) AS batches, min(ledger) AS first
              FROM held
              GROUP BY bureau, dataset) h
        JOIN ledger l ON l.id = h.first
        ORDER BY h.bureau, h.dataset)sql"));
  std::vector<HeldDataset> all;
  while (SLUICE_TRY(file_.step(select))) {
    all.push_back({record::BureauId(std::string(select.text(0))),
                   record::DatasetId(std::string(select.text(1))),
                   static_cast<std::uint64_t>(select.integer(2)),
                   select.integer(3),
                   kept_time(select.integer(4)),
                   {std::string(select.text(5)), std::string(select.text(6))}});
  }
  return all;
}

Result<std::optional<HeldBatch>> Ledger::find_held(const HeldPlace& place) {
  std::int64_t id = 0;
  if (const auto* dataset = std::get_if<FirstOfDataset>(&place)) {
    id = SLUICE_TRY(first_held(dataset->bureau, dataset->dataset)).value_or(0);
  } else {
    const auto& number = std::get<NumberOfStream>(place);
    const auto found = SLUICE_TRY(find(number.stream, number.sequence));
    id = found ? found->held : 0;
  }
  if (id == 0) return std::nullopt;
  auto archived = SLUICE_TRY(
      file_.statement("SELECT manifest, signature, payload FROM archive WHERE ledger = ?"));
  archived.bind(1, id);
  if (!SLUICE_TRY(file_.step(archived))) return std::nullopt;
  return HeldBatch{id,
                   {std::string(archived.text(0)), std::string(archived.text(1)),
                    std::string(archived.text(2))}};
}

// Not from the ledger alone: whoever verifies it must learn that entries at its end are missing.
Result<record::ChainHead> Ledger::head(const record::StreamId& stream) {
  const auto known = SLUICE_TRY(place(stream.bureau));
  if (known && known->epoch == stream.epoch) return known->head;
  auto last = SLUICE_TRY(file_.statement(R"sql(
        SELECT sequence, manifest
        FROM ledger
        WHERE bureau = ? AND epoch = ?
        ORDER BY sequence DESC LIMIT 1)sql"));
  last.bind(1, stream.bureau.str()).bind(2, stream.epoch.value);
  const auto row = SLUICE_TRY(file_.step(last));
  if (!row) return record::ChainHead{};
  return record::ChainHead{{static_cast<std::uint64_t>(last.integer(0))},
                           kept_digest(last.text(1))};
}

Result<std::int64_t> Ledger::id_at(const record::DatasetId& dataset, record::Time as_of) {
  auto last = SLUICE_TRY(file_.statement(R"sql(
    SELECT max(
      coalesce((SELECT max(id) FROM ledger
                WHERE dataset = ?1 AND applied_at <= ?2 AND outcome = 'accepted'), 0),
      coalesce((SELECT max(id) FROM migration WHERE dataset = ?1 AND applied_at <= ?2), 0)))sql"));
  last.bind(1, dataset.str()).bind(2, std::int64_t{as_of.time_since_epoch().count()});
  SLUICE_TRY(file_.step(last));
  return last.integer(0);
}

// Of one bureau the order of epochs and numbers has an index.
std::string walk_sql(const Extent& extent) {
  return fmt::format(
      R"sql(
        SELECT l.id, l.bureau, l.epoch, l.sequence, l.dataset, l.manifest, l.applied_at,
          l.receipt, l.receipt_signature, l.outcome, l.inserted, l.updated, l.unchanged, l.deleted,
          l.rejected, a.manifest, a.signature, {}, l.settles
        FROM ledger l
        JOIN archive a ON a.ledger = iif(l.settles = 0, l.id, l.settles)
        WHERE l.id > ?1{}{}
        ORDER BY {})sql",
      extent.payloads == Extent::Payloads::read ? "a.payload" : "x''",
      extent.bureau ? " AND l.bureau = ?2" : "", extent.sequence ? " AND l.sequence = ?3" : "",
      extent.bureau ? "l.epoch, l.sequence, l.settles" : "l.id");
}

Result<void> Ledger::walk(
    const Extent& extent,
    const std::function<bool(const LedgerEntry&, const record::Batch&)>& consume) {
  auto select = SLUICE_TRY(file_.statement(walk_sql(extent)));
  select.bind(1, extent.after);
  if (extent.bureau) select.bind(2, extent.bureau->str());
  if (extent.sequence) select.bind(3, extent.sequence->value);
  const auto text = [&](int column) { return std::string(select.text(column)); };
  const auto number = [&](int column) {
    return static_cast<std::uint64_t>(select.integer(column));
  };
  while (SLUICE_TRY(file_.step(select))) {
    const LedgerEntry entry{select.integer(0),
                            {record::BureauId(text(1)), {number(2)}},
                            {number(3)},
                            record::DatasetId(text(4)),
                            kept_digest(select.text(5)),
                            kept_time(select.integer(6)),
                            {text(7), text(8)},
                            text(9),
                            {{number(10)}, {number(11)}, {number(12)}, {number(13)}, {number(14)}},
                            select.integer(18)};
    if (!consume(entry, record::Batch{text(15), text(16), text(17)})) return {};
  }
  return {};
}

Result<std::vector<record::StreamId>> Ledger::streams() {
  auto select = SLUICE_TRY(file_.statement("SELECT bureau, epoch FROM stream ORDER BY bureau"));
  std::vector<record::StreamId> streams;
  while (SLUICE_TRY(file_.step(select))) {
    streams.push_back({record::BureauId(std::string(select.text(0))),
                       {static_cast<std::uint64_t>(select.integer(1))}});
  }
  return streams;
}

Result<Activity> Ledger::activity(const record::DatasetId& dataset, record::Time since,
                                  std::chrono::milliseconds span) {
  Activity activity;
  auto newest = SLUICE_TRY(file_.statement(
      R"sql(
        SELECT l.applied_at, a.manifest
        FROM ledger l
        JOIN archive a ON a.ledger = iif(l.settles = 0, l.id, l.settles)
        WHERE l.dataset = ? AND l.outcome = 'accepted'
        ORDER BY l.applied_at DESC, l.id DESC LIMIT 1)sql"));
  newest.bind(1, dataset.str());
  if (SLUICE_TRY(file_.step(newest))) {
    activity.newest = newest_of(kept_time(newest.integer(0)), newest.text(1));
  }
  auto select = SLUICE_TRY(file_.statement(
      R"sql(
        SELECT (applied_at - ?2) / ?3 AS span, count(*),
          sum(inserted + updated + unchanged + deleted + rejected)
        FROM ledger
        WHERE dataset = ?1 AND applied_at >= ?2 AND outcome = 'accepted'
        GROUP BY span
        ORDER BY span)sql"));
  select.bind(1, dataset.str())
      .bind(2, std::int64_t{since.time_since_epoch().count()})
      .bind(3, std::int64_t{span.count()});
  while (SLUICE_TRY(file_.step(select))) {
    activity.spans.push_back({since + span * select.integer(0),
                              static_cast<std::uint64_t>(select.integer(1)),
                              static_cast<std::uint64_t>(select.integer(2))});
  }
  return activity;
}

}  // namespace sluice::store::sqlite
