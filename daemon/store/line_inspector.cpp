#include "store/line_inspector.h"

#include <utility>

#include "record/rules.h"

namespace sluice::store {

LineInspector::LineInspector(const record::TableSchema& schema,
                             const record::RecordChecker& checker)
    : checker_(checker), reader_(schema) {}

std::optional<record::RejectedRow> LineInspector::inspect(std::string_view line,
                                                          std::uint64_t number, Row& row) {
  if (auto refused = checker_.check_line(line, buffer_)) {
    return record::RejectedRow{number, std::move(refused->field), refused->violation.rule.text(),
                               std::move(refused->violation.sentence)};
  }
  if (!reader_.read(line, number, row)) {
    return record::RejectedRow{number, "", record::Rule("format").text(),
                               "it has not as many columns as the schema"};
  }
  return std::nullopt;
}

}  // namespace sluice::store
