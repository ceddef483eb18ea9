#include "store/postgresql/versions.h"

#include <charconv>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/try.h"
#include "store/dataset_tables.h"
#include "store/evolution.h"
#include "store/kept_values.h"
#include "store/postgresql/binary_array.h"
#include "store/postgresql/dataset_ddl.h"
#include "store/postgresql/server_error.h"
#include "store/postgresql/stored_value.h"
#include "store/stream_place.h"

namespace sluice::store::postgresql {
namespace {

std::unexpected<StoreFailure> not_read(const ServerError& error, const record::DatasetId& dataset) {
  if (error.is_undefined_table()) return std::unexpected(unknown_dataset(dataset));
  return std::unexpected(store_failure(error, "dataset " + dataset.str()));
}

// The schema that the dataset's tables were made for.
Result<std::string> schema_of_tables(Connection& connection, const record::DatasetId& dataset) {
  const auto known = connection.query("SELECT schema FROM sluice.dataset WHERE id = $1",
                                      Parameters().text(dataset.str()));
  if (!known) return not_read(known.error(), dataset);
  if (known->rows() == 0) return std::unexpected(unknown_dataset(dataset));
  return std::string(known->text(0, 0));
}

// Takes the first column off a line of COPY text.
std::string_view take_column(std::string_view& line) {
  const std::size_t end = line.find('\t');
  const std::string_view column = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  return column;
}

std::int64_t take_integer(std::string_view& line) {
  std::int64_t number = 0;
  const std::string_view digits = take_column(line);
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

StoredVersion version_of(std::string_view line) {
  StoredVersion version;
  version.digest = parse_digest_bytes(from_hexadecimal(take_column(line)));
  version.source_time = take_column(line);
  version.begun_by = take_integer(line);
  StoredVersion::End end;
  end.by = take_integer(line);
  end.begun_at = kept_time(take_integer(line));
  end.at = kept_time(take_integer(line));
  end.line = static_cast<std::uint64_t>(take_integer(line));
  end.how = take_column(line);
  if (!record::is_null(end.how)) version.end = end;
  version.columns = line;
  return version;
}

}  // namespace

// The session's time zone is UTC.
std::string versions_sql(const record::Dataset& dataset, const std::set<std::string>& has) {
  std::vector<std::string> names, read, order;
  const auto columns = stored_columns(dataset.schema);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool is_there = has.contains(dataset.schema.fields[i].name);
    if (is_there) names.push_back(columns[i].name);
    read.push_back(is_there ? columns[i].read : "NULL");
  }
  for (const std::size_t column : record::key_columns(dataset.schema))
    order.push_back("v." + columns[column].name);
  return fmt::format(
      R"sql(
        COPY (
          SELECT sluice_digest, replace(left(sluice_source_time::text, -3), ' ', 'T') || 'Z',
            sluice_batch_from, sluice_batch_to,
            (extract(epoch FROM sluice_valid_from) * 1000)::bigint,
            (extract(epoch FROM sluice_valid_to) * 1000)::bigint,
            sluice_ended_by_line, sluice_ended, {read}
          FROM (
            SELECT sluice_digest, sluice_source_time, sluice_batch AS sluice_batch_from,
              {last}::bigint AS sluice_batch_to, NULL::timestamptz AS sluice_valid_from,
              NULL::timestamptz AS sluice_valid_to, 0::bigint AS sluice_ended_by_line,
              NULL::text AS sluice_ended, {names}
            FROM {current}
            UNION ALL
            SELECT sluice_digest, sluice_source_time, sluice_batch_from, sluice_batch_to,
              sluice_valid_from, sluice_valid_to, sluice_ended_by_line, sluice_ended, {names}
            FROM {history}
          ) v
          ORDER BY {order}, sluice_batch_to, sluice_ended_by_line
        ) TO STDOUT)sql",
      fmt::arg("read", fmt::join(read, ", ")), fmt::arg("names", fmt::join(names, ", ")),
      fmt::arg("last", std::numeric_limits<std::int64_t>::max()),
      fmt::arg("current", current_table(dataset.id)),
      fmt::arg("history", history_table(dataset.id)), fmt::arg("order", fmt::join(order, ", ")));
}

namespace {

Result<void> read_tables(Connection& connection, const record::Dataset& dataset,
                         const std::string& kept_schema,
                         const std::function<bool(const StoredVersion&)>& consume) {
  const auto has = SLUICE_TRY(kept_fields(kept_schema, dataset.id));
  const auto read = connection.copy_out(
      versions_sql(dataset, has), [&](std::string_view line) { return consume(version_of(line)); });
  if (!read) return not_read(read.error(), dataset.id);
  return {};
}

}  // namespace

Result<void> read_versions(Connection& connection, const record::Dataset& dataset,
                           const std::function<bool(const StoredVersion&)>& consume) {
  const std::string schema = SLUICE_TRY(schema_of_tables(connection, dataset.id));
  return read_tables(connection, dataset, schema, consume);
}

Result<void> read_older_versions(Connection& connection, const record::DatasetId& tables,
                                 const std::string& schema,
                                 const std::function<bool(const StoredVersion&)>& consume) {
  const record::Dataset dataset{
      .id = tables, .owner = {}, .title = {}, .schema = SLUICE_TRY(read_kept_schema(schema))};
  return read_tables(connection, dataset, schema, consume);
}

}  // namespace sluice::store::postgresql
