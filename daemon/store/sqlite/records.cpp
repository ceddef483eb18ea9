#include "store/sqlite/records.h"

#include <fmt/format.h>

#include "record/try.h"
#include "store/dataset_tables.h"
#include "store/kept_values.h"
#include "store/sqlite/dataset_ddl.h"
#include "store/sqlite/stored_value.h"
#include "store/sqlite/tables.h"
#include "store/stream_place.h"

namespace sluice::store::sqlite {
namespace {

std::string records_sql(const record::DatasetId& tables, const record::TableSchema& schema,
                        bool as_of) {
  std::string fields;
  for (const record::Field& field : schema.fields)
    fields += ", " + quoted_name(field.name);
  std::string sql =
      fmt::format("SELECT sluice_digest, sluice_batch{} FROM {}", fields, current_table(tables));
  if (as_of) {
    sql += fmt::format(
        R"sql(
          WHERE sluice_batch <= ?1
          UNION ALL
          SELECT sluice_digest, sluice_batch_from{}
          FROM {}
          WHERE sluice_batch_from <= ?1 AND sluice_batch_to > ?1)sql",
        fields, history_table(tables));
  }
  const char* separator = " ORDER BY ";
  for (const std::string& name : schema.primary_key) {
    sql += separator + quoted_name(name);
    separator = ", ";
  }
  return sql;
}

}  // namespace

Result<void> read_records(CentralFile& file, const record::DatasetId& tables,
                          const record::TableSchema& schema, std::optional<std::int64_t> up_to,
                          const std::function<bool(const StoredRecord&)>& consume) {
  auto select = SLUICE_TRY(file.statement(records_sql(tables, schema, up_to.has_value())));
  if (up_to) select.bind(1, *up_to);
  std::string columns;
  while (SLUICE_TRY(file.step(select))) {
    columns.clear();
    for (std::size_t i = 0; i < schema.fields.size(); ++i) {
      if (i > 0) columns += '\t';
      append_value(columns, select, static_cast<int>(i) + 2, schema.fields[i].type);
    }
    if (!consume({columns, parse_digest_bytes(select.text(0)), select.integer(1)})) return {};
  }
  return {};
}

Result<std::optional<FoundRecord>> find_record(CentralFile& file, const record::Dataset& dataset,
                                               const record::Key& key) {
  const record::TableSchema& schema = dataset.schema;
  auto known = SLUICE_TRY(file.statement("SELECT 1 FROM dataset WHERE id = ?"));
  known.bind(1, dataset.id.str());
  if (!SLUICE_TRY(file.step(known))) return std::unexpected(unknown_dataset(dataset.id));
  auto select = SLUICE_TRY(file.statement(find_sql(dataset)));
  const std::vector<std::size_t> columns = record::key_columns(schema);
  for (std::size_t i = 0; i < columns.size(); ++i)
    bind_plain_value(select, static_cast<int>(i) + 1, schema.fields[columns[i]].type, key[i]);
  if (!SLUICE_TRY(file.step(select))) return std::nullopt;
  FoundRecord found{.applied_at = kept_time(select.integer(0))};
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    const int column = static_cast<int>(i) + 1;
    auto& value = found.values.emplace_back();
    if (select.is_null(column)) continue;
    append_plain_value(value.emplace(), select, column, schema.fields[i].type);
  }
  return found;
}

}  // namespace sluice::store::sqlite
