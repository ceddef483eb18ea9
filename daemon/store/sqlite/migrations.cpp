#include "store/sqlite/migrations.h"

#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/try.h"
#include "store/evolution.h"
#include "store/migrate_once.h"
#include "store/sqlite/dataset_ddl.h"
#include "store/sqlite/kept_schemas.h"
#include "store/sqlite/records.h"
#include "store/sqlite/stored_value.h"
#include "store/sqlite/tables.h"
#include "store/sqlite/versions.h"

namespace sluice::store::sqlite {
namespace {

constexpr int records_a_page = 512;

std::int64_t milliseconds(record::Time time) {
  return time.time_since_epoch().count();
}

record::Time applied_moment(std::int64_t count) {
  return record::Time(std::chrono::milliseconds(count));
}

Result<void> execute(CentralFile& file, const std::string& sql) {
  if (auto done = file.database.execute(sql); !done) {
    return std::unexpected(file.failure(done.error()));
  }
  return {};
}

// The transaction in which a version begins: the file is locked from its beginning, so that trying
// it out keeps others waiting too.
class Migrating final : public MigrationTransaction {
 public:
  // All must outlive it.
  Migrating(CentralFile& file, Ledger& ledger, Transaction transaction, const MigrationOrder& order,
            const record::TableSchema& old, FileMigrations& migrations)
      : file_(file),
        ledger_(ledger),
        transaction_(std::move(transaction)),
        dataset_(order.dataset),
        ending_(order.from.number),
        from_(name_of_version(order.dataset.id, ending_)),
        old_(old),
        migrations_(migrations) {}

  Result<std::optional<TablesVersion>> look(MigrationOrder::Purpose) override {
    return migrations_.current(dataset_.id);
  }
  Result<record::Time> last_applied() override;
  Result<std::int64_t> draw_id() override { return ledger_.next_id(); }
  Result<std::vector<record::Digest>> schemas_up_to(const std::string& last) override {
    SLUICE_TRY(remember_schema(file_, dataset_.id, ending_, last));
    return remembered_schemas(file_, dataset_.id, ending_);
  }
  Result<DatasetTables*> begin_version(std::int64_t id, record::Time applied_at) override;
  Result<void> read_old(const std::function<Result<bool>(const OldRecord&)>& consume) override;
  Result<void> finish_version() override { return {}; }
  Result<void> write(const MigrationEntry& entry) override;
  Result<void> commit() override { return file_.commit(transaction_); }

 private:
  struct Kept {
    std::vector<std::optional<std::string>> values;
    std::optional<std::string> source_time;
  };
  Result<void> set_old_tables_aside();
  [[nodiscard]] std::string page_sql(bool from_start) const;
  // What comes behind `last` by its key; null: from the start.
  Result<std::vector<Kept>> read_page(const Kept* last);

  CentralFile& file_;
  Ledger& ledger_;
  Transaction transaction_;
  const record::Dataset& dataset_;
  Version ending_;
  record::DatasetId from_;
  const record::TableSchema& old_;
  FileMigrations& migrations_;
  std::unique_ptr<Tables> tables_;
};

Result<record::Time> Migrating::last_applied() {
  auto last = SLUICE_TRY(file_.statement(R"sql(
    SELECT max(
      coalesce((SELECT max(applied_at) FROM ledger WHERE dataset = ?1), 0),
      coalesce((SELECT max(applied_at) FROM migration WHERE dataset = ?1), 0)))sql"));
  last.bind(1, dataset_.id.str());
  SLUICE_TRY(file_.step(last));
  return applied_moment(last.integer(0));
}

// Indices keep their names when a table gets another one, and the new tables need those.
Result<void> Migrating::set_old_tables_aside() {
  SLUICE_TRY(execute(file_, fmt::format("ALTER TABLE {} RENAME TO {}; ALTER TABLE {} RENAME TO {}",
                                        current_table(dataset_.id), current_table(from_),
                                        history_table(dataset_.id), history_table(from_))));
  for (const UniqueKey& key : unique_keys(dataset_.id, old_))
    SLUICE_TRY(execute(file_, "DROP INDEX " + quoted_name(key.index_name)));
  SLUICE_TRY(execute(file_, "DROP INDEX " + history_index(dataset_.id)));
  return execute(file_, create_history_index(from_, old_));
}

Result<DatasetTables*> Migrating::begin_version(std::int64_t id, record::Time applied_at) {
  SLUICE_TRY(set_old_tables_aside());
  SLUICE_TRY(create_tables(file_.database, dataset_));
  tables_ = SLUICE_TRY(Tables::open(file_.database, dataset_));
  tables_->begin_batch(id, applied_at);
  return tables_.get();
}

std::string Migrating::page_sql(bool from_start) const {
  std::string fields;
  for (const record::Field& field : old_.fields)
    fields += ", " + quoted_name(field.name);
  std::vector<std::string> key;
  for (const std::string& name : old_.primary_key)
    key.push_back(quoted_name(name));
  const std::string names = fmt::format("{}", fmt::join(key, ", "));
  const std::string behind =
      from_start ? ""
                 : fmt::format(" WHERE ({}) > ({})", names,
                               fmt::join(std::vector<std::string>(key.size(), "?"), ", "));
  return fmt::format("SELECT sluice_source_time{} FROM {}{} ORDER BY {} LIMIT {}", fields,
                     current_table(from_), behind, names, records_a_page);
}

Result<std::vector<Migrating::Kept>> Migrating::read_page(const Kept* last) {
  auto select = SLUICE_TRY(file_.statement(page_sql(last == nullptr)));
  int parameter = 0;
  for (const std::size_t column : record::key_columns(old_)) {
    if (last == nullptr) break;
    bind_plain_value(select, ++parameter, old_.fields[column].type, last->values[column].value());
  }
  std::vector<Kept> page;
  for (auto row = file_.step(select);; row = file_.step(select)) {
    if (!row) return std::unexpected(row.error());
    if (!*row) return page;
    Kept& kept = page.emplace_back();
    if (!select.is_null(0)) kept.source_time = std::string(select.text(0));
    for (std::size_t i = 0; i < old_.fields.size(); ++i) {
      const int column = static_cast<int>(i) + 1;
      auto& value = kept.values.emplace_back();
      if (select.is_null(column)) continue;
      append_plain_value(value.emplace(), select, column, old_.fields[i].type);
    }
  }
}

// Page by page, and no statement is left open: a row that is refused is undone by a savepoint,
// which in a transaction that has made tables ends whoever reads.
Result<void> Migrating::read_old(const std::function<Result<bool>(const OldRecord&)>& consume) {
  std::vector<Kept> page = SLUICE_TRY(read_page(nullptr));
  while (!page.empty()) {
    for (const Kept& kept : page) {
      const std::vector<std::optional<std::string_view>> values(kept.values.begin(),
                                                                kept.values.end());
      OldRecord record{values, std::nullopt};
      if (kept.source_time) record.source_time = *kept.source_time;
      const bool goes_on = SLUICE_TRY(consume(record));
      if (!goes_on) return {};
    }
    const Kept last = std::move(page.back());
    page = SLUICE_TRY(read_page(&last));
  }
  return {};
}

Result<void> Migrating::write(const MigrationEntry& entry) {
  auto insert = SLUICE_TRY(file_.statement(R"sql(
    INSERT INTO migration (id, dataset, version, from_schema, to_schema, mapping, records,
      applied_at, statement, signature)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql"));
  insert.bind(1, entry.id)
      .bind(2, entry.dataset.str())
      .bind(3, entry.version.value)
      .bind(4, entry.from_schema)
      .bind(5, entry.to_schema)
      .bind(6, entry.mapping)
      .bind(7, entry.records.value)
      .bind(8, milliseconds(entry.applied_at))
      .bind(9, entry.statement.json)
      .bind_blob(10, entry.statement.signature);
  SLUICE_TRY(file_.run(insert));
  auto dataset = SLUICE_TRY(file_.statement("UPDATE dataset SET schema = ? WHERE id = ?"));
  dataset.bind(1, entry.to_schema).bind(2, entry.dataset.str());
  SLUICE_TRY(file_.run(dataset));
  SLUICE_TRY(remember_schema(file_, entry.dataset, entry.version, entry.to_schema));
  return ledger_.take_id(entry.id);
}

Result<std::optional<TablesVersion>> kept_version(CentralFile& file,
                                                  const record::DatasetId& dataset) {
  auto known = SLUICE_TRY(file.statement("SELECT schema FROM dataset WHERE id = ?"));
  known.bind(1, dataset.str());
  const auto row = SLUICE_TRY(file.step(known));
  if (!row) return std::nullopt;
  const Begun begun = SLUICE_TRY(current_version(file, dataset));
  return TablesVersion{begun.version, std::string(known.text(0))};
}

constexpr std::string_view entry_columns =
    "id, dataset, version, from_schema, to_schema, mapping, records, applied_at, statement, "
    "signature, dropped_at, (SELECT group_concat(digest, ' ') FROM version_schema s "
    "WHERE s.dataset = migration.dataset AND s.version = migration.version - 1)";

Result<void> read_entries(CentralFile& file, Statement& select,
                          const std::function<bool(const MigrationEntry&)>& consume) {
  const auto text = [&](int column) { return std::string(select.text(column)); };
  for (auto row = file.step(select);; row = file.step(select)) {
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    MigrationEntry entry{.id = select.integer(0),
                         .dataset = record::DatasetId(text(1)),
                         .version = {static_cast<std::uint64_t>(select.integer(2))},
                         .from_schema = text(3),
                         .to_schema = text(4),
                         .mapping = text(5),
                         .records = {static_cast<std::uint64_t>(select.integer(6))},
                         .applied_at = applied_moment(select.integer(7)),
                         .statement = {text(8), text(9)}};
    if (!select.is_null(10)) entry.dropped_at = applied_moment(select.integer(10));
    if (!select.is_null(11)) entry.schemas = digests_of(select.text(11));
    if (!consume(entry)) return {};
  }
}

Result<bool> has_table(CentralFile& file, std::string_view name) {
  auto known = SLUICE_TRY(file.statement("SELECT 1 FROM sqlite_schema WHERE name = ?"));
  known.bind(1, name);
  return file.step(known);
}

// As far as a store of a format of before tells it: there were no versions, or the last schema of
// each is known.
Result<std::optional<Version>> former_by_last_schema(CentralFile& file,
                                                     const record::DatasetId& dataset,
                                                     const std::string& canonical) {
  if (!SLUICE_TRY(has_table(file, "migration"))) return std::nullopt;
  auto former = SLUICE_TRY(
      file.statement("SELECT max(version) FROM migration WHERE dataset = ? AND from_schema = ?"));
  former.bind(1, dataset.str()).bind(2, canonical);
  SLUICE_TRY(file.step(former));
  if (former.is_null(0)) return std::nullopt;
  return Version{static_cast<std::uint64_t>(former.integer(0)) - 1};
}

}  // namespace

Result<Begun> current_version(CentralFile& file, const record::DatasetId& dataset) {
  auto last = SLUICE_TRY(file.statement(
      "SELECT version, applied_at FROM migration WHERE dataset = ? ORDER BY version DESC LIMIT 1"));
  last.bind(1, dataset.str());
  const auto row = SLUICE_TRY(file.step(last));
  if (!row) return Begun{};
  return Begun{{static_cast<std::uint64_t>(last.integer(0))}, applied_moment(last.integer(1))};
}

Result<std::optional<Version>> former_version(CentralFile& file, const record::DatasetId& dataset,
                                              const std::string& canonical) {
  // Who only looks may look at a store of before it remembered any.
  if (!SLUICE_TRY(has_table(file, "version_schema"))) {
    return former_by_last_schema(file, dataset, canonical);
  }
  const auto last = SLUICE_TRY(last_version_with(file, dataset, record::sha256(canonical)));
  if (!last) return std::nullopt;
  const Begun begun = SLUICE_TRY(current_version(file, dataset));
  return *last < begun.version ? last : std::nullopt;
}

Result<void> begin_migrations(CentralFile& file) {
  return execute(file, R"sql(
    CREATE TABLE migration (
      id          INTEGER PRIMARY KEY,
      dataset     TEXT NOT NULL,
      version     INTEGER NOT NULL,
      from_schema TEXT NOT NULL,
      to_schema   TEXT NOT NULL,
      mapping     TEXT NOT NULL,
      records     INTEGER NOT NULL,
      applied_at  INTEGER NOT NULL,
      statement   TEXT NOT NULL,
      signature   BLOB NOT NULL,
      dropped_at  INTEGER,
      UNIQUE (dataset, version)
    ) STRICT)sql");
}

Result<std::optional<TablesVersion>> FileMigrations::current(const record::DatasetId& dataset) {
  return kept_version(file_, dataset);
}

Result<std::vector<record::Digest>> FileMigrations::schemas(const record::DatasetId& dataset,
                                                            Version version) {
  return remembered_schemas(file_, dataset, version);
}

Result<MigrationReport> FileMigrations::migrate(const MigrationOrder& order,
                                                const MigrationSigner& sign) {
  const auto old = SLUICE_TRY(read_kept_schema(order.from.schema));
  auto begun = SLUICE_TRY(file_.begin());
  Migrating migrating(file_, ledger_, std::move(begun), order, old, *this);
  return migrate_once(order, old, sign, now_, migrating);
}

Result<void> FileMigrations::walk(std::int64_t after,
                                  const std::function<bool(const MigrationEntry&)>& consume) {
  auto select = SLUICE_TRY(file_.statement(
      fmt::format("SELECT {} FROM migration WHERE id > ? ORDER BY id", entry_columns)));
  select.bind(1, after);
  return read_entries(file_, select, consume);
}

Result<std::vector<MigrationEntry>> FileMigrations::of(const record::DatasetId& dataset) {
  auto select = SLUICE_TRY(file_.statement(
      fmt::format("SELECT {} FROM migration WHERE dataset = ? ORDER BY version", entry_columns)));
  select.bind(1, dataset.str());
  std::vector<MigrationEntry> entries;
  SLUICE_TRY(read_entries(file_, select, [&](const MigrationEntry& entry) {
    entries.push_back(entry);
    return true;
  }));
  return entries;
}

// Nobody commits for a process that is not there: what a file has is what it keeps.
Result<std::optional<MigrationEntry>> FileMigrations::last_settled(const record::DatasetId& dataset,
                                                                   std::chrono::milliseconds) {
  auto entries = SLUICE_TRY(of(dataset));
  if (entries.empty()) return std::nullopt;
  return std::move(entries.back());
}

Result<void> FileMigrations::read(const MigrationEntry& ended_by, std::optional<record::Time> as_of,
                                  const std::function<bool(const StoredRecord&)>& consume) {
  if (ended_by.dropped_at) return std::unexpected(dropped_version(ended_by));
  const auto schema = SLUICE_TRY(read_kept_schema(ended_by.from_schema));
  std::optional<std::int64_t> up_to;
  if (as_of) up_to = SLUICE_TRY(ledger_.id_at(ended_by.dataset, *as_of));
  const Version version{ended_by.version.value - 1};
  return read_records(file_, name_of_version(ended_by.dataset, version), schema, up_to, consume);
}

Result<void> FileMigrations::read_versions(
    const MigrationEntry& ended_by, const std::function<bool(const StoredVersion&)>& consume) {
  if (ended_by.dropped_at) return std::unexpected(dropped_version(ended_by));
  return read_older_versions(file_, name_of_version(ended_by.dataset, {ended_by.version.value - 1}),
                             ended_by.from_schema, consume);
}

Result<void> FileMigrations::drop(const MigrationEntry& ended_by) {
  if (ended_by.dropped_at) return std::unexpected(dropped_version(ended_by));
  const auto tables = name_of_version(ended_by.dataset, {ended_by.version.value - 1});
  auto transaction = SLUICE_TRY(file_.begin());
  SLUICE_TRY(execute(file_, fmt::format("DROP TABLE {}; DROP TABLE {}", current_table(tables),
                                        history_table(tables))));
  auto note = SLUICE_TRY(file_.statement("UPDATE migration SET dropped_at = ? WHERE id = ?"));
  note.bind(1, milliseconds(now_())).bind(2, ended_by.id);
  SLUICE_TRY(file_.run(note));
  return file_.commit(transaction);
}

}  // namespace sluice::store::sqlite
