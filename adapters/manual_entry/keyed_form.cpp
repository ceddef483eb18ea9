#include "adapters/manual_entry/keyed_form.h"

#include <boost/json.hpp>

#include "record/record_checker.h"

namespace sluice::adapters::manual_entry {

std::uint64_t KeyedForm::bytes() const {
  std::uint64_t bytes = 0;
  for (const KeyedField& field : fields)
    bytes += field.column.size() + field.text.size();
  return bytes;
}

KeyedForm keyed_form(std::vector<KeyedField> sent) {
  std::erase_if(sent, [](const KeyedField& field) { return field.text.empty(); });
  return {std::move(sent)};
}

std::string original_of(const KeyedForm& form) {
  std::string json = "{";
  for (const KeyedField& field : form.fields) {
    if (json.size() > 1) json += ',';
    json += boost::json::serialize(boost::json::string(field.column));
    json += ':';
    json += boost::json::serialize(boost::json::string(field.text));
  }
  return json + "}";
}

std::optional<intake::RowProblem> problem_of_text(std::string_view column, std::string_view text) {
  if (!record::is_valid_utf8(text)) {
    return intake::RowProblem{std::string(column), "encoding", "expected text in UTF-8"};
  }
  if (text.find('\0') != std::string_view::npos) {
    return intake::RowProblem{std::string(column), "nul", "expected text without a NUL character"};
  }
  return std::nullopt;
}

}  // namespace sluice::adapters::manual_entry
