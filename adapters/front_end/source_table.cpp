#include "adapters/front_end/source_table.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/try.h"

namespace sluice::adapters::front_end {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

CollectionFailure bad_columns(const TableName& table, std::string sentence) {
  return {CollectionProblem::bad_columns, to_string(table), std::move(sentence)};
}

std::vector<std::string> names_of(const std::vector<odbc::SourceColumn>& columns) {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const odbc::SourceColumn& column : columns)
    names.push_back(column.name);
  return names;
}

Result<void> check_present(const Wanted& wanted, const std::vector<std::string>& there) {
  std::vector<std::string> needed = wanted.key;
  needed.insert(needed.end(), wanted.capture.begin(), wanted.capture.end());
  if (!wanted.source_time.empty()) needed.push_back(wanted.source_time);
  std::erase_if(needed, [&](const std::string& name) { return contains(there, name); });
  if (needed.empty()) return {};
  return std::unexpected(bad_columns(
      wanted.table,
      fmt::format("there is no column {}; expected it for the key or the way of capture that the "
                  "bureau's configuration names; the table has {}",
                  fmt::join(needed, ", "), fmt::join(there, ", "))));
}

// A key that repeats would lose rows where one page ends and the next begins.
Result<void> check_key(odbc::Connection& connection, const odbc::TableName& name,
                       const Wanted& wanted) {
  if (wanted.key_is_stated) return {};
  const auto primary = connection.primary_key(name);
  if (!primary) return std::unexpected(collection_failure(primary.error()));
  const bool is_told_apart =
      !primary->empty() && std::ranges::all_of(*primary, [&](const std::string& column) {
        return contains(wanted.key, column);
      });
  if (is_told_apart) return {};
  const std::string found = primary->empty()
                                ? "it has no primary key"
                                : fmt::format("its primary key is {}", fmt::join(*primary, ", "));
  return std::unexpected(bad_columns(
      wanted.table,
      fmt::format("{}, and the dataset's key comes from {}; have the bureau make that the "
                  "table's primary key, or, where these columns never repeat (a view), say so with "
                  "`key: [{}]`; `capture: {{kind: snapshot}}` with all columns as the key takes a "
                  "table that has none",
                  found, fmt::join(wanted.key, ", "), fmt::join(wanted.key, ", "))));
}

}  // namespace

std::size_t SourceTable::at(const std::string& column) const {
  const auto found = std::ranges::find(columns, column, &odbc::SourceColumn::name);
  return static_cast<std::size_t>(found - columns.begin());
}

std::map<std::string, std::string> SourceTable::types() const {
  std::map<std::string, std::string> types;
  for (const odbc::SourceColumn& column : columns)
    types.emplace(column.name, column.type_name);
  return types;
}

Result<SourceTable> find_table(odbc::Connection& connection, const Wanted& wanted) {
  const odbc::TableName name{wanted.table.catalog, wanted.table.schema, wanted.table.name};
  const auto found = connection.columns(name);
  if (!found) return std::unexpected(collection_failure(found.error()));
  SLUICE_TRY(check_present(wanted, names_of(*found)));
  SLUICE_TRY(check_key(connection, name, wanted));

  SourceTable table{.name = name};
  for (const odbc::SourceColumn& column : *found) {
    const bool is_field = contains(wanted.fields, column.name) || contains(wanted.key, column.name);
    const bool is_of_capture =
        contains(wanted.capture, column.name) || column.name == wanted.source_time;
    if (is_field || !is_of_capture) {
      table.announced.push_back(column.name);
      table.read_at.push_back(is_field ? std::optional(table.columns.size()) : std::nullopt);
    }
    if (!is_field && !is_of_capture) continue;
    table.columns.push_back(column);
    table.columns.back().is_meant_as_date = contains(wanted.dates, column.name);
  }
  for (const std::string& column : wanted.key) {
    table.key_at.push_back(table.at(column));
    table.key.push_back(table.columns[table.key_at.back()]);
  }
  if (!wanted.source_time.empty()) table.source_time = table.at(wanted.source_time);
  return table;
}

Result<void> check_types(const SourceTable& table,
                         const std::map<std::string, std::string>& before) {
  std::vector<std::string> changed;
  for (const auto& [name, type] : table.types()) {
    const auto was = before.find(name);
    if (was != before.end() && was->second != type) {
      changed.push_back(fmt::format("column {} was {} and is {} now", name, was->second, type));
    }
  }
  if (changed.empty()) return {};
  return std::unexpected(CollectionFailure{
      CollectionProblem::bad_columns, table.name.name,
      fmt::format("{}; look whether mapping and schema still fit, then run `sluice collect BUREAU "
                  "--accept-columns` once",
                  fmt::join(changed, "; "))});
}

void ask_for_digest(const odbc::Dialect& dialect, SourceTable& table) {
  auto digest = odbc::row_digest(dialect, table.columns);
  if (!digest) return;
  table.digest_at = table.columns.size();
  table.columns.push_back(std::move(*digest));
}

record::Digest digest_of_columns(const SourceTable& table) {
  record::DigestStream stream;
  for (const odbc::SourceColumn& column : table.columns)
    stream.update(fmt::format("{} {}\n", column.name, column.type_name));
  return stream.finish();
}

SourceTable keys_and_digests(const SourceTable& table) {
  SourceTable narrow{.name = table.name, .columns = table.key, .key = table.key};
  for (std::size_t i = 0; i < table.key.size(); ++i)
    narrow.key_at.push_back(i);
  narrow.digest_at = narrow.columns.size();
  narrow.columns.push_back(table.columns[*table.digest_at]);
  return narrow;
}

CollectionFailure collection_failure(const odbc::OdbcFailure& failure) {
  const bool is_table = failure.code == odbc::OdbcProblem::no_table;
  return {is_table ? CollectionProblem::bad_columns : CollectionProblem::unreadable, failure.place,
          failure.sentence};
}

std::string to_string(const TableName& table) {
  std::string text;
  for (const std::string* part : {&table.catalog, &table.schema, &table.name}) {
    if (part->empty()) continue;
    if (!text.empty()) text += '.';
    text += *part;
  }
  return text;
}

}  // namespace sluice::adapters::front_end
