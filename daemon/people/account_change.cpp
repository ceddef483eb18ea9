#include "people/account_change.h"

#include <utility>

#include "people/format.h"
#include "record/try.h"

namespace sluice::people {
namespace {

std::unexpected<PeopleFailure> refused(PeopleProblem problem, const AccountName& name,
                                       std::string sentence) {
  return std::unexpected(PeopleFailure{problem, "account " + name.str(), std::move(sentence)});
}

}  // namespace

Result<Account> change_account(const Account& wanted, record::Time now,
                               ChangeTransaction& transaction) {
  const auto found = SLUICE_TRY(transaction.lock(wanted.name));
  if (!found) return std::unexpected(unknown_account(wanted.name));
  if (found->version != wanted.version) {
    return refused(PeopleProblem::changed_meanwhile, wanted.name,
                   "somebody else has changed it meanwhile: look at it and do it again");
  }
  if (is_enabled_administrator(*found) && !is_enabled_administrator(wanted) &&
      !SLUICE_TRY(transaction.has_other_administrator(wanted.name))) {
    return refused(PeopleProblem::last_administrator, wanted.name,
                   "this is the last enabled administrator: make another person administrator "
                   "first (sluice user add NAME --role administrator)");
  }
  Account changed = wanted;
  changed.created = found->created;
  changed.changed = now;
  changed.version.value = found->version.value + 1;
  SLUICE_TRY(transaction.write(changed));
  return changed;
}

int format_for(const Account& account) {
  return account.certificate ? format_with_certificates : format_with_accounts;
}

Account as_new(const Account& account, record::Time now) {
  Account kept = account;
  kept.created = now;
  kept.changed = now;
  kept.version.value = 1;
  return kept;
}

PeopleFailure unknown_account(const AccountName& name) {
  return {PeopleProblem::unknown, "account " + name.str(),
          "there is none of this name; `sluice user list` names them all"};
}

PeopleFailure name_taken(const AccountName& name) {
  return {PeopleProblem::name_taken, "account " + name.str(),
          "there is one of this name already, enabled or not: choose another name"};
}

PeopleFailure certificate_taken(const AccountName& name) {
  return {PeopleProblem::certificate_taken, "account " + name.str(),
          "another account has this certificate, enabled or not: `sluice user list --json` tells "
          "which; take it from there first (sluice user certificate OTHER --remove)"};
}

}  // namespace sluice::people
