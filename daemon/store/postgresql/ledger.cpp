#include "store/postgresql/ledger.h"

#include <algorithm>

#include <fmt/format.h>

#include "record/try.h"
#include "store/kept_values.h"
#include "store/postgresql/binary_array.h"
#include "store/postgresql/session.h"

namespace sluice::store::postgresql {
namespace {

template <class T>
using Answer = Connection::Answer<T>;

std::uint64_t unsigned_number(const QueryResult& result, int row, int column) {
  return static_cast<std::uint64_t>(result.integer(row, column));
}

// Exact: extract() gives a numeric.
constexpr std::string_view applied_at_ms = "(extract(epoch FROM applied_at) * 1000)::bigint";

std::string stream_number(const record::StreamId& stream) {
  return std::to_string(stream.epoch.value);
}

// The next of its stream.
Answer<void> write_place(Connection& connection, const LedgerEntry& entry,
                         const record::Batch& batch) {
  SLUICE_TRY(connection.query(
      "INSERT INTO sluice.archive (ledger, manifest, signature, payload) VALUES ($1, $2, $3, $4)",
      Parameters()
          .number(entry.id)
          .binary(batch.manifest)
          .binary(batch.signature)
          .binary(batch.payload)));
  SLUICE_TRY(connection.query(
      R"sql(
        UPDATE sluice.stream
        SET epoch = $2, sequence = $3, manifest = $4, applied_at = $5
        WHERE bureau = $1)sql",
      Parameters()
          .text(entry.stream.bureau.str())
          .text(stream_number(entry.stream))
          .text(std::to_string(entry.sequence.value))
          .text(to_string(entry.manifest))
          .text(record::to_string(entry.applied_at))));
  if (entry.outcome != record::to_string(record::Outcome::held)) return {};
  SLUICE_TRY(connection.query(
      "INSERT INTO sluice.held (ledger, bureau, dataset) VALUES ($1, $2, $3)",
      Parameters().number(entry.id).text(entry.stream.bureau.str()).text(entry.dataset.str())));
  return {};
}

// The stream stands where it stood; but nothing is applied before this.
Answer<void> write_settlement(Connection& connection, const LedgerEntry& entry) {
  SLUICE_TRY(connection.query(
      "UPDATE sluice.stream SET applied_at = $2 WHERE bureau = $1",
      Parameters().text(entry.stream.bureau.str()).text(record::to_string(entry.applied_at))));
  SLUICE_TRY(connection.query("DELETE FROM sluice.held WHERE ledger = $1",
                              Parameters().number(entry.settles)));
  return {};
}

constexpr const char* last_drawn_id =
    "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('sluice.ledger', 'id')"
    "::regclass), 0)";

}  // namespace

Answer<std::optional<StreamPlace>> lock_stream(Connection& connection,
                                               const record::BureauId& bureau) {
  const std::string select = fmt::format(
      "SELECT epoch, sequence, manifest, {} FROM sluice.stream WHERE bureau = $1 FOR UPDATE",
      applied_at_ms);
  auto place = connection.query(select, Parameters().text(bureau.str()));
  if (place && place->rows() == 0) {
    // A row to lock: batch 0, which is no batch. Another center's, not yet committed, is waited
    // for.
    SLUICE_TRY(connection.query(
        R"sql(
          INSERT INTO sluice.stream (bureau, epoch, sequence, manifest, applied_at)
          VALUES ($1, 0, 0, '', '-infinity')
          ON CONFLICT DO NOTHING)sql",
        Parameters().text(bureau.str())));
    place =
        connection.query("SELECT epoch, sequence FROM sluice.stream WHERE bureau = $1 FOR UPDATE",
                         Parameters().text(bureau.str()));
    if (place && place->rows() == 1 && place->integer(0, 1) == 0) return std::nullopt;
    place = connection.query(select, Parameters().text(bureau.str()));
  }
  if (!place) return std::unexpected(place.error());
  // Not in the same query, which may have waited for the lock and sees the ledger as it was before.
  const auto last = SLUICE_TRY(connection.query(
      R"sql(
        SELECT convert_from(a.manifest, 'UTF8')
        FROM sluice.ledger l
        JOIN sluice.archive a ON a.ledger = l.id
        WHERE l.bureau = $1 AND l.epoch = $2 AND l.sequence = $3)sql",
      Parameters()
          .text(bureau.str())
          .text(std::string(place->text(0, 0)))
          .text(std::string(place->text(0, 1)))));
  return StreamPlace{{unsigned_number(*place, 0, 0)},
                     {{unsigned_number(*place, 0, 1)}, kept_digest(place->text(0, 2))},
                     kept_time(place->integer(0, 3)),
                     last.rows() == 0 ? record::Time{} : sealing_time(last.text(0, 0))};
}

Answer<std::optional<LedgerAnswer>> find_in_ledger(Connection& connection,
                                                   const record::StreamId& stream,
                                                   record::Sequence sequence) {
  const auto entry = SLUICE_TRY(connection.query(
      R"sql(
        SELECT manifest, receipt, encode(receipt_signature, 'hex'),
          CASE WHEN outcome = 'held' THEN id ELSE 0 END
        FROM sluice.ledger
        WHERE bureau = $1 AND epoch = $2 AND sequence = $3
        ORDER BY settles DESC LIMIT 1)sql",
      Parameters()
          .text(stream.bureau.str())
          .text(stream_number(stream))
          .text(std::to_string(sequence.value))));
  if (entry.rows() == 0) return std::nullopt;
  return LedgerAnswer{std::string(entry.text(0, 0)),
                      {std::string(entry.text(0, 1)), from_hexadecimal(entry.text(0, 2))},
                      entry.integer(0, 3)};
}

Answer<std::optional<std::int64_t>> first_held(Connection& connection,
                                               const record::BureauId& bureau,
                                               const record::DatasetId& dataset) {
  const auto first = SLUICE_TRY(connection.query(
      "SELECT ledger FROM sluice.held WHERE bureau = $1 AND dataset = $2 ORDER BY ledger LIMIT 1",
      Parameters().text(bureau.str()).text(dataset.str())));
  if (first.rows() == 0) return std::nullopt;
  return first.integer(0, 0);
}

Answer<std::vector<HeldDataset>> held_datasets(Connection& connection) {
  const auto rows = SLUICE_TRY(connection.query(fmt::format(R"sql(
        SELECT h.bureau, h.dataset, h.batches, l.id, {}, l.receipt,
          encode(l.receipt_signature, 'hex')
        FROM (SELECT bureau, dataset, count(*) AS batches, min(ledger) AS first
              FROM sluice.held
              GROUP BY bureau, dataset) h
        JOIN sluice.ledger l ON l.id = h.first
        ORDER BY h.bureau, h.dataset)sql",
                                                            applied_at_ms),
                                                Parameters()));
  std::vector<HeldDataset> all;
  for (int row = 0; row < rows.rows(); ++row) {
    all.push_back({record::BureauId(std::string(rows.text(row, 0))),
                   record::DatasetId(std::string(rows.text(row, 1))),
                   unsigned_number(rows, row, 2),
                   rows.integer(row, 3),
                   kept_time(rows.integer(row, 4)),
                   {std::string(rows.text(row, 5)), from_hexadecimal(rows.text(row, 6))}});
  }
  return all;
}

Answer<std::optional<HeldBatch>> find_held(Connection& connection, const HeldPlace& place) {
  std::int64_t id = 0;
  if (const auto* dataset = std::get_if<FirstOfDataset>(&place)) {
    id = SLUICE_TRY(first_held(connection, dataset->bureau, dataset->dataset)).value_or(0);
  } else {
    const auto& number = std::get<NumberOfStream>(place);
    const auto found = SLUICE_TRY(find_in_ledger(connection, number.stream, number.sequence));
    id = found ? found->held : 0;
  }
  if (id == 0) return std::nullopt;
  std::optional<HeldBatch> held;
  SLUICE_TRY(connection.stream(
      "SELECT manifest, signature, payload FROM sluice.archive "
      "WHERE ledger = $1",
      Parameters().number(id), [&](const QueryResult& row) {
        held = HeldBatch{id,
                         {std::string(row.text(0, 0)), std::string(row.text(0, 1)),
                          std::string(row.text(0, 2))}};
        return true;
      }));
  return held;
}

std::string drawing_sql(std::string_view beside) {
  // The id is shown by a lock that nobody waits for: its key is the id with the sign of a negative
  // number, which others hardly use.
  constexpr auto draw = R"sql(
    SELECT pg_advisory_xact_lock({}, pg_backend_pid());
    WITH drawn AS MATERIALIZED (
      SELECT nextval(pg_get_serial_sequence('sluice.ledger', 'id')) AS id
    )
    SELECT id, pg_try_advisory_xact_lock_shared(id - 9223372036854775807 - 1){} FROM drawn)sql";
  return fmt::format(draw, drawn_ledger_id, beside);
}

Answer<std::int64_t> draw_ledger_id(Connection& connection) {
  const auto id = connection.execute(drawing_sql());
  if (!id) return std::unexpected(id.error());
  return id->integer(0, 0);
}

Answer<void> write_ledger(Connection& connection, const LedgerEntry& entry,
                          const record::Batch& batch) {
  Parameters ledger;
  ledger.number(entry.id)
      .text(entry.stream.bureau.str())
      .text(stream_number(entry.stream))
      .text(std::to_string(entry.sequence.value))
      .text(entry.dataset.str())
      .text(to_string(entry.manifest))
      .text(entry.outcome);
  for (const record::RowCount count :
       {entry.rows.inserted, entry.rows.updated, entry.rows.unchanged, entry.rows.deleted,
        entry.rows.rejected}) {
    ledger.text(std::to_string(count.value));
  }
  ledger.text(record::to_string(entry.applied_at))
      .text(entry.receipt.json)
      .binary(entry.receipt.signature)
      .number(entry.settles);
  SLUICE_TRY(connection.query(
      R"sql(
        INSERT INTO sluice.ledger (id, bureau, epoch, sequence, dataset, manifest, outcome,
          inserted, updated, unchanged, deleted, rejected, applied_at, receipt,
          receipt_signature, settles)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16))sql",
      ledger));
  return entry.settles == 0 ? write_place(connection, entry, batch)
                            : write_settlement(connection, entry);
}

Answer<std::int64_t> settled_ledger_id(Connection& connection) {
  // The last id first: who drew it or one before it has shown itself by a lock, or is done.
  const auto last = SLUICE_TRY(connection.execute(last_drawn_id));
  const auto under_way = SLUICE_TRY(connection.execute(fmt::format(
      R"sql(
        SELECT objid FROM pg_locks
        WHERE locktype = 'advisory' AND classid = {} AND objsubid = 2 AND granted
          AND mode = 'ExclusiveLock'
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))sql",
      drawn_ledger_id)));
  for (int row = 0; row < under_way.rows(); ++row) {
    SLUICE_TRY(connection.execute(
        fmt::format("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; "
                    "SELECT pg_advisory_xact_lock_shared({}, {})",
                    drawn_ledger_id, under_way.integer(row, 0))));
  }
  return last.integer(0, 0);
}

Answer<SettledIds> settled_without_waiting(Connection& connection, std::int64_t after) {
  // As above.
  const auto asked = SLUICE_TRY(connection.execute(last_drawn_id));
  const std::int64_t drawn = asked.integer(0, 0);
  if (drawn <= after) return SettledIds{.up_to = after};
  std::int64_t last = drawn;
  // All in one look: a process that has shown itself, and not yet its id, may have drawn any.
  const auto under_way = SLUICE_TRY(connection.execute(fmt::format(
      R"sql(
        SELECT min(CASE WHEN objsubid = 1
          THEN ((classid::bigint & 2147483647) << 32) | objid::bigint END)
        FROM pg_locks
        WHERE locktype = 'advisory' AND granted
          AND ((objsubid = 2 AND classid = {} AND mode = 'ExclusiveLock')
            OR (objsubid = 1 AND classid::bigint > 2147483647 AND mode = 'ShareLock'))
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        GROUP BY pid
        HAVING bool_or(objsubid = 2))sql",
      drawn_ledger_id)));
  for (int row = 0; row < under_way.rows(); ++row) {
    if (under_way.is_null(row, 0)) return SettledIds{.up_to = after, .is_all = false};
    last = std::min(last, under_way.integer(row, 0) - 1);
  }
  return SettledIds{.up_to = std::max(last, after), .is_all = last == drawn};
}

Answer<std::int64_t> ledger_id_at(Connection& connection, const record::DatasetId& dataset,
                                  record::Time as_of) {
  const auto id = SLUICE_TRY(connection.query(
      R"sql(
        SELECT greatest(
          (SELECT max(id) FROM sluice.ledger
           WHERE dataset = $1 AND applied_at <= $2 AND outcome = 'accepted'),
          (SELECT max(id) FROM sluice.migration WHERE dataset = $1 AND applied_at <= $2), 0))sql",
      Parameters().text(dataset.str()).text(record::to_string(as_of))));
  return id.integer(0, 0);
}

// Not from the ledger alone: whoever verifies it must learn that entries at its end are missing.
// Of an epoch that is over only the ledger knows.
Answer<std::string> incarnation_of(Connection& connection) {
  // pg_control_checkpoint() would tell the timeline only from the first checkpoint on it.
  const auto here = connection.execute(
      "SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8), oid FROM pg_database "
      "WHERE datname = current_database()");
  if (!here) return std::unexpected(here.error());
  // Where this may not be asked, timeline and database have to do.
  const auto cluster = connection.execute("SELECT system_identifier FROM pg_control_system()");
  return fmt::format("postgresql-{}-{}-{}", cluster ? cluster->text(0, 0) : "0", here->text(0, 0),
                     here->text(0, 1));
}

Answer<record::ChainHead> head_of(Connection& connection, const record::StreamId& stream) {
  const auto last = SLUICE_TRY(connection.query(
      R"sql(
        SELECT sequence, manifest
        FROM sluice.stream
        WHERE bureau = $1 AND epoch = $2
        UNION ALL (
          SELECT sequence, manifest
          FROM sluice.ledger
          WHERE bureau = $1 AND epoch = $2
          ORDER BY sequence DESC LIMIT 1
        )
        ORDER BY sequence DESC LIMIT 1)sql",
      Parameters().text(stream.bureau.str()).text(stream_number(stream))));
  if (last.rows() == 0) return record::ChainHead{};
  return record::ChainHead{{unsigned_number(last, 0, 0)}, kept_digest(last.text(0, 1))};
}

Answer<std::vector<record::StreamId>> known_streams(Connection& connection) {
  const auto rows = SLUICE_TRY(
      connection.query("SELECT bureau, epoch FROM sluice.stream ORDER BY bureau", Parameters()));
  std::vector<record::StreamId> streams;
  streams.reserve(static_cast<std::size_t>(rows.rows()));
  for (int row = 0; row < rows.rows(); ++row) {
    streams.push_back(
        {record::BureauId(std::string(rows.text(row, 0))), {unsigned_number(rows, row, 1)}});
  }
  return streams;
}

Answer<Activity> activity_of(Connection& connection, const record::DatasetId& dataset,
                             record::Time since, std::chrono::milliseconds span) {
  Activity activity;
  const auto newest = SLUICE_TRY(connection.query(fmt::format(R"sql(
        SELECT {}, convert_from(a.manifest, 'UTF8')
        FROM sluice.ledger l
        JOIN sluice.archive a ON a.ledger = CASE l.settles WHEN 0 THEN l.id ELSE l.settles END
        WHERE l.dataset = $1 AND l.outcome = 'accepted'
        ORDER BY l.applied_at DESC, l.id DESC LIMIT 1)sql",
                                                              applied_at_ms),
                                                  Parameters().text(dataset.str())));
  if (newest.rows() > 0) {
    activity.newest = newest_of(kept_time(newest.integer(0, 0)), newest.text(0, 1));
  }
  const auto spans = SLUICE_TRY(connection.query(fmt::format(R"sql(
        SELECT ({} - $3) / $4 AS span, count(*),
          sum(inserted + updated + unchanged + deleted + rejected)::bigint
        FROM sluice.ledger
        WHERE dataset = $1 AND applied_at >= $2 AND outcome = 'accepted'
        GROUP BY span
        ORDER BY span)sql",
                                                             applied_at_ms),
                                                 Parameters()
                                                     .text(dataset.str())
                                                     .text(record::to_string(since))
                                                     .number(since.time_since_epoch().count())
                                                     .number(span.count())));
  for (int row = 0; row < spans.rows(); ++row) {
    activity.spans.push_back({since + span * spans.integer(row, 0), unsigned_number(spans, row, 1),
                              unsigned_number(spans, row, 2)});
  }
  return activity;
}

// Of one bureau the order of epochs and numbers has an index.
std::string walk_sql(const Extent& extent) {
  std::string conditions = "l.id > $1 AND l.id <= $2";
  int next = 3;
  if (extent.bureau) conditions += fmt::format(" AND l.bureau = ${}", next++);
  if (extent.sequence) conditions += fmt::format(" AND l.sequence = ${}", next);
  // Everything as text or bytea: the answer comes in binary format, where those are plain bytes.
  return fmt::format(
      R"sql(
        SELECT l.id::text, l.bureau, l.epoch::text, l.sequence::text, l.dataset, l.manifest,
          {}::text, l.receipt, l.receipt_signature, l.outcome, l.inserted::text, l.updated::text,
          l.unchanged::text, l.deleted::text, l.rejected::text, a.manifest, a.signature, {},
          l.settles::text
        FROM sluice.ledger l
        JOIN sluice.archive a ON a.ledger = CASE l.settles WHEN 0 THEN l.id ELSE l.settles END
        WHERE {}
        ORDER BY {})sql",
      applied_at_ms, extent.payloads == Extent::Payloads::read ? "a.payload" : "''::bytea",
      conditions, extent.bureau ? "l.epoch, l.sequence, l.settles" : "l.id");
}

Answer<void> walk_ledger(
    Connection& connection, const Extent& extent, std::int64_t last,
    const std::function<bool(const LedgerEntry&, const record::Batch&)>& consume) {
  Parameters parameters;
  parameters.number(extent.after).number(last);
  if (extent.bureau) parameters.text(extent.bureau->str());
  if (extent.sequence) parameters.text(std::to_string(extent.sequence->value));
  return connection.stream(walk_sql(extent), parameters, [&](const QueryResult& row) {
    const auto text = [&](int column) { return std::string(row.text(0, column)); };
    const LedgerEntry entry{row.integer(0, 0),
                            {record::BureauId(text(1)), {unsigned_number(row, 0, 2)}},
                            {unsigned_number(row, 0, 3)},
                            record::DatasetId(text(4)),
                            kept_digest(row.text(0, 5)),
                            kept_time(row.integer(0, 6)),
                            {text(7), text(8)},
                            text(9),
                            {{unsigned_number(row, 0, 10)},
                             {unsigned_number(row, 0, 11)},
                             {unsigned_number(row, 0, 12)},
                             {unsigned_number(row, 0, 13)},
                             {unsigned_number(row, 0, 14)}},
                            row.integer(0, 18)};
    return consume(entry, record::Batch{text(15), text(16), text(17)});
  });
}

}  // namespace sluice::store::postgresql
