#include "people/session_begin.h"

#include "record/try.h"

namespace sluice::people {
namespace {

// More than begin in the same time, so that what is over does not pile up; few, so that nobody who
// signs in waits for it.
constexpr std::size_t most_removed_at_once = 100;

}  // namespace

Result<BegunSession> begin_session(const Account& account, SignInWay way,
                                   const SessionLimits& limits, record::Time now,
                                   SessionTransaction& transaction) {
  const auto found = SLUICE_TRY(transaction.lock(account.name));
  if (!found || found->version != account.version || found->state != AccountState::enabled) {
    return std::unexpected(PeopleFailure{PeopleProblem::changed_meanwhile,
                                         "account " + account.name.str(),
                                         "it was changed or disabled meanwhile: sign in again"});
  }
  SLUICE_TRY(transaction.keep_newest(account, most_sessions_an_account - 1));
  // Behind its own, for which it may have to wait: from here on it waits for nobody, so no two wait
  // for each other. Whose lifetime is over is seen no more, and soon goes as idle.
  SLUICE_TRY(transaction.remove_unseen_since(now - limits.idle, most_removed_at_once));
  BegunSession begun{.token = SessionToken::random(), .session = {}};
  begun.session = {.id = begun.token.digest(),
                   .account = account.name,
                   .account_version = account.version,
                   .way = way,
                   .begun = now,
                   .last_seen = now};
  SLUICE_TRY(transaction.write(begun.session));
  return begun;
}

}  // namespace sluice::people
