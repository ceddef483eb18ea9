#include "store/postgresql/migrating.h"

#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/try.h"
#include "store/kept_values.h"
#include "store/postgresql/dataset_ddl.h"
#include "store/postgresql/kept_schemas.h"
#include "store/postgresql/ledger.h"
#include "store/postgresql/migrations.h"
#include "store/postgresql/stored_value.h"
#include "store/postgresql/table_turns.h"

namespace sluice::store::postgresql {
namespace {

constexpr int records_a_fetch = 512;

std::string bare_name(const record::DatasetId& name) {
  return quoted_name(name.str());
}

}  // namespace

Migrating::Migrating(Connection& connection, PostgresqlTransaction transaction,
                     const MigrationOrder& order, const record::TableSchema& old)
    : connection_(connection),
      transaction_(std::move(transaction)),
      order_(order),
      dataset_(order.dataset),
      old_(old),
      ending_(order.from.number),
      old_name_(name_of_version(order.dataset.id, ending_)),
      next_(order.dataset) {
  next_.id = name_of_version(dataset_.id, {order.from.number.value + 1});
}

std::unexpected<StoreFailure> Migrating::failed(const ServerError& error) const {
  return std::unexpected(store_failure(error, "dataset " + dataset_.id.str()));
}

Result<void> Migrating::execute(const std::string& sql) {
  if (auto done = connection_.execute(sql); !done) return failed(done.error());
  return {};
}

Result<std::optional<TablesVersion>> Migrating::look(MigrationOrder::Purpose purpose) {
  if (purpose == MigrationOrder::Purpose::migrate) {
    // In the order in which who makes tables takes them (make_tables_follow).
    const auto locked =
        connection_.query(fmt::format("SELECT pg_advisory_xact_lock({}, hashtext($1)), "
                                      "pg_advisory_xact_lock({}, hashtext($1))",
                                      dataset_versions, dataset_tables),
                          Parameters().text(dataset_.id.str()));
    if (!locked && locked.error().is_lock_timeout()) {
      return std::unexpected(StoreFailure{
          StoreProblem::unavailable, "dataset " + dataset_.id.str(),
          "a batch of it is being applied, or all of it is being read (`sluice audit verify "
          "--replay`, `sluice dataset read`), and takes long; nothing was changed, and nothing "
          "waits: say it again when that is over"});
    }
    if (!locked) return failed(locked.error());
  }
  const auto known = connection_.query("SELECT schema FROM sluice.dataset WHERE id = $1",
                                       Parameters().text(dataset_.id.str()));
  if (!known) return failed(known.error());
  if (known->rows() == 0) return std::nullopt;
  const Begun begun = SLUICE_TRY(current_version(connection_, dataset_.id));
  return TablesVersion{begun.version, std::string(known->text(0, 0))};
}

Result<record::Time> Migrating::last_applied() {
  const auto last = connection_.query(R"sql(
      SELECT (extract(epoch FROM greatest(
        (SELECT max(applied_at) FROM sluice.ledger WHERE dataset = $1),
        (SELECT max(applied_at) FROM sluice.migration WHERE dataset = $1),
        'epoch'::timestamptz)) * 1000)::bigint)sql",
                                      Parameters().text(dataset_.id.str()));
  if (!last) return failed(last.error());
  return kept_time(last->integer(0, 0));
}

Result<std::int64_t> Migrating::draw_id() {
  const auto id = draw_ledger_id(connection_);
  if (!id) return failed(id.error());
  return *id;
}

Result<std::vector<record::Digest>> Migrating::schemas_up_to(const std::string& last) {
  SLUICE_TRY(remember_schema(connection_, dataset_.id, ending_, last));
  return remembered_schemas(connection_, dataset_.id, ending_);
}

Result<DatasetTables*> Migrating::begin_version(std::int64_t id, record::Time applied_at) {
  SLUICE_TRY(create_tables(connection_, next_));
  tables_ = std::make_unique<Tables>(next_);
  tables_->begin_batch(connection_, id, applied_at);
  return tables_.get();
}

Result<void> Migrating::read_old(const std::function<Result<bool>(const OldRecord&)>& consume) {
  const auto columns = stored_columns(old_);
  std::vector<std::string> read, key;
  for (const StoredColumn& column : columns)
    read.push_back(column.read);
  for (const std::size_t column : record::key_columns(old_))
    key.push_back("c." + columns[column].name);
  SLUICE_TRY(execute(fmt::format(
      R"sql(
        DECLARE sluice_old NO SCROLL CURSOR FOR
        SELECT replace(left(sluice_source_time::text, -3), ' ', 'T') || 'Z', {}
        FROM {} c
        ORDER BY {})sql",
      fmt::join(read, ", "), current_table(dataset_.id), fmt::join(key, ", "))));
  int found = records_a_fetch;
  while (found == records_a_fetch)
    found = SLUICE_TRY(read_some(consume));
  return execute("CLOSE sluice_old");
}

Result<int> Migrating::read_some(const std::function<Result<bool>(const OldRecord&)>& consume) {
  const auto some = connection_.execute(fmt::format("FETCH {} FROM sluice_old", records_a_fetch));
  if (!some) return failed(some.error());
  std::vector<std::optional<std::string_view>> values(old_.fields.size());
  for (int row = 0; row < some->rows(); ++row) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const int column = static_cast<int>(i) + 1;
      values[i].reset();
      if (!some->is_null(row, column)) values[i] = some->text(row, column);
    }
    OldRecord record{values, std::nullopt};
    if (!some->is_null(row, 0)) record.source_time = some->text(row, 0);
    const bool goes_on = SLUICE_TRY(consume(record));
    if (!goes_on) return 0;
  }
  return some->rows();
}

Result<void> Migrating::finish_version() {
  SLUICE_TRY(take_in_turns(connection_, dataset_.id, order_));
  return rename_tables();
}

Result<void> Migrating::rename_tables() {
  const std::string now = bare_name(dataset_.id);
  std::string sql;
  for (const UniqueKey& key : unique_keys(dataset_.id, old_))
    sql += fmt::format("DROP INDEX data.{};", quoted_name(key.index_name));
  for (const char* schema : {"data", "history"}) {
    sql += fmt::format("ALTER TABLE {0}.{1} RENAME TO {2}; ALTER TABLE {0}.{3} RENAME TO {1};",
                       schema, now, bare_name(old_name_), bare_name(next_.id));
  }
  // The same keys under the name that the dataset gives them: both lists are in the fields' order
  // only by chance.
  for (const UniqueKey& key : unique_keys(dataset_.id, dataset_.schema)) {
    for (const UniqueKey& made : unique_keys(next_.id, next_.schema)) {
      if (made.fields != key.fields) continue;
      sql += fmt::format("ALTER INDEX data.{} RENAME TO {};", quoted_name(made.index_name),
                         quoted_name(key.index_name));
    }
  }
  return execute(sql);
}

Result<void> Migrating::write(const MigrationEntry& entry) {
  const auto written = connection_.query(
      R"sql(
        INSERT INTO sluice.migration (id, dataset, version, from_schema, to_schema, mapping,
          records, applied_at, statement, signature)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10))sql",
      Parameters()
          .number(entry.id)
          .text(entry.dataset.str())
          .text(std::to_string(entry.version.value))
          .text(entry.from_schema)
          .text(entry.to_schema)
          .text(entry.mapping)
          .text(std::to_string(entry.records.value))
          .text(record::to_string(entry.applied_at))
          .text(entry.statement.json)
          .binary(entry.statement.signature));
  if (!written) return failed(written.error());
  const auto kept = connection_.query("UPDATE sluice.dataset SET schema = $2 WHERE id = $1",
                                      Parameters().text(entry.dataset.str()).text(entry.to_schema));
  if (!kept) return failed(kept.error());
  return remember_schema(connection_, entry.dataset, entry.version, entry.to_schema);
}

Result<void> Migrating::commit() {
  if (auto committed = transaction_.commit(); !committed) return failed(committed.error());
  return {};
}

}  // namespace sluice::store::postgresql
