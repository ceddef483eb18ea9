#include "store/postgresql/dataset_ddl.h"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/try.h"
#include "store/dataset_tables.h"
#include "store/evolution.h"
#include "store/postgresql/kept_schemas.h"
#include "store/postgresql/migrations.h"
#include "store/postgresql/session.h"
#include "store/postgresql/stored_value.h"

namespace sluice::store::postgresql {
namespace {

std::string quoted_names(const std::vector<std::string>& names) {
  std::vector<std::string> list;
  list.reserve(names.size());
  for (const std::string& name : names)
    list.push_back(quoted_name(name));
  return fmt::format("{}", fmt::join(list, ", "));
}

std::unexpected<StoreFailure> failed(const record::Dataset& dataset, const ServerError& error) {
  return std::unexpected(store_failure(error, "dataset " + dataset.id.str()));
}

Result<void> run(Connection& connection, const record::Dataset& dataset, const std::string& sql) {
  if (auto done = connection.execute(sql); !done) return failed(dataset, done.error());
  return {};
}

Result<void> add_unique_key(Connection& connection, const record::Dataset& dataset,
                            const UniqueKey& key) {
  const auto done = connection.execute(
      fmt::format("CREATE UNIQUE INDEX {} ON {} ({})", quoted_name(key.index_name),
                  current_table(dataset.id), quoted_names(key.fields)));
  if (done) return {};
  if (done.error().is_unique_violation()) return std::unexpected(duplicates_conflict(dataset, key));
  return failed(dataset, done.error());
}

Result<void> check_required(Connection& connection, const record::Dataset& dataset,
                            const std::string& field) {
  const auto found = connection.execute(fmt::format("SELECT 1 FROM {} WHERE {} IS NULL LIMIT 1",
                                                    current_table(dataset.id), quoted_name(field)));
  if (!found) return failed(dataset, found.error());
  if (found->rows() > 0) return std::unexpected(missing_values_conflict(dataset, field));
  return {};
}

Result<void> check_unique(Connection& connection, const record::Dataset& dataset,
                          const UniqueKey& key) {
  std::vector<std::string> present;
  for (const std::string& name : key.fields)
    present.push_back(quoted_name(name) + " IS NOT NULL");
  const auto found = connection.execute(fmt::format(
      "SELECT 1 FROM {} WHERE {} GROUP BY {} HAVING count(*) > 1 LIMIT 1",
      current_table(dataset.id), fmt::join(present, " AND "), quoted_names(key.fields)));
  if (!found) return failed(dataset, found.error());
  if (found->rows() > 0) return std::unexpected(duplicates_conflict(dataset, key));
  return {};
}

// A key of fields that the tables do not have yet is in nobody's way.
Result<void> check_tables(Connection& connection, const record::Dataset& dataset,
                          const Evolution& evolution) {
  for (const std::string& name : evolution.newly_required) {
    SLUICE_TRY(check_required(connection, dataset, name));
  }
  for (const UniqueKey& key : evolution.added_keys) {
    if (names_any(key, evolution.added_fields)) continue;
    SLUICE_TRY(check_unique(connection, dataset, key));
  }
  return {};
}

Result<void> evolve_tables(Connection& connection, const record::Dataset& dataset,
                           const Evolution& evolution) {
  const auto columns = stored_columns(dataset.schema);
  for (const std::string& name : evolution.added_fields) {
    const StoredColumn& column = columns[record::field_index(dataset.schema, name).value()];
    const std::string sql = fmt::format(
        "ALTER TABLE {0} ADD COLUMN {2} {3}; ALTER TABLE {1} ADD COLUMN {2} {3}",
        current_table(dataset.id), history_table(dataset.id), column.name, column.definition);
    SLUICE_TRY(run(connection, dataset, sql));
  }
  for (const std::string& name : evolution.newly_required) {
    SLUICE_TRY(check_required(connection, dataset, name));
  }
  for (const UniqueKey& key : evolution.dropped_keys) {
    const std::string sql = fmt::format("DROP INDEX data.{}", quoted_name(key.index_name));
    SLUICE_TRY(run(connection, dataset, sql));
  }
  for (const UniqueKey& key : evolution.added_keys) {
    SLUICE_TRY(add_unique_key(connection, dataset, key));
  }
  return {};
}

class TablesOfConnection final : public SchemaTables {
 public:
  explicit TablesOfConnection(Connection& connection) : connection_(connection) {}

  Result<std::optional<std::string>> kept_schema(const record::DatasetId& dataset) override {
    const auto known = connection_.query("SELECT schema FROM sluice.dataset WHERE id = $1",
                                         Parameters().text(dataset.str()));
    if (!known) return std::unexpected(store_failure(known.error(), "dataset " + dataset.str()));
    if (known->rows() == 0) return std::nullopt;
    return std::string(known->text(0, 0));
  }
  Result<void> refuse_former(const record::DatasetId& dataset,
                             const std::string& canonical) override {
    const auto former = SLUICE_TRY(former_version(connection_, dataset, canonical));
    if (!former) return {};
    const Begun begun = SLUICE_TRY(current_version(connection_, dataset));
    return std::unexpected(former_schema(dataset, *former, begun.version));
  }
  Result<void> create(const record::Dataset& dataset) override {
    return create_tables(connection_, dataset);
  }
  Result<void> check(const record::Dataset& dataset, const Evolution& evolution) override {
    return check_tables(connection_, dataset, evolution);
  }
  Result<void> evolve(const record::Dataset& dataset, const Evolution& evolution) override {
    return evolve_tables(connection_, dataset, evolution);
  }
  Result<void> keep_schema(const record::Dataset& dataset, const std::string& canonical) override {
    const auto kept = connection_.query(
        R"sql(
          INSERT INTO sluice.dataset (id, owner, schema)
          VALUES ($1, $2, $3)
          ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, schema = excluded.schema)sql",
        Parameters().text(dataset.id.str()).text(dataset.owner.str()).text(canonical));
    if (!kept) return failed(dataset, kept.error());
    const Begun begun = SLUICE_TRY(current_version(connection_, dataset.id));
    return remember_schema(connection_, dataset.id, begun.version, canonical);
  }

 private:
  Connection& connection_;
};

}  // namespace

std::string current_table(const record::DatasetId& dataset) {
  return "data." + quoted_name(dataset.str());
}

std::string history_table(const record::DatasetId& dataset) {
  return "history." + quoted_name(dataset.str());
}

Result<void> create_tables(Connection& connection, const record::Dataset& dataset) {
  std::string fields;
  for (const StoredColumn& column : stored_columns(dataset.schema)) {
    fields += fmt::format("{} {}, ", column.name, column.definition);
  }
  const std::string sql = fmt::format(
      R"sql(
        CREATE TABLE {current} (
          sluice_digest uuid NOT NULL,
          sluice_batch bigint NOT NULL,
          sluice_source_time timestamptz,
          {fields}PRIMARY KEY ({key})
        );
        CREATE TABLE {history} (
          {fields}sluice_digest uuid NOT NULL,
          sluice_source_time timestamptz,
          sluice_batch_from bigint NOT NULL,
          sluice_batch_to bigint NOT NULL,
          sluice_valid_from timestamptz NOT NULL,
          sluice_valid_to timestamptz NOT NULL,
          sluice_ended_by_line bigint NOT NULL,
          sluice_ended text NOT NULL
        );
        CREATE INDEX ON {history} ({key}, sluice_batch_to, sluice_ended_by_line);)sql",
      fmt::arg("current", current_table(dataset.id)),
      fmt::arg("history", history_table(dataset.id)), fmt::arg("fields", fields),
      fmt::arg("key", quoted_names(dataset.schema.primary_key)));
  SLUICE_TRY(run(connection, dataset, sql));
  for (const UniqueKey& unique : unique_keys(dataset.id, dataset.schema)) {
    SLUICE_TRY(add_unique_key(connection, dataset, unique));
  }
  return {};
}

Result<Version> make_tables_follow(Connection& connection, const record::Dataset& dataset) {
  auto transaction = PostgresqlTransaction::begin(connection);
  if (!transaction) return failed(dataset, transaction.error());
  SLUICE_TRY(keep_from_migrating_at_once(connection, dataset.id));
  // Of this dataset alone: its tables may be in use by a batch that takes long.
  const auto locked = connection.query(
      fmt::format("SELECT pg_advisory_xact_lock({}, hashtext($1))", dataset_tables),
      Parameters().text(dataset.id.str()));
  if (!locked) return failed(dataset, locked.error());
  TablesOfConnection tables(connection);
  SLUICE_TRY(follow_schema(dataset, tables));
  const Begun begun = SLUICE_TRY(current_version(connection, dataset.id));
  if (auto committed = transaction->commit(); !committed) {
    return failed(dataset, committed.error());
  }
  return begun.version;
}

Result<void> compare_tables(Connection& connection, const record::Dataset& dataset) {
  auto transaction = PostgresqlTransaction::begin(connection);
  if (!transaction) return failed(dataset, transaction.error());
  // All of a table may be read here.
  const auto set = connection.execute("SET LOCAL enable_seqscan = on");
  if (!set) return failed(dataset, set.error());
  TablesOfConnection tables(connection);
  return compare_schema(dataset, tables);
}

}  // namespace sluice::store::postgresql
