#include "store/sqlite/sqlite_store.h"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "fault/kill_point.h"
#include "sqlite/database.h"
#include "store/batch_application.h"
#include "store/evolution.h"
#include "store/sqlite/dataset_ddl.h"
#include "store/sqlite/ddl.h"
#include "store/sqlite/sqlite_tables.h"
#include "store/sqlite/stored_value.h"
#include "store/stream_place.h"

namespace sluice::store::embedded {
namespace {

using Done = std::expected<void, StoreFailure>;
constexpr std::int64_t format_version = 1;

record::Time time_of(std::int64_t milliseconds) {
  return record::Time(std::chrono::milliseconds(milliseconds));
}

class SqliteStore final : public Store {
 public:
  SqliteStore(sqlite::Database database, std::string place, std::function<record::Time()> now)
      : database_(std::move(database)), place_(std::move(place)), now_(std::move(now)) {}

  Done open();

  Done prepare(const record::Dataset& dataset) override;
  std::expected<record::SignedReceipt, StoreFailure> apply(
      const Delivery& delivery, const ReceiptMaker& make_receipt) override;
  std::expected<record::ChainHead, StoreFailure> head(const record::StreamId& stream) override;
  Done read(const record::DatasetId& dataset, std::optional<record::Time> as_of,
            const std::function<bool(const StoredRecord&)>& consume) override;
  Done walk(std::int64_t after,
            const std::function<bool(const LedgerEntry&, const record::Batch&)>& consume) override;

 private:
  // A dataset that prepare() has seen.
  struct Prepared {
    record::Dataset dataset;
    std::unique_ptr<SqliteTables> tables;
    Expectation expectation = Expectation::any;
  };

  StoreFailure failure(const sqlite::Error& error) const { return sqlite_failure(error, place_); }
  std::expected<sqlite::Statement, StoreFailure> statement(const std::string& sql);
  std::expected<bool, StoreFailure> step(sqlite::Statement& statement);
  Done run(sqlite::Statement& statement);

  Done make_tables_follow(const record::Dataset& dataset);
  std::expected<std::optional<record::SignedReceipt>, StoreFailure> find_duplicate(
      const record::Manifest& manifest, const record::Digest& digest);
  std::expected<std::optional<StreamPlace>, StoreFailure> place(const record::BureauId& bureau);
  std::expected<std::int64_t, StoreFailure> next_ledger_id();
  Done write_ledger(const LedgerEntry& entry, const record::RowOutcomes& rows,
                    const record::Batch& batch);
  std::expected<std::int64_t, StoreFailure> ledger_id_at(const record::DatasetId& dataset,
                                                         record::Time as_of);

  sqlite::Database database_;
  std::string place_;
  std::function<record::Time()> now_;
  std::map<record::DatasetId, Prepared> prepared_;
};

Done SqliteStore::open() {
  // A bulk load lives in this cache; it is the store's largest use of memory.
  if (auto set = database_.execute("PRAGMA cache_size=-49152"); !set) {
    return std::unexpected(failure(set.error()));
  }
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return std::unexpected(failure(transaction.error()));
  auto known = statement("SELECT 1 FROM sqlite_schema WHERE name = 'format'");
  if (!known) return std::unexpected(known.error());
  const auto there = step(*known);
  if (!there) return std::unexpected(there.error());
  known->reset();
  if (!*there) {
    if (auto made = database_.execute(central_store_ddl); !made) {
      return std::unexpected(failure(made.error()));
    }
  } else {
    auto format = statement("SELECT version FROM format");
    if (!format) return std::unexpected(format.error());
    if (auto row = step(*format); !row) return std::unexpected(row.error());
    if (format->integer(0) != format_version) {
      return std::unexpected(StoreFailure{
          StoreProblem::failed, place_,
          fmt::format("the central store is of format {}, this version knows format {}; run the "
                      "version of sluiced that made it",
                      format->integer(0), format_version)});
    }
  }
  if (auto committed = transaction->commit(); !committed) {
    return std::unexpected(failure(committed.error()));
  }
  return {};
}

std::expected<sqlite::Statement, StoreFailure> SqliteStore::statement(const std::string& sql) {
  auto prepared = database_.prepare(sql);
  if (!prepared) return std::unexpected(failure(prepared.error()));
  return std::move(*prepared);
}

std::expected<bool, StoreFailure> SqliteStore::step(sqlite::Statement& statement) {
  const auto row = statement.step();
  if (!row) return std::unexpected(failure(row.error()));
  return *row;
}

Done SqliteStore::run(sqlite::Statement& statement) {
  if (auto done = statement.run(); !done) return std::unexpected(failure(done.error()));
  return {};
}

Done SqliteStore::prepare(const record::Dataset& dataset) {
  const auto known = prepared_.find(dataset.id);
  if (known != prepared_.end() &&
      known->second.tables->schema_digest() == record::schema_digest(dataset.schema)) {
    return {};
  }
  prepared_.erase(dataset.id);
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return std::unexpected(failure(transaction.error()));
  if (auto made = make_tables_follow(dataset); !made) return made;
  if (auto committed = transaction->commit(); !committed) {
    return std::unexpected(failure(committed.error()));
  }
  auto tables = SqliteTables::open(database_, dataset);
  if (!tables) return std::unexpected(tables.error());
  auto any = statement(fmt::format("SELECT 1 FROM {} LIMIT 1", current_table(dataset.id)));
  if (!any) return std::unexpected(any.error());
  const auto row = step(*any);
  if (!row) return std::unexpected(row.error());
  prepared_.emplace(dataset.id, Prepared{dataset, std::move(*tables),
                                         *row ? Expectation::any : Expectation::new_records});
  return {};
}

Done SqliteStore::make_tables_follow(const record::Dataset& dataset) {
  if (auto storable = check_storable(dataset); !storable) return storable;
  auto known = statement("SELECT schema FROM dataset WHERE id = ?");
  if (!known) return std::unexpected(known.error());
  known->bind(1, dataset.id.str());
  const auto row = step(*known);
  if (!row) return std::unexpected(row.error());
  const std::string schema = canonical_json(dataset.schema);
  if (*row && known->text(0) == schema) return {};
  if (*row) {
    const auto evolution = evolve(known->text(0), dataset);
    known->reset();
    if (!evolution) return std::unexpected(evolution.error());
    if (auto evolved = evolve_tables(database_, dataset, *evolution); !evolved) return evolved;
  } else if (auto made = create_tables(database_, dataset); !made) {
    return made;
  }
  auto keep = statement(
      "INSERT INTO dataset (id, owner, schema) VALUES (?, ?, ?) "
      "ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, schema = excluded.schema");
  if (!keep) return std::unexpected(keep.error());
  keep->bind(1, dataset.id.str()).bind(2, dataset.owner.str()).bind(3, schema);
  return run(*keep);
}

std::expected<record::SignedReceipt, StoreFailure> SqliteStore::apply(
    const Delivery& delivery, const ReceiptMaker& make_receipt) {
  const record::Manifest& manifest = delivery.manifest;
  if (auto known = check_delivery(delivery); !known) return std::unexpected(known.error());
  const auto prepared = prepared_.find(manifest.dataset);
  if (prepared == prepared_.end()) return std::unexpected(unknown_dataset(manifest.dataset));
  const record::Digest digest = record::sha256(delivery.batch.manifest);

  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return std::unexpected(failure(transaction.error()));
  auto duplicate = find_duplicate(manifest, digest);
  if (!duplicate) return std::unexpected(duplicate.error());
  if (*duplicate) return std::move(**duplicate);
  const auto before = place(manifest.stream.bureau);
  if (!before) return std::unexpected(before.error());
  if (auto refused = refuse_place(manifest, *before)) return std::unexpected(*refused);
  const auto id = next_ledger_id();
  if (!id) return std::unexpected(id.error());

  const record::Time applied_at = applied_after(*before, now_());
  SqliteTables& tables = *prepared->second.tables;
  tables.begin_batch(*id, applied_at);
  const auto applied = apply_rows(delivery, tables, prepared->second.expectation);
  if (!applied) return std::unexpected(applied.error());
  LedgerEntry entry{*id, manifest.stream, manifest.sequence, manifest.dataset, digest, applied_at,
                    {}};
  entry.receipt = make_receipt(record::Outcome::accepted, "", applied->outcomes, applied->rejected);
  if (auto written = write_ledger(entry, applied->outcomes, delivery.batch); !written) {
    return std::unexpected(written.error());
  }
  SLUICE_KILL_POINT("store.before-commit");
  if (auto committed = transaction->commit(); !committed) {
    return std::unexpected(failure(committed.error()));
  }
  SLUICE_KILL_POINT("store.after-commit");
  prepared->second.expectation = applied->all_new ? Expectation::new_records : Expectation::any;
  return std::move(entry.receipt);
}

std::expected<std::optional<record::SignedReceipt>, StoreFailure> SqliteStore::find_duplicate(
    const record::Manifest& manifest, const record::Digest& digest) {
  auto entry = statement(
      "SELECT manifest, receipt, receipt_signature FROM ledger "
      "WHERE bureau = ? AND epoch = ? AND sequence = ?");
  if (!entry) return std::unexpected(entry.error());
  entry->bind(1, manifest.stream.bureau.str())
      .bind(2, manifest.stream.epoch.value)
      .bind(3, manifest.sequence.value);
  const auto row = step(*entry);
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  if (auto conflict = refuse_other(manifest, digest, entry->text(0))) {
    return std::unexpected(*conflict);
  }
  return record::SignedReceipt{std::string(entry->text(1)), std::string(entry->text(2))};
}

std::expected<std::optional<StreamPlace>, StoreFailure> SqliteStore::place(
    const record::BureauId& bureau) {
  auto stream =
      statement("SELECT epoch, sequence, manifest, applied_at FROM stream WHERE bureau = ?");
  if (!stream) return std::unexpected(stream.error());
  stream->bind(1, bureau.str());
  const auto row = step(*stream);
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  return StreamPlace{{static_cast<std::uint64_t>(stream->integer(0))},
                     {{static_cast<std::uint64_t>(stream->integer(1))},
                      record::parse_digest(stream->text(2)).value_or(record::Digest{})},
                     time_of(stream->integer(3))};
}

std::expected<std::int64_t, StoreFailure> SqliteStore::next_ledger_id() {
  auto last = statement("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'ledger'");
  if (!last) return std::unexpected(last.error());
  if (auto row = step(*last); !row) return std::unexpected(row.error());
  return last->integer(0) + 1;
}

Done SqliteStore::write_ledger(const LedgerEntry& entry, const record::RowOutcomes& rows,
                               const record::Batch& batch) {
  const std::string digest = to_string(entry.manifest);
  const std::int64_t applied_at = entry.applied_at.time_since_epoch().count();
  auto ledger = statement(
      "INSERT INTO ledger (id, bureau, epoch, sequence, dataset, manifest, outcome, inserted, "
      "updated, unchanged, deleted, rejected, applied_at, receipt, receipt_signature) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!ledger) return std::unexpected(ledger.error());
  ledger->bind(1, entry.id)
      .bind(2, entry.stream.bureau.str())
      .bind(3, entry.stream.epoch.value)
      .bind(4, entry.sequence.value)
      .bind(5, entry.dataset.str())
      .bind(6, digest)
      .bind(7, to_string(record::Outcome::accepted))
      .bind(8, rows.inserted.value)
      .bind(9, rows.updated.value)
      .bind(10, rows.unchanged.value)
      .bind(11, rows.deleted.value)
      .bind(12, rows.rejected.value)
      .bind(13, applied_at)
      .bind(14, entry.receipt.json)
      .bind_blob(15, entry.receipt.signature);
  if (auto done = run(*ledger); !done) return done;
  auto archive =
      statement("INSERT INTO archive (ledger, manifest, signature, payload) VALUES (?, ?, ?, ?)");
  if (!archive) return std::unexpected(archive.error());
  archive->bind(1, entry.id)
      .bind_blob(2, batch.manifest)
      .bind_blob(3, batch.signature)
      .bind_blob(4, batch.payload);
  if (auto done = run(*archive); !done) return done;
  auto stream = statement(
      "INSERT OR REPLACE INTO stream (bureau, epoch, sequence, manifest, applied_at) "
      "VALUES (?, ?, ?, ?, ?)");
  if (!stream) return std::unexpected(stream.error());
  stream->bind(1, entry.stream.bureau.str())
      .bind(2, entry.stream.epoch.value)
      .bind(3, entry.sequence.value)
      .bind(4, digest)
      .bind(5, applied_at);
  return run(*stream);
}

// Not from the ledger alone: whoever verifies it must learn that entries at its end are missing.
std::expected<record::ChainHead, StoreFailure> SqliteStore::head(const record::StreamId& stream) {
  const auto known = place(stream.bureau);
  if (!known) return std::unexpected(known.error());
  if (*known && (*known)->epoch == stream.epoch) return (*known)->head;
  auto last = statement(
      "SELECT sequence, manifest FROM ledger WHERE bureau = ? AND epoch = ? "
      "ORDER BY sequence DESC LIMIT 1");
  if (!last) return std::unexpected(last.error());
  last->bind(1, stream.bureau.str()).bind(2, stream.epoch.value);
  const auto row = step(*last);
  if (!row) return std::unexpected(row.error());
  if (!*row) return record::ChainHead{};
  return record::ChainHead{{static_cast<std::uint64_t>(last->integer(0))},
                           record::parse_digest(last->text(1)).value_or(record::Digest{})};
}

std::expected<std::int64_t, StoreFailure> SqliteStore::ledger_id_at(
    const record::DatasetId& dataset, record::Time as_of) {
  auto last =
      statement("SELECT coalesce(max(id), 0) FROM ledger WHERE dataset = ? AND applied_at <= ?");
  if (!last) return std::unexpected(last.error());
  last->bind(1, dataset.str()).bind(2, std::int64_t{as_of.time_since_epoch().count()});
  if (auto row = step(*last); !row) return std::unexpected(row.error());
  return last->integer(0);
}

Done SqliteStore::read(const record::DatasetId& dataset, std::optional<record::Time> as_of,
                       const std::function<bool(const StoredRecord&)>& consume) {
  const auto prepared = prepared_.find(dataset);
  if (prepared == prepared_.end()) return std::unexpected(unknown_dataset(dataset));
  const record::TableSchema& schema = prepared->second.dataset.schema;
  std::string fields;
  for (const record::Field& field : schema.fields)
    fields += ", " + quoted_name(field.name);
  std::string sql =
      fmt::format("SELECT sluice_digest, sluice_batch{} FROM {}", fields, current_table(dataset));
  if (as_of) {
    sql += fmt::format(
        " WHERE sluice_batch <= ?1 UNION ALL SELECT sluice_digest, sluice_batch_from{} FROM {} "
        "WHERE sluice_batch_from <= ?1 AND sluice_batch_to > ?1",
        fields, history_table(dataset));
  }
  const char* separator = " ORDER BY ";
  for (const std::string& name : schema.primary_key) {
    sql += separator + quoted_name(name);
    separator = ", ";
  }
  auto select = statement(sql);
  if (!select) return std::unexpected(select.error());
  if (as_of) {
    const auto id = ledger_id_at(dataset, *as_of);
    if (!id) return std::unexpected(id.error());
    select->bind(1, *id);
  }
  std::string columns;
  for (auto row = step(*select);; row = step(*select)) {
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    columns.clear();
    for (std::size_t i = 0; i < schema.fields.size(); ++i) {
      if (i > 0) columns += '\t';
      append_value(columns, *select, static_cast<int>(i) + 2, schema.fields[i].type);
    }
    if (!consume({columns, parse_digest_bytes(select->text(0)), select->integer(1)})) return {};
  }
}

Done SqliteStore::walk(
    std::int64_t after,
    const std::function<bool(const LedgerEntry&, const record::Batch&)>& consume) {
  auto select = statement(
      "SELECT l.id, l.bureau, l.epoch, l.sequence, l.dataset, l.manifest, l.applied_at, l.receipt, "
      "l.receipt_signature, a.manifest, a.signature, a.payload "
      "FROM ledger l JOIN archive a ON a.ledger = l.id WHERE l.id > ? ORDER BY l.id");
  if (!select) return std::unexpected(select.error());
  select->bind(1, after);
  const auto text = [&](int column) { return std::string(select->text(column)); };
  const auto number = [&](int column) {
    return static_cast<std::uint64_t>(select->integer(column));
  };
  for (auto row = step(*select);; row = step(*select)) {
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    const LedgerEntry entry{select->integer(0),
                            {record::BureauId(text(1)), {number(2)}},
                            {number(3)},
                            record::DatasetId(text(4)),
                            record::parse_digest(select->text(5)).value_or(record::Digest{}),
                            time_of(select->integer(6)),
                            {text(7), text(8)}};
    if (!consume(entry, record::Batch{text(9), text(10), text(11)})) return {};
  }
}

}  // namespace
}  // namespace sluice::store::embedded

namespace sluice::store {

std::expected<std::unique_ptr<Store>, StoreFailure> open_sqlite(const std::filesystem::path& file,
                                                                std::function<record::Time()> now) {
  auto database = sqlite::Database::open(file);
  if (!database) return std::unexpected(embedded::sqlite_failure(database.error(), file.string()));
  auto store =
      std::make_unique<embedded::SqliteStore>(std::move(*database), file.string(), std::move(now));
  if (auto opened = store->open(); !opened) return std::unexpected(opened.error());
  return store;
}

}  // namespace sluice::store
