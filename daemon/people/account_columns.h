// An account as the columns of a table, which are the same however they are kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "people/people.h"

namespace sluice::people {

// In the order of the columns in schemas/people.*.sql.
struct AccountColumns {
  std::string name;
  std::string display_name;
  std::string roles;  // their names, a space between two, in the order of the type Role
  std::optional<std::string> bureau;
  std::string state;
  bool must_change_password = true;
  std::string password;
  std::int64_t created_ms = 0;  // since 1970-01-01T00:00Z
  std::int64_t changed_ms = 0;
  std::int64_t version = 0;
  // Both or neither; tables before format_with_certificates have none.
  std::optional<std::string> certificate_issuer{};
  std::optional<std::string> certificate_subject{};
};

[[nodiscard]] AccountColumns columns_of(const Account& account);
// Fails where this version of Sluice does not know what is there.
[[nodiscard]] Result<Account> account_of(const AccountColumns& columns);

// The column `roles` of every administrator: that role goes with no other.
[[nodiscard]] std::string administrator_roles();

}  // namespace sluice::people
