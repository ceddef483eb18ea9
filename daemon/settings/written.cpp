#include "settings/written.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "settings/document.h"

namespace sluice::settings {
namespace {

// What a list's item is called; nothing where it has no name.
std::string name_of(const Value& item) {
  for (const char* key : {"dataset", "name"}) {
    const Member* member = item.find(key);
    if (member != nullptr && member->value.is_scalar()) return member->value.text;
  }
  return {};
}

void flatten(const Value& value, const std::string& at, WrittenKeys& keys);

void flatten_list(const Value& list, const std::string& at, WrittenKeys& keys) {
  const bool is_of_texts = std::ranges::all_of(list.items, &Value::is_scalar);
  std::string order;
  std::size_t place = 0;
  for (const Value& item : list.items) {
    ++place;
    const std::string name = is_of_texts ? item.text : name_of(item);
    // With its length: no two lists are written as one text.
    order += fmt::format("{}:{}\n", name.size(), name);
    if (is_of_texts) continue;
    flatten(item, fmt::format("{}[{}]", at, name.empty() ? std::to_string(place) : name), keys);
  }
  // That of a schema's fields is the columns'; bureaus and nodes have none.
  if (is_of_texts || at == "fields") keys[at] = order;
}

void flatten(const Value& value, const std::string& at, WrittenKeys& keys) {
  if (value.is_scalar()) {
    keys[at] = "=" + value.text;  // as no list is written
  } else if (value.is_list()) {
    flatten_list(value, at, keys);
  } else if (value.members.empty()) {
    keys[at] = "";
  } else {
    for (const Member& member : value.members)
      flatten(member.value, at.empty() ? member.key : at + "." + member.key, keys);
  }
}

}  // namespace

WrittenKeys written_keys(const Value& document) {
  WrittenKeys keys;
  if (document.is_map()) flatten(document, "", keys);
  return keys;
}

}  // namespace sluice::settings
