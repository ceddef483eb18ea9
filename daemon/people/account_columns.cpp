#include "people/account_columns.h"

#include <ranges>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::people {
namespace {

std::optional<std::set<Role>> roles_of(std::string_view text) {
  std::set<Role> roles;
  for (const auto& word : std::views::split(text, ' ')) {
    const auto role = parse_role({word.begin(), word.end()});
    if (!role) return std::nullopt;
    roles.insert(*role);
  }
  return roles;
}

std::optional<AccountState> state_of(std::string_view text) {
  for (const AccountState state : {AccountState::enabled, AccountState::disabled}) {
    if (text == to_string(state)) return state;
  }
  return std::nullopt;
}

std::optional<CertificateName> certificate_of(const AccountColumns& columns) {
  if (!columns.certificate_issuer || !columns.certificate_subject) return std::nullopt;
  return CertificateName{*columns.certificate_issuer, *columns.certificate_subject};
}

record::Time time_of(std::int64_t milliseconds) {
  return record::Time(std::chrono::milliseconds(milliseconds));
}

}  // namespace

AccountColumns columns_of(const Account& account) {
  const auto& bureau = account.assignment.bureau;
  return {.name = account.name.str(),
          .display_name = account.display_name,
          .roles = fmt::format("{}", fmt::join(names_of(account.assignment.roles), " ")),
          .bureau = bureau ? std::optional(bureau->str()) : std::nullopt,
          .state = std::string(to_string(account.state)),
          .must_change_password = account.must_change_password,
          .password = account.password.secret(),
          .created_ms = account.created.time_since_epoch().count(),
          .changed_ms = account.changed.time_since_epoch().count(),
          .version = static_cast<std::int64_t>(account.version.value),
          .certificate_issuer =
              account.certificate ? std::optional(account.certificate->issuer) : std::nullopt,
          .certificate_subject =
              account.certificate ? std::optional(account.certificate->subject) : std::nullopt};
}

Result<Account> account_of(const AccountColumns& columns) {
  auto roles = roles_of(columns.roles);
  const auto state = state_of(columns.state);
  if (!roles || !state) {
    return std::unexpected(PeopleFailure{
        PeopleProblem::failed, "account " + columns.name,
        "it has a role or a state that this version does not know: run the version that wrote it"});
  }
  Account account{.name = AccountName(columns.name),
                  .display_name = columns.display_name,
                  .assignment = {.roles = std::move(*roles), .bureau = std::nullopt},
                  .state = *state,
                  .must_change_password = columns.must_change_password,
                  .password = PasswordHash(columns.password),
                  .certificate = certificate_of(columns),
                  .created = time_of(columns.created_ms),
                  .changed = time_of(columns.changed_ms),
                  .version = {static_cast<std::uint64_t>(columns.version)}};
  if (columns.bureau) account.assignment.bureau = record::BureauId(*columns.bureau);
  return account;
}

std::string administrator_roles() {
  return std::string(to_string(Role::administrator));
}

}  // namespace sluice::people
