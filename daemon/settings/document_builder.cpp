#include "settings/document_builder.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>

namespace sluice::settings {
namespace {

// No configuration comes near these; what does is an attack or a mistake, and would cost memory.
constexpr std::size_t most_values = 50'000;
constexpr std::size_t deepest = 64;

bool looks_octal(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  if (text.size() < 2 || text[0] != '0') return false;
  if (text[1] == 'o') return true;
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Places::Places(std::string_view text) : text_(text), characters_(text.size() + 1) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    characters_[i + 1] = characters_[i] + (begins ? 1 : 0);
  }
}

Place Places::of(const YAML::Mark& mark) const {
  if (mark.is_null() || mark.pos < 0 || mark.column < 0) return {};
  const std::size_t at = std::min(static_cast<std::size_t>(mark.pos), text_.size());
  const std::size_t line = at - std::min(static_cast<std::size_t>(mark.column), at);
  return {mark.line + 1, static_cast<int>(characters_[at] - characters_[line]) + 1};
}

Place Places::of(std::size_t offset) const {
  const std::string_view before = text_.substr(0, std::min(offset, text_.size()));
  const std::size_t newline = before.rfind('\n');
  const std::size_t line = newline == std::string_view::npos ? 0 : newline + 1;
  return {static_cast<int>(std::ranges::count(before, '\n')) + 1,
          static_cast<int>(characters_[before.size()] - characters_[line]) + 1};
}

void DocumentBuilder::OnDocumentStart(const YAML::Mark& mark) {
  if (++documents_ == 2) {
    complaints_.add(places_.of(mark), "a second document", "one document a file");
  }
}

void DocumentBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) {
  put({.place = places_.of(mark)});
}

void DocumentBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) {
  complaints_.add(places_.of(mark), "an alias", "the value itself, written out");
  put({.place = places_.of(mark)});
}

void DocumentBuilder::OnAnchor(const YAML::Mark& mark, const std::string& name) {
  complaints_.add(places_.of(mark), "an anchor " + in_quotes("&" + name),
                  "the value alone: nothing may refer to it");
}

void DocumentBuilder::check_tag(const YAML::Mark& mark, const std::string& tag) {
  if (tag.empty() || tag == "?" || tag == "!") return;
  complaints_.add(places_.of(mark), "a tag " + in_quotes(tag),
                  "the value alone, in quotes if it is text");
}

void DocumentBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag,
                               YAML::anchor_t /*anchor*/, const std::string& value) {
  check_tag(mark, tag);
  const bool plain = tag != "!";
  if (plain && looks_octal(value)) {
    complaints_.add(places_.of(mark), in_quotes(value),
                    "a number without leading zeros, or text in quotes: YAML readers disagree on "
                    "what this is");
  }
  put({.kind = Value::Kind::scalar, .place = places_.of(mark), .text = value, .quoted = !plain});
}

void DocumentBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                                      YAML::anchor_t /*anchor*/,
                                      YAML::EmitterStyle::value /*style*/) {
  check_tag(mark, tag);
  open(Value::Kind::list, mark);
}

void DocumentBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag,
                                 YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) {
  check_tag(mark, tag);
  open(Value::Kind::map, mark);
}

void DocumentBuilder::open(Value::Kind kind, const YAML::Mark& mark) {
  if (open_.size() >= deepest) {
    throw YAML::ParserException(mark, fmt::format("more than {} levels of nesting", deepest));
  }
  open_.push_back({.value = {.kind = kind, .place = places_.of(mark)}});
}

void DocumentBuilder::close() {
  Value value = std::move(open_.back().value);
  open_.pop_back();
  put(std::move(value));
}

void DocumentBuilder::put(Value value) {
  if (++values_ > most_values) {
    throw YAML::ParserException(YAML::Mark::null_mark(),
                                fmt::format("more than {} values", most_values));
  }
  if (open_.empty()) {
    if (documents_ == 1) root_ = std::move(value);
    return;
  }
  Open& parent = open_.back();
  if (parent.value.is_list()) {
    parent.value.items.push_back(std::move(value));
  } else if (parent.has_key) {
    put_member(parent, std::move(value));
  } else {
    put_key(parent, value);
  }
}

void DocumentBuilder::put_key(Open& map, const Value& key) {
  map.has_key = true;
  map.key_is_good = key.is_scalar() && (key.text != "<<" || key.quoted);
  map.key = key.text;
  map.key_place = key.place;
  if (!key.is_scalar()) {
    complaints_.add(key.place, described(key) + " as a key", "a name");
  } else if (!map.key_is_good) {
    complaints_.add(key.place, "a merge key `<<`", "the keys themselves, written out");
  }
}

void DocumentBuilder::put_member(Open& map, Value value) {
  map.has_key = false;
  if (!map.key_is_good) return;
  map.value.members.push_back({std::move(map.key), map.key_place, std::move(value)});
}

}  // namespace sluice::settings
