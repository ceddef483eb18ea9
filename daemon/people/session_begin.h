// How a session begins, once for every way of keeping them: what is refused, what goes, and in
// which order locks are taken.
#pragma once

#include <cstddef>
#include <optional>

#include "people/sessions.h"

namespace sluice::people {

// One transaction, which its owner commits if begin_session() succeeds.
class SessionTransaction {
 public:
  virtual ~SessionTransaction() = default;
  // The account as it is. Nobody else may change it, or begin a session of it, until the
  // transaction ends.
  [[nodiscard]] virtual Result<std::optional<Account>> lock(const AccountName& name) = 0;
  // Of the account's sessions, removes those of other versions, and of this one all but the `count`
  // that were last seen.
  [[nodiscard]] virtual Result<void> keep_newest(const Account& account, std::size_t count) = 0;
  // Removes at most `count` of those that were last seen at `time` or before, of any account. Waits
  // for nobody: those that others are removing are left to them.
  [[nodiscard]] virtual Result<void> remove_unseen_since(record::Time time, std::size_t count) = 0;
  [[nodiscard]] virtual Result<void> write(const Session& session) = 0;
};

[[nodiscard]] Result<BegunSession> begin_session(const Account& account, SignInWay way,
                                                 const SessionLimits& limits, record::Time now,
                                                 SessionTransaction& transaction);

}  // namespace sluice::people
