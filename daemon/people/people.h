// The people who may sign in, as they are kept: one store of accounts and sessions for all centers
// of a central store. Two implementations, sqlite/ and postgresql/, pass one suite
// (tests/conformance/people_test.cpp).
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "people/account.h"
#include "people/failure.h"
#include "people/secret.h"
#include "people/sessions.h"

namespace sluice::people {

// Every call blocks. Not thread-safe: each thread opens its own, several may be open at once, also
// in several processes. Accounts are never removed, only disabled, so that a name in an old audit
// log is one person for ever. Names and roles are checked by who hands them in (account.h,
// roles.h).
class People {
 public:
  virtual ~People() = default;

  // Keeps a new account, and returns it as kept: with its times, at version 1. Refuses a
  // certificate that another account has. Durable on return.
  [[nodiscard]] virtual Result<Account> add(const Account& account) = 0;

  // As it was when the call came or later. Makes nothing where nothing is kept yet.
  [[nodiscard]] virtual Result<std::optional<Account>> find(const AccountName& name) = 0;

  // Whose certificate it is, enabled or not. Makes nothing either.
  [[nodiscard]] virtual Result<std::optional<Account>> find_holder(
      const CertificateName& certificate) = 0;

  // At most `count` accounts whose names come after this one, by name (byte by byte); from the
  // first for an empty name. Makes nothing either.
  [[nodiscard]] virtual Result<std::vector<Account>> list(const AccountName& after,
                                                          std::size_t count) = 0;

  // Keeps the account with the caller's changes, if it is still at the version that the caller
  // found, and returns it at its new one. Refuses a certificate as add() does, and to take the last
  // enabled administrator away, also where two are taken away at the same moment. Durable on
  // return.
  [[nodiscard]] virtual Result<Account> change(const Account& account) = 0;

  // The sessions of these accounts, kept beside them: on the same connection, and for the same
  // thread. Goes with this.
  [[nodiscard]] virtual Sessions& sessions() = 0;

  // The installation's secret, made by the first who asks for it: the same for every center that
  // shares the accounts, and for ever.
  [[nodiscard]] virtual Result<Secret> secret() = 0;
};

}  // namespace sluice::people
