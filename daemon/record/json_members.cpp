#include "record/json_members.h"

#include <fmt/format.h>

namespace sluice::record {

JsonMembers::JsonMembers(std::string_view text) {
  simdjson::dom::element value;
  if (const auto error = parser_.parse(text.data(), text.size()).get(value)) {
    problem_ = fmt::format("not JSON: {}", simdjson::error_message(error));
  } else {
    take(value);
  }
}

JsonMembers::JsonMembers(simdjson::dom::element value) {
  take(value);
}

void JsonMembers::take(simdjson::dom::element value) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) {
    problem_ = "not a JSON object";
    return;
  }
  for (const auto& [name, member] : object) {
    if (!members_.try_emplace(name, Member{member}).second) problem_ = "it has a member twice";
  }
}

const simdjson::dom::element* JsonMembers::find(std::string_view name) {
  const auto found = members_.find(name);
  if (found == members_.end()) {
    complain(name, "to be there");
    return nullptr;
  }
  found->second.asked = true;
  return &found->second.value;
}

template <class T>
std::optional<T> JsonMembers::get(std::string_view name, std::string_view expected) {
  const simdjson::dom::element* value = find(name);
  if (value == nullptr) return std::nullopt;
  T read;
  if (value->get(read) == simdjson::SUCCESS) return read;
  complain(name, expected);
  return std::nullopt;
}

std::string JsonMembers::text(std::string_view name) {
  return std::string(get<std::string_view>(name, "to be a string").value_or(""));
}

std::uint64_t JsonMembers::number(std::string_view name) {
  const auto number = get<std::int64_t>(name, "to be a whole number");
  if (number && *number < 0) complain(name, "to be a whole number");
  return static_cast<std::uint64_t>(number.value_or(0));
}

bool JsonMembers::boolean(std::string_view name) {
  return get<bool>(name, "to be true or false").value_or(false);
}

std::vector<simdjson::dom::element> JsonMembers::array(std::string_view name) {
  const auto array = get<simdjson::dom::array>(name, "to be an array");
  if (!array) return {};
  return {array->begin(), array->end()};
}

std::optional<simdjson::dom::element> JsonMembers::if_there(std::string_view name) {
  if (!members_.contains(name)) return std::nullopt;
  return *find(name);
}

void JsonMembers::complain(std::string_view name, std::string_view expected) {
  if (!problem_) problem_ = fmt::format("expected `{}` {}", name, expected);
}

std::optional<std::string> JsonMembers::finish() {
  for (const auto& [name, member] : members_) {
    if (problem_) break;
    if (!member.asked) problem_ = "it has a member that this version does not know";
  }
  return problem_;
}

}  // namespace sluice::record
