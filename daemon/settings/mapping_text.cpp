#include "settings/mapping_text.h"

#include <optional>
#include <utility>
#include <variant>

#include <boost/json.hpp>

#include "settings/document.h"
#include "settings/mapping_reader.h"
#include "settings/section.h"

namespace sluice::settings {
namespace {

namespace step = intake::step;

std::expected<intake::Mapping, std::vector<Complaint>> mapping_in(
    const std::optional<Value>& document, const std::filesystem::path& base,
    const record::TableSchema* schema, Complaints& complaints) {
  intake::Mapping mapping;
  WrittenCodes read;
  if (document) mapping = read_mapping(Section(*document, complaints), {base, read}, schema);
  if (!complaints.empty()) return std::unexpected(complaints.take());
  return mapping;
}

struct StepWriter {
  boost::json::value operator()(const step::Trim&) const { return "trim"; }
  boost::json::value operator()(const step::HalfWidth&) const { return "half-width"; }
  boost::json::value operator()(const step::UpperCase&) const { return "upper-case"; }
  boost::json::value operator()(const step::DateFormat& date) const {
    return boost::json::object{{"date", date.format}};
  }
  boost::json::value operator()(const step::CodeTable& table) const {
    boost::json::object codes;
    for (const auto& [from, to] : table.codes)
      codes[from] = to;
    return boost::json::object{{"codes", std::move(codes)}};
  }
  boost::json::value operator()(const step::Amount&) const { return "amount"; }
  boost::json::value operator()(const step::Currency&) const { return "currency"; }
};

boost::json::array texts_value(const std::vector<std::string>& texts) {
  boost::json::array list;
  for (const std::string& text : texts)
    list.emplace_back(text);
  return list;
}

boost::json::object field_mapping_value(const intake::FieldMapping& mapping) {
  // All that there is: one more member does not compile.
  const auto& [field, from, constant, steps, missing] = mapping;
  boost::json::object object{{"field", field}};
  if (!from.empty()) object["from"] = from;
  if (constant) object["constant"] = *constant;
  if (!steps.empty()) {
    boost::json::array list;
    for (const intake::Step& each : steps)
      list.push_back(std::visit(StepWriter(), each));
    object["steps"] = std::move(list);
  }
  if (!missing.empty()) object["missing"] = texts_value(missing);
  return object;
}

}  // namespace

std::expected<intake::Mapping, std::vector<Complaint>> read_mapping_file(
    const std::filesystem::path& file, const record::TableSchema& schema) {
  Complaints complaints(file);
  const auto document = read_document(complaints);
  return mapping_in(document, file.parent_path(), &schema, complaints);
}

std::string mapping_text(const intake::Mapping& mapping) {
  const auto& [fields, ignored] = mapping;
  boost::json::array list;
  for (const intake::FieldMapping& each : fields)
    list.push_back(field_mapping_value(each));
  const boost::json::object object{{"fields", std::move(list)}, {"ignore", texts_value(ignored)}};
  return boost::json::serialize(object);
}

std::expected<intake::Mapping, std::vector<Complaint>> parse_mapping_text(std::string_view text) {
  Complaints complaints("mapping");
  const auto document = parse_document(text, Syntax::json, complaints);
  return mapping_in(document, {}, nullptr, complaints);
}

}  // namespace sluice::settings
