// The sessions that are under way, as they are kept: beside the accounts, for all centers of a
// central store. Two implementations, sqlite/ and postgresql/, pass one suite
// (tests/conformance/people_sessions_test.cpp).
#pragma once

#include <optional>

#include "people/failure.h"
#include "people/session.h"

namespace sluice::people {

// People (people.h) has one. Every call blocks; not thread-safe. Times are the caller's. Where the
// tables are of the form before sessions, looking finds nothing, and the first session makes them.
class Sessions {
 public:
  virtual ~Sessions() = default;

  // Begins one of this account as it was found. Refuses (`changed_meanwhile`) where the account is
  // not at that version any more, or is disabled. Of more than most_sessions_an_account the one
  // goes that was last seen the longest ago. Also removes some that are over, of whomever. Durable
  // on return.
  [[nodiscard]] virtual Result<BegunSession> begin(const Account& account, SignInWay way,
                                                   const SessionLimits& limits,
                                                   record::Time now) = 0;

  // Whose it is, and the account as it is now. Nothing where the session was ended or is over, or
  // where the account was changed since it began: its roles, its state, its password.
  [[nodiscard]] virtual Result<std::optional<SignedIn>> find(const SessionToken& token,
                                                             const SessionLimits& limits,
                                                             record::Time now) = 0;

  // Says that it was seen; never sets it back. Nothing where there is none. For a session that
  // find() gave and that is_worth_a_touch().
  [[nodiscard]] virtual Result<void> touch(const SessionToken& token, record::Time now) = 0;

  // Durable on return; nothing where there is none.
  [[nodiscard]] virtual Result<void> end(const SessionToken& token) = 0;
  [[nodiscard]] virtual Result<void> end_all(const AccountName& account) = 0;
};

}  // namespace sluice::people
