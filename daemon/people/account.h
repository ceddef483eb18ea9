// The account of a person: who may sign in, and as what.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "people/certificate_name.h"
#include "people/password.h"
#include "people/roles.h"
#include "record/failure.h"
#include "record/identifiers.h"
#include "record/time.h"

namespace sluice::people {

// What a person signs in with.
using AccountName = record::Name<struct AccountTag>;

// Grows by one with every change of an account.
using AccountVersion = record::Number<struct AccountVersionTag>;

enum class AccountState { enabled, disabled };
[[nodiscard]] std::string_view to_string(AccountState state);

struct Account {
  AccountName name;
  std::string display_name;  // as the person is called: 王小明
  Assignment assignment;
  AccountState state = AccountState::enabled;
  bool must_change_password = true;
  PasswordHash password;  // none: the person comes in by certificate alone
  // Speaks for this account and no other; good where a listener asks for one.
  std::optional<CertificateName> certificate{};
  // These three are the keeper's: what a caller puts there is not taken over.
  record::Time created{};
  record::Time changed{};
  AccountVersion version;
  friend bool operator==(const Account&, const Account&) = default;
};

// Lower-case ASCII letters, digits, `.`, `-` and `_`, 2 to 64 of them, a letter first.
[[nodiscard]] std::expected<AccountName, record::Flaw> parse_account_name(std::string_view text);

// 1 to 64 characters, none of them a control character, no space at either end.
[[nodiscard]] std::expected<void, record::Flaw> check_display_name(std::string_view text);

// The node is never left without one of these.
[[nodiscard]] bool is_enabled_administrator(const Account& account);

}  // namespace sluice::people
