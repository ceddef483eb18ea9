// Signing in: how a password is checked, counted and answered, how a person changes their own, and
// how a certificate stands in its place.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <variant>

#include "people/hashing_slots.h"
#include "people/people.h"
#include "people/sign_in_limits.h"

namespace sluice::people {

// What asks for a person.
struct Browser {
  std::string address;       // of the other end, as text: 192.0.2.1, 2001:db8::1
  std::string device_token;  // as it sent it; empty: none
};

struct Credentials {
  std::string name;  // as typed
  std::string password;
};

enum class RefusalReason {
  wrong,  // name and password are not those of anybody who may sign in
  wait,   // too many were wrong: not before `until`
  busy,   // too much is under way, or the account was changed in this moment: try again soon
};

// For the audit log alone. Whoever tries is told `wrong` and no more, or he would find out who has
// an account.
enum class WrongCause {
  password,
  no_password,  // the account has none
  unknown_name,
  malformed_name,
  disabled_account,
  unknown_certificate,  // no account has it
};
[[nodiscard]] std::string_view to_string(WrongCause cause);  // "unknown-name"

struct SignInRefusal {
  RefusalReason reason;
  std::optional<WrongCause> cause;    // where it is `wrong`
  std::optional<record::Time> until;  // where it is `wait`
};

// The session has begun also where `account.must_change_password`: then a page lets the person do
// that and nothing else.
struct SignInSuccess {
  BegunSession begun;
  Account account;
  std::string device_token;  // for this browser, in place of the one it had
};
using SignInOutcome = std::variant<SignInSuccess, SignInRefusal>;

struct PasswordChange {
  std::string current;
  std::string wanted;
};
// The account with its new password, to which a new session is to be begun: all others of it have
// ended. Or why it is not changed; the fault is of the wanted password.
using PasswordChangeOutcome = std::variant<Account, SignInRefusal, PasswordFault>;

// What is remembered of attempts, and what they may take: one in a process, whatever configurations
// take each other's place there. Thread-safe.
struct SignInAttempts {
  SignInLimits limits;
  HashingSlots slots;
};

// Thread-safe. Its calls block for a tenth of a second and up to two: call them from worker
// threads. Of those with a password at most HashingSlots::most_at_once + HashingSlots::most_waiting
// are in there at once; more are `busy` at once. `people` is the calling thread's own, always of
// the same installation.
class SignIn {
 public:
  // `attempts` must outlive it.
  SignIn(SessionLimits sessions, SignInAttempts& attempts)
      : session_limits_(sessions), attempts_(attempts) {}

  [[nodiscard]] Result<SignInOutcome> attempt(People& people, const Browser& browser,
                                              const Credentials& credentials, record::Time now);

  // By a certificate that the connection has proved, and the authorities of people have certified.
  // Nothing is guessed here: it counts as no attempt, and lets a person in whose password must
  // wait. `wrong` is all that is told of a certificate that no account has and of a disabled
  // account. Takes no longer than the database.
  [[nodiscard]] Result<SignInOutcome> by_certificate(People& people,
                                                     const CertificateName& certificate,
                                                     record::Time now);

  // Of the account as Sessions::find() gave it. A wrong current password counts as in attempt().
  [[nodiscard]] Result<PasswordChangeOutcome> change_password(People& people,
                                                              const Browser& browser,
                                                              const Account& account,
                                                              const PasswordChange& change,
                                                              record::Time now);

  // People::secret(), asked for once.
  [[nodiscard]] Result<Secret> secret(People& people);

 private:
  [[nodiscard]] Result<Origin> origin_of(People& people, const Browser& browser,
                                         const AccountName& account, record::Time now);
  // Whose password was right, or whose certificate it is. `busy` where the account was changed in
  // this moment.
  [[nodiscard]] Result<SignInOutcome> let_in(People& people, const Account& account, SignInWay way,
                                             record::Time now);

  SessionLimits session_limits_;
  SignInAttempts& attempts_;
  std::mutex mutex_;
  std::optional<Secret> secret_;  // guarded by mutex_
};

}  // namespace sluice::people
