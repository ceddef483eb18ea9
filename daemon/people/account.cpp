#include "people/account.h"

#include <algorithm>

#include <fmt/format.h>

#include "people/characters.h"

namespace sluice::people {
namespace {

constexpr std::size_t shortest_account_name = 2;
constexpr std::size_t longest_account_name = 64;
constexpr std::size_t longest_display_name = 64;

bool is_lower_letter(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_of_account_name(char c) {
  return is_lower_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

}  // namespace

std::string_view to_string(AccountState state) {
  return state == AccountState::enabled ? "enabled" : "disabled";
}

std::expected<AccountName, record::Flaw> parse_account_name(std::string_view text) {
  if (text.size() >= shortest_account_name && text.size() <= longest_account_name &&
      is_lower_letter(text.front()) && std::ranges::all_of(text, is_of_account_name)) {
    return AccountName(std::string(text));
  }
  return std::unexpected(record::Flaw{fmt::format(
      "an account's name has {} to {} lower-case letters a-z, digits, `.`, `-` or `_`, a letter "
      "first, such as wang.xiaoming",
      shortest_account_name, longest_account_name)});
}

std::expected<void, record::Flaw> check_display_name(std::string_view text) {
  const auto characters = characters_of(text);
  if (!characters) {
    return std::unexpected(
        record::Flaw{"the display name is not UTF-8: see to the terminal's character set"});
  }
  if (*characters < 1 || *characters > longest_display_name) {
    return std::unexpected(record::Flaw{fmt::format(
        "a display name has 1 to {} characters, this has {}", longest_display_name, *characters)});
  }
  if (has_control_characters(text)) {
    return std::unexpected(record::Flaw{
        "a display name has no control characters and none that turn the direction of writing: "
        "type it anew"});
  }
  if (text.front() == ' ' || text.back() == ' ') {
    return std::unexpected(record::Flaw{"a display name has no space at its ends"});
  }
  return {};
}

bool is_enabled_administrator(const Account& account) {
  return account.state == AccountState::enabled &&
         account.assignment.roles.contains(Role::administrator);
}

}  // namespace sluice::people
