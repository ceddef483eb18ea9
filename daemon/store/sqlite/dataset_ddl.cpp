#include "store/sqlite/dataset_ddl.h"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/try.h"
#include "store/dataset_tables.h"
#include "store/sqlite/stored_value.h"

namespace sluice::store::sqlite {
namespace {

std::string quoted_names(const std::vector<std::string>& names) {
  std::vector<std::string> list;
  for (const std::string& name : names)
    list.push_back(quoted_name(name));
  return fmt::format("{}", fmt::join(list, ", "));
}

std::string field_definitions(const record::TableSchema& schema) {
  std::string text;
  for (const record::Field& field : schema.fields) {
    text += fmt::format("{} {}, ", quoted_name(field.name), column_type(field.type));
  }
  return text;
}

Result<void> run(Database& database, const record::Dataset& dataset, const std::string& sql) {
  if (auto done = database.execute(sql); !done) {
    return std::unexpected(sqlite_failure(done.error(), "dataset " + dataset.id.str()));
  }
  return {};
}

Result<void> add_unique_key(Database& database, const record::Dataset& dataset,
                            const UniqueKey& key) {
  const auto done =
      database.execute(fmt::format("CREATE UNIQUE INDEX {} ON {} ({})", quoted_name(key.index_name),
                                   current_table(dataset.id), quoted_names(key.fields)));
  if (done) return {};
  if (done.error().is_constraint()) return std::unexpected(duplicates_conflict(dataset, key));
  return std::unexpected(sqlite_failure(done.error(), "dataset " + dataset.id.str()));
}

// Whether the query finds a row.
Result<bool> finds(Database& database, const record::Dataset& dataset, const std::string& query) {
  auto statement = database.prepare(query);
  auto found = statement ? statement->step()
                         : sluice::sqlite::Result<bool>(std::unexpected(statement.error()));
  if (!found) return std::unexpected(sqlite_failure(found.error(), "dataset " + dataset.id.str()));
  return *found;
}

Result<void> check_required(Database& database, const record::Dataset& dataset,
                            const std::string& field) {
  const bool found = SLUICE_TRY(finds(database, dataset,
                                      fmt::format("SELECT 1 FROM {} WHERE {} IS NULL LIMIT 1",
                                                  current_table(dataset.id), quoted_name(field))));
  if (found) return std::unexpected(missing_values_conflict(dataset, field));
  return {};
}

Result<void> check_unique(Database& database, const record::Dataset& dataset,
                          const UniqueKey& key) {
  std::vector<std::string> present;
  for (const std::string& name : key.fields)
    present.push_back(quoted_name(name) + " IS NOT NULL");
  const bool found = SLUICE_TRY(
      finds(database, dataset,
            fmt::format("SELECT 1 FROM {} WHERE {} GROUP BY {} HAVING count(*) > 1 LIMIT 1",
                        current_table(dataset.id), fmt::join(present, " AND "),
                        quoted_names(key.fields))));
  if (found) return std::unexpected(duplicates_conflict(dataset, key));
  return {};
}

}  // namespace

std::string current_table(const record::DatasetId& dataset) {
  return quoted_name("data." + dataset.str());
}

std::string history_table(const record::DatasetId& dataset) {
  return quoted_name("history." + dataset.str());
}

std::string history_index(const record::DatasetId& dataset) {
  return quoted_name("history_key." + dataset.str());
}

std::string create_history_index(const record::DatasetId& tables,
                                 const record::TableSchema& schema) {
  return fmt::format("CREATE INDEX {} ON {} ({}, sluice_batch_to, sluice_ended_by_line)",
                     history_index(tables), history_table(tables),
                     quoted_names(schema.primary_key));
}

Result<void> create_tables(Database& database, const record::Dataset& dataset) {
  const std::string fields = field_definitions(dataset.schema);
  const std::string key = quoted_names(dataset.schema.primary_key);
  const std::string sql = fmt::format(
      R"sql(
        CREATE TABLE {current} (
          {fields}sluice_digest BLOB NOT NULL,
          sluice_batch INTEGER NOT NULL,
          sluice_source_time TEXT,
          PRIMARY KEY ({key})
        ) STRICT;
        CREATE TABLE {history} (
          {fields}sluice_digest BLOB NOT NULL,
          sluice_source_time TEXT,
          sluice_batch_from INTEGER NOT NULL,
          sluice_batch_to INTEGER NOT NULL,
          sluice_valid_from INTEGER NOT NULL,
          sluice_valid_to INTEGER NOT NULL,
          sluice_ended_by_line INTEGER NOT NULL,
          sluice_ended TEXT NOT NULL
        ) STRICT;)sql",
      fmt::arg("current", current_table(dataset.id)),
      fmt::arg("history", history_table(dataset.id)), fmt::arg("fields", fields),
      fmt::arg("key", key));
  SLUICE_TRY(run(database, dataset, sql));
  SLUICE_TRY(run(database, dataset, create_history_index(dataset.id, dataset.schema)));
  for (const UniqueKey& unique : unique_keys(dataset.id, dataset.schema)) {
    SLUICE_TRY(add_unique_key(database, dataset, unique));
  }
  return {};
}

Result<void> check_tables(Database& database, const record::Dataset& dataset,
                          const Evolution& evolution) {
  for (const std::string& name : evolution.newly_required) {
    SLUICE_TRY(check_required(database, dataset, name));
  }
  for (const UniqueKey& key : evolution.added_keys) {
    if (names_any(key, evolution.added_fields)) continue;
    SLUICE_TRY(check_unique(database, dataset, key));
  }
  return {};
}

Result<void> evolve_tables(Database& database, const record::Dataset& dataset,
                           const Evolution& evolution) {
  for (const std::string& name : evolution.added_fields) {
    const auto index = record::field_index(dataset.schema, name).value();
    for (const std::string& table : {current_table(dataset.id), history_table(dataset.id)}) {
      const std::string sql =
          fmt::format("ALTER TABLE {} ADD COLUMN {} {}", table, quoted_name(name),
                      column_type(dataset.schema.fields[index].type));
      SLUICE_TRY(run(database, dataset, sql));
    }
  }
  for (const std::string& name : evolution.newly_required) {
    SLUICE_TRY(check_required(database, dataset, name));
  }
  for (const UniqueKey& key : evolution.dropped_keys) {
    const std::string sql = fmt::format("DROP INDEX {}", quoted_name(key.index_name));
    SLUICE_TRY(run(database, dataset, sql));
  }
  for (const UniqueKey& key : evolution.added_keys) {
    SLUICE_TRY(add_unique_key(database, dataset, key));
  }
  return {};
}

StoreFailure sqlite_failure(const Error& error, std::string place) {
  if (error.is_busy()) {
    return {StoreProblem::unavailable, std::move(place),
            "another process held the central store's lock for too long; try again"};
  }
  if (error.is_disk_full()) {
    return {StoreProblem::unavailable, std::move(place),
            "the disk of the central store is full: free space"};
  }
  if (error.is_out_of_files()) {
    return {
        StoreProblem::unavailable, std::move(place),
        "the central store can not be opened, since too many files are open: raise their limit"};
  }
  return {StoreProblem::failed, std::move(place),
          fmt::format("the central store's file: {} (SQLite {})", error.message, error.code)};
}

}  // namespace sluice::store::sqlite
