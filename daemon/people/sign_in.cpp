#include "people/sign_in.h"

#include <utility>

#include "people/client_address.h"
#include "people/device_token.h"
#include "record/try.h"

namespace sluice::people {
namespace {

SignInRefusal busy() {
  return {.reason = RefusalReason::busy, .cause = std::nullopt, .until = std::nullopt};
}

SignInRefusal wrong(WrongCause cause) {
  return {.reason = RefusalReason::wrong, .cause = cause, .until = std::nullopt};
}

SignInRefusal refusal_of(const SignInLimits::Denial& denial) {
  if (!denial.waits_until) return busy();
  return {.reason = RefusalReason::wait, .cause = std::nullopt, .until = denial.waits_until};
}

Comer comer_from(const Origin& origin) {
  return origin.device ? Comer::known : Comer::stranger;
}

// Where it could not be found out whether a password is right.
Result<SignInRefusal> unverified(const AccountName& account, const PasswordFailure& failure) {
  if (failure.code == PasswordProblem::no_memory) return busy();
  return std::unexpected(
      PeopleFailure{PeopleProblem::failed, "account " + account.str(), failure.sentence});
}

// Whose hash is of other parameters gets a new one, before the session begins: it changes the
// account, and so ends the sessions that there are. Where there is no memory for it now, the next
// sign-in does it.
Result<Account> with_todays_hash(People& people, const Account& account,
                                 const std::string& password) {
  if (!needs_rehash(account.password)) return account;
  auto hash = hash_password(password);
  if (!hash) return account;
  Account changed = account;
  changed.password = std::move(*hash);
  return people.change(changed);
}

std::optional<PasswordFault> fault_of_wanted(const PasswordChange& change,
                                             const AccountName& account) {
  if (const auto fault = fault_of(change.wanted, account.str())) return fault;
  if (change.wanted == change.current) return PasswordFault::unchanged;
  return std::nullopt;
}

}  // namespace

std::string_view to_string(WrongCause cause) {
  switch (cause) {
    case WrongCause::password:
      return "password";
    case WrongCause::unknown_name:
      return "unknown-name";
    case WrongCause::malformed_name:
      return "malformed-name";
    case WrongCause::disabled_account:
      return "disabled-account";
  }
  return "";
}

Result<Secret> SignIn::secret(People& people) {
  {
    const std::scoped_lock lock(mutex_);
    if (secret_) return *secret_;
  }
  const Secret kept = SLUICE_TRY(people.secret());
  const std::scoped_lock lock(mutex_);
  secret_ = kept;
  return kept;
}

Result<Origin> SignIn::origin_of(People& people, const Browser& browser, const AccountName& account,
                                 record::Time now) {
  const Secret key = SLUICE_TRY(secret(people));
  return Origin{.account = account,
                .address = counted_address(browser.address),
                .device = device_of(key, browser.device_token, account, now)};
}

Result<SignInSuccess> SignIn::let_in(People& people, const Account& account, record::Time now) {
  auto begun =
      SLUICE_TRY(people.sessions().begin(account, SignInWay::password, session_limits_, now));
  const Secret key = SLUICE_TRY(secret(people));
  return SignInSuccess{.begun = std::move(begun),
                       .account = account,
                       .device_token = make_device_token(key, account.name, now)};
}

Result<SignInOutcome> SignIn::attempt(People& people, const Browser& browser,
                                      const Credentials& credentials, record::Time now) {
  const auto name = parse_account_name(credentials.name);
  const Origin origin = SLUICE_TRY(origin_of(people, browser, name.value_or(AccountName()), now));
  auto admission = limits_.admit(origin, now);
  if (!admission) return refusal_of(admission.error());
  std::optional<Account> account;
  if (name) account = SLUICE_TRY(people.find(*name));
  auto slot = slots_.take(comer_from(origin));
  if (!slot) return busy();
  // Of nobody's too: it takes as long, whether there is such an account or not.
  const auto is_right =
      verify_password(account ? account->password : nobodys_hash(), credentials.password);
  if (!is_right) return SLUICE_TRY(unverified(origin.account, is_right.error()));
  const auto refused = [&](WrongCause cause) {
    admission->failed();
    return wrong(cause);
  };
  if (!name) return refused(WrongCause::malformed_name);
  if (!account) return refused(WrongCause::unknown_name);
  if (account->state != AccountState::enabled) return refused(WrongCause::disabled_account);
  if (!*is_right) return refused(WrongCause::password);
  const auto todays = with_todays_hash(people, *account, credentials.password);
  slot.reset();
  auto success = todays ? let_in(people, *todays, now) : std::unexpected(todays.error());
  if (success) {
    admission->succeeded();
    return std::move(*success);
  }
  if (success.error().code == PeopleProblem::changed_meanwhile) return busy();
  return std::unexpected(success.error());
}

Result<PasswordChangeOutcome> SignIn::change_password(People& people, const Browser& browser,
                                                      const Account& account,
                                                      const PasswordChange& change,
                                                      record::Time now) {
  if (const auto fault = fault_of_wanted(change, account.name)) return *fault;
  const Origin origin = SLUICE_TRY(origin_of(people, browser, account.name, now));
  auto admission = limits_.admit(origin, now);
  if (!admission) return refusal_of(admission.error());
  const auto slot = slots_.take(comer_from(origin));
  if (!slot) return busy();
  const auto is_right = verify_password(account.password, change.current);
  if (!is_right) return SLUICE_TRY(unverified(account.name, is_right.error()));
  if (!*is_right) {
    admission->failed();
    return wrong(WrongCause::password);
  }
  auto hash = hash_password(change.wanted);
  if (!hash) return busy();  // it has no other reason than memory
  Account changed = account;
  changed.password = std::move(*hash);
  changed.must_change_password = false;
  changed = SLUICE_TRY(people.change(changed));
  admission->succeeded();
  return changed;
}

}  // namespace sluice::people
