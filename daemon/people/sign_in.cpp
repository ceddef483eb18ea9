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

// Of nobody's where there is none: it takes as long, whether there is such an account, and such a
// password, or not.
const PasswordHash& hash_to_verify(const Account* account) {
  return account != nullptr && !account->password.is_none() ? account->password : nobodys_hash();
}

// Why an account is not let in; nothing: it is.
std::optional<WrongCause> wrong_with(const Account* account, bool is_right) {
  if (account == nullptr) return WrongCause::unknown_name;
  if (account->state != AccountState::enabled) return WrongCause::disabled_account;
  if (account->password.is_none()) return WrongCause::no_password;
  if (!is_right) return WrongCause::password;
  return std::nullopt;
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
    case WrongCause::no_password:
      return "no-password";
    case WrongCause::unknown_name:
      return "unknown-name";
    case WrongCause::malformed_name:
      return "malformed-name";
    case WrongCause::disabled_account:
      return "disabled-account";
    case WrongCause::unknown_certificate:
      return "unknown-certificate";
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

Result<SignInOutcome> SignIn::let_in(People& people, const Account& account, SignInWay way,
                                     record::Time now) {
  auto begun = people.sessions().begin(account, way, session_limits_, now);
  if (!begun) {
    if (begun.error().code == PeopleProblem::changed_meanwhile) return busy();
    return std::unexpected(begun.error());
  }
  const Secret key = SLUICE_TRY(secret(people));
  return SignInSuccess{.begun = std::move(*begun),
                       .account = account,
                       .device_token = make_device_token(key, account.name, now)};
}

Result<SignInOutcome> SignIn::attempt(People& people, const Browser& browser,
                                      const Credentials& credentials, record::Time now) {
  const auto name = parse_account_name(credentials.name);
  const Origin origin = SLUICE_TRY(origin_of(people, browser, name.value_or(AccountName()), now));
  auto admission = attempts_.limits.admit(origin, now);
  if (!admission) return refusal_of(admission.error());
  std::optional<Account> found;
  if (name) found = SLUICE_TRY(people.find(*name));
  const Account* const account = found ? &*found : nullptr;
  auto slot = attempts_.slots.take(comer_from(origin));
  if (!slot) return busy();
  const auto is_right = verify_password(hash_to_verify(account), credentials.password);
  if (!is_right) return SLUICE_TRY(unverified(origin.account, is_right.error()));
  const auto refused = [&](WrongCause cause) {
    admission->failed();
    return wrong(cause);
  };
  if (!name) return refused(WrongCause::malformed_name);
  if (const auto cause = wrong_with(account, *is_right)) return refused(*cause);
  const auto todays = with_todays_hash(people, *account, credentials.password);
  slot.reset();
  if (!todays) {
    if (todays.error().code == PeopleProblem::changed_meanwhile) return busy();
    return std::unexpected(todays.error());
  }
  auto outcome = SLUICE_TRY(let_in(people, *todays, SignInWay::password, now));
  if (std::holds_alternative<SignInSuccess>(outcome)) admission->succeeded();
  return outcome;
}

Result<SignInOutcome> SignIn::by_certificate(People& people, const CertificateName& certificate,
                                             record::Time now) {
  const auto holder = SLUICE_TRY(people.find_holder(certificate));
  if (!holder) return wrong(WrongCause::unknown_certificate);
  if (holder->state != AccountState::enabled) return wrong(WrongCause::disabled_account);
  return let_in(people, *holder, SignInWay::certificate, now);
}

Result<PasswordChangeOutcome> SignIn::change_password(People& people, const Browser& browser,
                                                      const Account& account,
                                                      const PasswordChange& change,
                                                      record::Time now) {
  if (const auto fault = fault_of_wanted(change, account.name)) return *fault;
  const Origin origin = SLUICE_TRY(origin_of(people, browser, account.name, now));
  auto admission = attempts_.limits.admit(origin, now);
  if (!admission) return refusal_of(admission.error());
  const auto slot = attempts_.slots.take(comer_from(origin));
  if (!slot) return busy();
  const auto is_right = verify_password(hash_to_verify(&account), change.current);
  if (!is_right) return SLUICE_TRY(unverified(account.name, is_right.error()));
  if (const auto cause = wrong_with(&account, *is_right)) {
    admission->failed();
    return wrong(*cause);
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
