#include "pages/delivered_fields.h"

#include <optional>
#include <string>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "record/try.h"

namespace sluice::pages {
namespace {

using boost::json::object;

std::string text_of(const object& field, std::string_view name) {
  const auto* const found = field.if_contains(name);
  const auto* const text = found == nullptr ? nullptr : found->if_string();
  return text == nullptr ? std::string() : std::string(*text);
}

// What is not known is not shown less carefully.
record::Sensitivity sensitivity_of(std::string_view name) {
  if (name == "open") return record::Sensitivity::open;
  return name == "internal" ? record::Sensitivity::internal : record::Sensitivity::personal;
}

std::expected<OutgoingField, record::Flaw> field_of(const boost::json::value& value,
                                                    std::size_t place) {
  const object* const field = value.if_object();
  OutgoingField read;
  if (field != nullptr) {
    read = {.field = text_of(*field, "field"),
            .label = text_of(*field, "label"),
            .group = text_of(*field, "group"),
            .value = text_of(*field, "value"),
            .sensitivity = sensitivity_of(text_of(*field, "sensitivity"))};
  }
  if (read.field.empty()) {
    return std::unexpected(
        record::Flaw{fmt::format("the record is not shown: entry {} of it names no field", place)});
  }
  if (read.label.empty()) read.label = read.field;
  return read;
}

}  // namespace

std::expected<std::vector<OutgoingField>, record::Flaw> delivered_fields(std::string_view json) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(json, error);
  const auto* const list = error ? nullptr : value.if_array();
  if (list == nullptr) {
    return std::unexpected(
        record::Flaw{"the record is not shown: what the task keeps of it is no list of fields"});
  }
  std::vector<OutgoingField> fields;
  for (const boost::json::value& one : *list)
    fields.push_back(SLUICE_TRY(field_of(one, fields.size() + 1)));
  return fields;
}

}  // namespace sluice::pages
