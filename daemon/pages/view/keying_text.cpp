#include "pages/view/keying_text.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "entry/characters.h"
#include "pages/view/visible.h"

namespace sluice::pages {
namespace {

using Kind = record::CheckFault::Kind;

constexpr std::size_t longest_beside = 200;   // bytes of what stands beside a field
constexpr std::size_t longest_checked = 200;  // bytes of what has a check: codes of few characters

bool is_blank(std::string_view character) {
  return character == " " || character == "\t" || character == "\u3000" || character == "\u00A0";
}

// The character of the typed text that a fault names. A mapping may have taken blanks away, so it
// is only told where it is sure to be that one.
std::string character_at(std::string_view typed, std::size_t position,
                         std::optional<std::size_t> length) {
  if (typed.size() > longest_checked) return {};
  std::vector<std::string_view> characters = entry::characters_of(typed);
  const auto blanks = std::erase_if(characters, is_blank);
  const bool is_sure = length ? characters.size() == *length : blanks == 0;
  if (!is_sure || position == 0 || position > characters.size()) return {};
  return std::string(characters[position - 1]);
}

std::string birth_part(std::size_t position) {
  if (position <= 7) return "fault.birth-year";
  return position == 11 ? "fault.birth-month" : "fault.birth-day";
}

std::string fault_text(const record::CheckFault& fault, record::Check check, std::string_view typed,
                       const Wording& words) {
  constexpr std::size_t checked_length = 18;
  const std::string position = std::to_string(fault.position);
  switch (fault.kind) {
    case Kind::length:
      return words.text(
          check == record::Check::region_code ? "fault.region-length" : "fault.length",
          {{"count", std::to_string(fault.count)}});
    case Kind::character: {
      const std::string character = character_at(typed, fault.position, std::nullopt);
      return words.text(character.empty() ? "fault.unknown-character" : "fault.character",
                        {{"position", position}, {"character", character}}) +
             (check == record::Check::uscc ? words.text("fault.uscc-alphabet") : std::string());
    }
    case Kind::province:
      return words.text("fault.province");
    case Kind::birth_date:
      return words.text(birth_part(fault.position));
    case Kind::check_character: {
      const std::string found = character_at(typed, fault.position, checked_length);
      const std::string paper =
          words.text(check == record::Check::citizen_id ? "fault.identity-card" : "fault.licence");
      return words.text(found.empty() ? "fault.check-character" : "fault.check-character-typed",
                        {{"expected", std::string(1, fault.expected.value_or('?'))},
                         {"typed", found},
                         {"paper", paper}});
    }
  }
  return {};
}

}  // namespace

Said error_text(const entry::KeyingError& error, const entry::FormField* field,
                std::string_view typed, const Wording& words) {
  if (error.fault && field != nullptr) {
    return {fault_text(*error.fault, field->check, typed, words), {}};
  }
  std::string said = words.text(fmt::format("{}{}", "keying-rule.", std::string_view(error.rule)));
  if (!said.empty()) return {std::move(said), {}};
  return {words.word("rule.", error.rule), std::string(beginning(error.sentence, 500))};
}

std::optional<std::string> understood_text(const std::optional<entry::Understood>& understood,
                                           record::Check check, std::string_view typed,
                                           const Wording& words) {
  if (!understood) return std::nullopt;
  const auto& [canonical, shown, currency] = *understood;
  if (!shown.empty() && typed == fmt::format("{} {}", canonical, shown)) {
    return words.text("keying.code-found");
  }
  const std::string& said = shown.empty() ? canonical : shown;
  if (said != typed || !currency.empty()) {
    return fmt::format("= {}{}{}", looked_at(said, longest_beside), currency.empty() ? "" : " ",
                       currency.empty() ? "" : words.word("currency.", currency));
  }
  if (check != record::Check::none) return words.text("keying.check-passed");
  return std::nullopt;
}

std::string looked_at(std::string_view value, std::size_t most) {
  if (value.size() <= most) return std::string(value);
  return std::string(beginning(value, most)) + " …";
}

}  // namespace sluice::pages
