#include "settings/section.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/identifiers.h"
#include "settings/quantity.h"

namespace sluice::settings {
namespace {

const Value empty_map{.kind = Value::Kind::map};

// What was meant by `key：value`, whose colon YAML takes for a letter; empty where it is no such.
std::string with_narrow_colon(std::string_view text) {
  const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_-");
  const bool has_one =
      end != std::string_view::npos && end > 0 && text.substr(end).starts_with("：");
  return has_one ? fmt::format("{}: …", text.substr(0, end)) : "";
}

}  // namespace

Section::Section(const Value& value, Complaints& complaints)
    : value_(&value), place_(value.place), complaints_(&complaints) {
  if (value.is_map()) return;
  broken_ = true;
  value_ = &empty_map;
  complaints.add(place_, described(value), "keys with values", with_narrow_colon(value.text));
}

const Value* Section::find(const std::string& key) {
  asked_.insert(key);
  const Member* member = value_->find(key);
  return member == nullptr ? nullptr : &member->value;
}

void Section::ignore(std::initializer_list<const char*> keys) {
  asked_.insert(keys.begin(), keys.end());
}

Place Section::place_of(const std::string& key) {
  const Member* member = value_->find(key);
  if (member == nullptr) return place_;
  // Nothing has no place of its own.
  return member->value.kind == Value::Kind::nothing ? member->key_place : member->value.place;
}

void Section::complain(const std::string& key, std::string found, std::string expected,
                       std::string suggestion) {
  complaints_->add(place_of(key), std::move(found), fmt::format("{} for `{}`", expected, key),
                   std::move(suggestion));
}

std::optional<std::string> Section::scalar(const std::string& key, const std::string& expected,
                                           bool plain) {
  const Value* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_scalar() && !(plain && value->quoted)) return value->text;
  complain(key, described(*value) + (value->is_scalar() ? " in quotes" : ""), expected);
  return std::nullopt;
}

std::optional<std::string> Section::text(const std::string& key) {
  return scalar(key, "a text", false);
}

std::string Section::required_text(const std::string& key) {
  if (!has(key)) {
    if (!broken_)
      complaints_->add(place_, fmt::format("no `{}`", key), fmt::format("`{}: …`", key));
    return {};
  }
  auto value = text(key);
  if (value && value->empty()) complain(key, "an empty text", "a text");
  return value.value_or("");
}

std::string Section::required_name(const std::string& key) {
  std::string name = required_text(key);
  if (name.empty() || record::is_name(name)) return name;
  complain(key, in_quotes(name),
           "a name (lower-case letters, digits and inner hyphens, a letter first, at most 63)");
  return {};
}

std::optional<std::uint64_t> Section::count(const std::string& key, std::uint64_t least,
                                            std::uint64_t most) {
  const std::string expected = fmt::format("a whole number from {} to {}", least, most);
  const auto text = scalar(key, expected, true);
  if (!text) return std::nullopt;
  const auto value = parse_count(*text);
  if (value && *value >= least && *value <= most) return value;
  complain(key, in_quotes(*text), expected);
  return std::nullopt;
}

std::optional<std::uint64_t> Section::bytes(const std::string& key, std::uint64_t most) {
  std::string expected = "a size in B, KiB, MiB, GiB or TiB, such as 8MiB,";
  if (most != std::numeric_limits<std::uint64_t>::max()) {
    expected += fmt::format(" of at most {}MiB,", most >> 20);
  }
  const auto text = scalar(key, expected, false);
  if (!text) return std::nullopt;
  const auto value = parse_bytes(*text);
  if (value && *value > 0 && *value <= most) return value;
  complain(key, in_quotes(*text), expected);
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> Section::duration(const std::string& key) {
  const std::string expected = "a duration in ms, s, m, h or d, such as 30s,";
  const auto text = scalar(key, expected, false);
  if (!text) return std::nullopt;
  const auto value = parse_duration(*text);
  if (value && value->count() > 0) return value;
  complain(key, in_quotes(*text), value ? "a duration longer than none, such as 1s," : expected);
  return std::nullopt;
}

std::optional<double> Section::share(const std::string& key) {
  const std::string expected = "a share from 0% to 100%";
  const auto text = scalar(key, expected, false);
  if (!text) return std::nullopt;
  const auto value = parse_share(*text);
  if (!value) complain(key, in_quotes(*text), expected);
  return value;
}

std::optional<bool> Section::boolean(const std::string& key) {
  const auto text = scalar(key, "true or false", true);
  if (!text) return std::nullopt;
  if (*text == "true") return true;
  if (*text == "false") return false;
  complain(key, in_quotes(*text), "true or false");
  return std::nullopt;
}

std::optional<char> Section::character(const std::string& key) {
  const std::string expected = "one ASCII character";
  const auto text = scalar(key, expected, false);
  if (!text) return std::nullopt;
  if (text->size() == 1 && static_cast<unsigned char>(text->front()) < 0x80 &&
      text->front() != '\n' && text->front() != '\r') {
    return text->front();
  }
  complain(key, in_quotes(*text), expected);
  return std::nullopt;
}

std::optional<std::size_t> Section::choice(const std::string& key,
                                           std::span<const std::string> names) {
  const std::string expected = fmt::format("one of {}", fmt::join(names, ", "));
  const auto text = scalar(key, expected, false);
  if (!text) return std::nullopt;
  const auto found = std::ranges::find(names, *text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  complain(key, in_quotes(*text), expected, nearest(*text, names));
  return std::nullopt;
}

std::span<const Value> Section::list(const std::string& key) {
  const Value* value = find(key);
  if (value == nullptr) return {};
  if (value->is_list()) return value->items;
  complain(key, described(*value), "a list");
  return {};
}

std::vector<std::string> Section::texts(const std::string& key) {
  const Value* value = find(key);
  if (value != nullptr && value->is_scalar()) return {value->text};
  std::vector<std::string> texts;
  for (const Value& item : list(key)) {
    if (item.is_scalar()) {
      texts.push_back(item.text);
    } else {
      complaints_->add(
          item.place, described(item),
          fmt::format("a text (in quotes, if it is a word such as null) in `{}`", key));
    }
  }
  return texts;
}

std::optional<Section> Section::section(const std::string& key) {
  const Value* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind != Value::Kind::nothing) return Section(*value, *complaints_);
  Section empty(empty_map, *complaints_);
  empty.place_ = place_of(key);
  return empty;
}

Section Section::required_section(const std::string& key) {
  if (auto found = section(key)) return std::move(*found);
  if (!broken_)
    complaints_->add(place_, fmt::format("no `{}`", key), fmt::format("a section `{}`", key));
  Section empty(empty_map, *complaints_);
  empty.broken_ = true;
  return empty;
}

void Section::finish() {
  const std::vector<std::string> known(asked_.begin(), asked_.end());
  for (const Member& member : value_->members) {
    if (asked_.contains(member.key)) continue;
    const std::string expected =
        known.empty() ? "nothing here" : fmt::format("one of {}", fmt::join(known, ", "));
    const std::string narrow = with_narrow_colon(member.key);
    complaints_->add(member.key_place, in_quotes(member.key), expected,
                     narrow.empty() ? nearest(member.key, known) : narrow);
  }
}

}  // namespace sluice::settings
