#include "record/json_members.h"

#include <fmt/format.h>

namespace sluice::record {

JsonMembers::JsonMembers(std::string_view text) {
  boost::system::error_code error;
  boost::json::value value = boost::json::parse({text.data(), text.size()}, error);
  if (error) {
    problem_ = fmt::format("not JSON: {}", error.message());
  } else if (!value.is_object()) {
    problem_ = "not a JSON object";
  } else {
    object_ = std::move(value.get_object());
  }
}

const boost::json::value* JsonMembers::find(std::string_view name) {
  asked_.emplace(name);
  const boost::json::value* value = object_.if_contains({name.data(), name.size()});
  if (value == nullptr) complain(name, "to be there");
  return value;
}

std::string JsonMembers::text(std::string_view name) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return {};
  if (const auto* string = value->if_string()) return {string->data(), string->size()};
  complain(name, "a string");
  return {};
}

std::uint64_t JsonMembers::number(std::string_view name) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return 0;
  boost::system::error_code error;
  const auto number = value->to_number<std::uint64_t>(error);
  if (!error) return number;
  complain(name, "a whole number");
  return 0;
}

bool JsonMembers::boolean(std::string_view name) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return false;
  if (const bool* boolean = value->if_bool()) return *boolean;
  complain(name, "true or false");
  return false;
}

const boost::json::array& JsonMembers::array(std::string_view name) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return no_array_;
  if (const auto* array = value->if_array()) return *array;
  complain(name, "an array");
  return no_array_;
}

void JsonMembers::complain(std::string_view name, std::string_view expected) {
  if (!problem_) problem_ = fmt::format("expected `{}` {}", name, expected);
}

std::optional<std::string> JsonMembers::finish() {
  for (const auto& member : object_) {
    if (problem_) break;
    if (!asked_.contains(std::string_view(member.key().data(), member.key().size()))) {
      problem_ = "it has a member that this version does not know";
    }
  }
  return problem_;
}

}  // namespace sluice::record
