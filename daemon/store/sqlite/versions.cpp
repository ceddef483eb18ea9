#include "store/sqlite/versions.h"

#include <cstdint>
#include <limits>

#include <fmt/format.h>

#include "record/try.h"
#include "store/dataset_tables.h"
#include "store/evolution.h"
#include "store/kept_values.h"
#include "store/sqlite/stored_value.h"
#include "store/stream_place.h"

namespace sluice::store::sqlite {
namespace {

constexpr int first_field = 8;

// The schema that the dataset's tables were made for; nothing: the store does not know it.
Result<std::optional<std::string>> schema_of_tables(CentralFile& file,
                                                    const record::DatasetId& dataset) {
  auto known = SLUICE_TRY(file.statement("SELECT schema FROM dataset WHERE id = ?"));
  known.bind(1, dataset.str());
  if (!SLUICE_TRY(file.step(known))) return std::nullopt;
  return std::string(known.text(0));
}

Result<void> check_both_there(CentralFile& file, const record::DatasetId& dataset) {
  auto known = SLUICE_TRY(file.statement(
      R"sql(
        SELECT 2 = count(*)
        FROM sqlite_schema
        WHERE type = 'table' AND name IN ('data.' || ?1, 'history.' || ?1))sql"));
  known.bind(1, dataset.str());
  SLUICE_TRY(file.step(known));
  if (known.integer(0) == 1) return {};
  return std::unexpected(unknown_dataset(dataset));
}

StoredVersion version_of(const Statement& select, std::string_view columns) {
  StoredVersion version{columns, parse_digest_bytes(select.text(0)),
                        select.is_null(1) ? std::string_view("\\N") : select.text(1),
                        select.integer(2)};
  if (!select.is_null(7)) {
    version.end = StoredVersion::End{select.integer(3),
                                     static_cast<std::uint64_t>(select.integer(6)), select.text(7),
                                     kept_time(select.integer(4)), kept_time(select.integer(5))};
  }
  return version;
}

}  // namespace

// Each table is read in the order of an index of its own, and the two are merged.
std::string versions_sql(const record::Dataset& dataset, const std::set<std::string>& has) {
  std::string fields;
  for (const record::Field& field : dataset.schema.fields) {
    const std::string name = quoted_name(field.name);
    fields += has.contains(field.name) ? ", " + name : ", NULL AS " + name;
  }
  std::string order;
  for (const std::string& name : dataset.schema.primary_key)
    order += quoted_name(name) + ", ";
  return fmt::format(
      R"sql(
        SELECT sluice_digest, sluice_source_time, sluice_batch AS sluice_batch_from,
          {last} AS sluice_batch_to, NULL, NULL, 0 AS sluice_ended_by_line, NULL{fields}
        FROM {current}
        UNION ALL
        SELECT sluice_digest, sluice_source_time, sluice_batch_from, sluice_batch_to,
          sluice_valid_from, sluice_valid_to, sluice_ended_by_line, sluice_ended{fields}
        FROM {history}
        ORDER BY {order}sluice_batch_to, sluice_ended_by_line)sql",
      fmt::arg("last", std::numeric_limits<std::int64_t>::max()), fmt::arg("fields", fields),
      fmt::arg("current", current_table(dataset.id)),
      fmt::arg("history", history_table(dataset.id)), fmt::arg("order", order));
}

namespace {

Result<void> read_tables(CentralFile& file, const record::Dataset& dataset,
                         const std::set<std::string>& has,
                         const std::function<bool(const StoredVersion&)>& consume) {
  SLUICE_TRY(check_both_there(file, dataset.id));
  auto select = SLUICE_TRY(file.statement(versions_sql(dataset, has)));
  std::string columns;
  while (SLUICE_TRY(file.step(select))) {
    columns.clear();
    for (int i = 0; const record::Field& field : dataset.schema.fields) {
      if (i > 0) columns += '\t';
      append_value(columns, select, first_field + i++, field.type);
    }
    if (!consume(version_of(select, columns))) return {};
  }
  return {};
}

}  // namespace

Result<void> read_versions(CentralFile& file, const record::Dataset& dataset,
                           const std::function<bool(const StoredVersion&)>& consume) {
  const auto schema = SLUICE_TRY(schema_of_tables(file, dataset.id));
  if (!schema) return std::unexpected(unknown_dataset(dataset.id));
  const auto has = SLUICE_TRY(kept_fields(*schema, dataset.id));
  return read_tables(file, dataset, has, consume);
}

Result<void> read_older_versions(CentralFile& file, const record::DatasetId& tables,
                                 const std::string& schema,
                                 const std::function<bool(const StoredVersion&)>& consume) {
  const auto has = SLUICE_TRY(kept_fields(schema, tables));
  const record::Dataset dataset{
      .id = tables, .owner = {}, .title = {}, .schema = SLUICE_TRY(read_kept_schema(schema))};
  return read_tables(file, dataset, has, consume);
}

}  // namespace sluice::store::sqlite
