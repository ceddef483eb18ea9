#include "adapters/front_end/source.h"

#include <set>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::adapters::front_end {

Wanted wanted_records(const Source& source) {
  Wanted wanted{.table = source.exchange.table,
                .fields = source.fields,
                .key = source.exchange.key.empty() ? source.key : source.exchange.key,
                .key_is_stated = !source.exchange.key.empty(),
                .source_time = source.exchange.source_time,
                .dates = source.dates};
  if (const auto* way = std::get_if<capture::ByWatermark>(&source.exchange.capture)) {
    wanted.capture = {way->column};
  } else if (const auto* flag = std::get_if<capture::ByFlag>(&source.exchange.capture)) {
    wanted.capture = {flag->column};
    for (const std::string* column : {&flag->reason_column, &flag->operation_column}) {
      if (!column->empty()) wanted.capture.push_back(*column);
    }
  } else if (std::holds_alternative<capture::BySnapshot>(source.exchange.capture)) {
    // With all columns as its key, a table needs none of its own.
    wanted.key_is_stated = wanted.key_is_stated || wanted.key.size() == wanted.fields.size();
  }
  return wanted;
}

Result<void> check_stated_key(const Source& source) {
  const std::vector<std::string>& stated = source.exchange.key;
  if (stated.empty() || !std::holds_alternative<capture::BySnapshot>(source.exchange.capture) ||
      std::set(stated.begin(), stated.end()) == std::set(source.key.begin(), source.key.end())) {
    return {};
  }
  return std::unexpected(CollectionFailure{
      CollectionProblem::bad_columns, to_string(source.exchange.table),
      fmt::format("`key` is {}, and the dataset's key comes from {}; expected the same columns, "
                  "since by them a snapshot tells which records are gone: leave `key` out, or make "
                  "these columns the schema's primaryKey",
                  fmt::join(stated, ", "), fmt::join(source.key, ", "))});
}

Wanted wanted_log(const Source& source, const capture::ByChangeLog& way) {
  Wanted wanted = wanted_records(source);
  wanted.table = way.log;
  wanted.key_is_stated = true;
  wanted.capture = {way.sequence, way.operation};
  if (!source.exchange.table.name.empty()) wanted.fields = wanted.key;
  return wanted;
}

Result<void> announce(const SourceTable& table, intake::Door& door) {
  if (auto begun = door.begin(table.announced); !begun) {
    CollectionFailure failure = adapters::collection_failure(begun.error());
    failure.place = table.name.name;
    return std::unexpected(std::move(failure));
  }
  return {};
}

}  // namespace sluice::adapters::front_end
