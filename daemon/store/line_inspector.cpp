#include "store/line_inspector.h"

#include <utility>

#include "record/rules.h"

namespace sluice::store {

LineInspector::LineInspector(const record::TableSchema& schema,
                             const record::RecordChecker& checker)
    : checker_(checker), columns_(record::leading_columns + schema.fields.size()) {
  salts_.reserve(schema.fields.size());
  for (const record::Field& field : schema.fields) {
    salts_.push_back(record::column_salt(field.name));
  }
}

std::optional<record::RejectedRow> LineInspector::inspect(std::string_view line,
                                                          std::uint64_t number, Row& row) {
  if (auto refused = checker_.check_line(line, buffer_)) {
    return record::RejectedRow{number, std::move(refused->field), refused->violation.rule.text(),
                               std::move(refused->violation.sentence)};
  }
  if (!record::split_line(line, columns_)) {
    return record::RejectedRow{number, "", record::Rule("format").text(),
                               "it has not as many columns as the schema"};
  }
  record::RowDigester digester;
  for (std::size_t i = 0; i < salts_.size(); ++i) {
    const std::string_view value = columns_[record::leading_columns + i];
    if (!record::is_null(value)) digester.add(salts_[i], value);
  }
  row.number = number;
  row.operation = columns_[0] == "D" ? record::Operation::remove : record::Operation::upsert;
  row.digest = digester.digest();
  row.source_time = columns_[1];
  const std::string_view first = columns_[record::leading_columns];
  row.fields = line.substr(static_cast<std::size_t>(first.data() - line.data()));
  row.columns = std::span(columns_).subspan(record::leading_columns);
  return std::nullopt;
}

}  // namespace sluice::store
