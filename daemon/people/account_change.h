// How a change of an account is made, once for every way of keeping them: what is refused, and in
// which order locks are taken.
#pragma once

#include <optional>

#include "people/people.h"

namespace sluice::people {

// One transaction, which its owner commits if change_account() succeeds.
class ChangeTransaction {
 public:
  virtual ~ChangeTransaction() = default;
  // The account as it is. Nobody else may change it until the transaction ends.
  [[nodiscard]] virtual Result<std::optional<Account>> lock(const AccountName& name) = 0;
  // Whether somebody else is an enabled administrator. Nobody else may take one away until the
  // transaction ends.
  [[nodiscard]] virtual Result<bool> has_other_administrator(const AccountName& name) = 0;
  // Writes all of the account over what is kept under its name.
  [[nodiscard]] virtual Result<void> write(const Account& account) = 0;
};

[[nodiscard]] Result<Account> change_account(const Account& wanted, record::Time now,
                                             ChangeTransaction& transaction);

// Of the tables that can keep this account (format.h).
[[nodiscard]] int format_for(const Account& account);

// As it is kept when it is new.
[[nodiscard]] Account as_new(const Account& account, record::Time now);

// Of change(), where there is none of this name.
[[nodiscard]] PeopleFailure unknown_account(const AccountName& name);

// Of add() and change().
[[nodiscard]] PeopleFailure certificate_taken(const AccountName& name);

// Of add(), where the name is there already.
[[nodiscard]] PeopleFailure name_taken(const AccountName& name);

}  // namespace sluice::people
