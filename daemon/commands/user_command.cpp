#include <cstdio>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "commands/account_text.h"
#include "commands/commands.h"
#include "commands/invoking_user.h"
#include "commands/terminal.h"
#include "commands/user_certificate.h"
#include "installation/system_clock.h"
#include "people/people.h"
#include "trust/audit_log.h"

namespace sluice::commands {
namespace {

using people::Account;
using people::AccountState;

struct UserOptions {
  std::string name;
  std::vector<std::string> roles;
  std::string bureau;
  std::string display;
  std::string certificate;  // a file
  bool remove = false;
  bool json = false;
};

constexpr std::size_t accounts_a_page = 200;

ExitStatus fail_without_people() {
  return fail(
      "this node has no central store: people are kept at the center that it sends its batches to "
      "(`uplink` in node.yaml); do this there",
      ExitStatus::usage);
}

ExitStatus fail_of(const people::PeopleFailure& failure) {
  using people::PeopleProblem;
  const bool is_wrong_command = failure.code == PeopleProblem::name_taken ||
                                failure.code == PeopleProblem::unknown ||
                                failure.code == PeopleProblem::certificate_taken ||
                                failure.code == PeopleProblem::last_administrator;
  return fail(record::to_string(failure),
              is_wrong_command ? ExitStatus::usage : ExitStatus::failure);
}

ExitStatus fail_of(const record::Flaw& flaw) {
  return fail(flaw.sentence, ExitStatus::usage);
}

// What a command that changes an account stands on.
struct OpenedPeople {
  std::unique_ptr<installation::Installation> installation;
  std::unique_ptr<people::People> people;
  trust::AuditLog audit;
  people::AccountName name;  // of the account that is changed
};

// Prints what is wrong where it fails. The audit log is opened first: what it does not take is not
// to be done.
std::expected<OpenedPeople, ExitStatus> open_people(const Context& context,
                                                    const UserOptions& options) {
  auto name = people::parse_account_name(options.name);
  if (!name) return std::unexpected(fail_of(name.error()));
  auto installation = context.installation();
  if (!installation) return std::unexpected(ExitStatus::usage);
  if (!installation->settings.node.store) return std::unexpected(fail_without_people());
  auto audit = installation->open_audit_log();
  if (!audit) return std::unexpected(fail(record::to_string(audit.error())));
  auto opened = installation::open_people(installation->settings);
  if (!opened) return std::unexpected(fail_of(opened.error()));
  return OpenedPeople{std::move(installation), std::move(*opened), std::move(*audit),
                      std::move(*name)};
}

std::expected<Account, ExitStatus> find_account(const OpenedPeople& opened) {
  auto account = opened.people->find(opened.name);
  if (!account) return std::unexpected(fail_of(account.error()));
  if (!*account) {
    return std::unexpected(fail(fmt::format("there is no account {}; `sluice user list` names "
                                            "them all",
                                            opened.name.str()),
                                ExitStatus::usage));
  }
  return std::move(**account);
}

// The roles that were asked for, and the bureau: without one said, roles of a bureau are of the
// bureau that the account has.
std::expected<people::Assignment, ExitStatus> assignment(
    const OpenedPeople& opened, const UserOptions& options,
    const std::optional<record::BureauId>& bureau_so_far) {
  people::Assignment asked;
  bool is_of_node = false;
  for (const std::string& name : options.roles) {
    const auto role = people::parse_role(name);
    if (!role) {
      return std::unexpected(fail(fmt::format("there is no role {}; there are {}", name,
                                              fmt::join(people::role_names(), ", ")),
                                  ExitStatus::usage));
    }
    asked.roles.insert(*role);
    is_of_node = is_of_node || people::is_of_node(*role);
  }
  if (!options.bureau.empty()) {
    asked.bureau = record::BureauId(options.bureau);
  } else if (!is_of_node) {
    asked.bureau = bureau_so_far;
  }
  std::set<record::BureauId> bureaus;
  for (const auto& [id, bureau] : opened.installation->settings.bureaus)
    bureaus.insert(id);
  if (auto checked = people::check(asked, bureaus); !checked) {
    return std::unexpected(fail_of(checked.error()));
  }
  return asked;
}

using Details = std::vector<std::pair<std::string, std::string>>;

Details audited(const Account& account) {
  return {{"actor", invoking_user()}, {"target", account.name.str()}};
}

Details audited_with_roles(const Account& account) {
  Details details = audited(account);
  const people::Assignment& assigned = account.assignment;
  details.emplace_back("roles", fmt::format("{}", fmt::join(names_of(assigned.roles), ", ")));
  if (assigned.bureau) details.emplace_back("bureau", assigned.bureau->str());
  return details;
}

trust::AuditEvent certificate_bound(const Account& account) {
  Details details = audited(account);
  details.emplace_back("subject", account.certificate->subject);
  details.emplace_back("issuer", account.certificate->issuer);
  return {"account-certificate-bound", std::move(details)};
}

// Keeps the change and tells the auditor.
ExitStatus keep(OpenedPeople& opened, const people::Result<Account>& kept,
                const std::vector<trust::AuditEvent>& events) {
  if (!kept) return fail_of(kept.error());
  for (const trust::AuditEvent& event : events) {
    if (auto noted = opened.audit.append(event); !noted) {
      return fail("it was done, but is not in the audit log: " + record::to_string(noted.error()));
    }
  }
  return ExitStatus::success;
}

// The password alone on standard output, so that a script can hand it on.
ExitStatus hand_over(const std::string& name, const std::string& password) {
  fmt::print("{}\n", password);
  if (std::fflush(stdout) != 0) {
    return fail(fmt::format("the password could not be written: sluice user reset {}", name));
  }
  fmt::print(stderr,
             "{}: this is the first password; hand it over to the person, it is not shown again "
             "and must be changed at the first sign-in\n",
             name);
  return ExitStatus::success;
}

// By certificate alone, without a password.
ExitStatus add_holder(OpenedPeople& opened, Account account, const std::string& file) {
  auto certificate = read_certificate(opened.installation->settings.node, file);
  if (!certificate) return certificate.error();
  account.must_change_password = false;
  account.certificate = std::move(*certificate);
  const ExitStatus kept =
      keep(opened, opened.people->add(account),
           {{"account-added", audited_with_roles(account)}, certificate_bound(account)});
  if (kept == ExitStatus::success) {
    fmt::print("{}: signs in by certificate, without a password: {}\n", account.name.str(),
               to_string(*account.certificate));
  }
  return kept;
}

ExitStatus add_account(const Context& context, const UserOptions& options) {
  auto opened = open_people(context, options);
  if (!opened) return opened.error();
  const std::string display = options.display.empty() ? options.name : options.display;
  if (auto checked = people::check_display_name(display); !checked) return fail_of(checked.error());
  auto assigned = assignment(*opened, options, std::nullopt);
  if (!assigned) return assigned.error();
  Account account{
      .name = opened->name, .display_name = display, .assignment = std::move(*assigned)};
  if (!options.certificate.empty()) {
    return add_holder(*opened, std::move(account), options.certificate);
  }
  const std::string password = people::first_password();
  auto hash = people::hash_password(password);
  if (!hash) return fail(hash.error().sentence);
  account.password = std::move(*hash);
  const ExitStatus kept =
      keep(*opened, opened->people->add(account), {{"account-added", audited_with_roles(account)}});
  return kept == ExitStatus::success ? hand_over(options.name, password) : kept;
}

ExitStatus change_roles(const Context& context, const UserOptions& options) {
  auto opened = open_people(context, options);
  if (!opened) return opened.error();
  auto account = find_account(*opened);
  if (!account) return account.error();
  auto assigned = assignment(*opened, options, account->assignment.bureau);
  if (!assigned) return assigned.error();
  account->assignment = std::move(*assigned);
  const ExitStatus kept = keep(*opened, opened->people->change(*account),
                               {{"account-roles-changed", audited_with_roles(*account)}});
  if (kept != ExitStatus::success) return kept;
  fmt::print("{}: {}{}\n", options.name, fmt::join(names_of(account->assignment.roles), ", "),
             account->assignment.bureau ? " of " + account->assignment.bureau->str() : "");
  return kept;
}

ExitStatus reset_password(const Context& context, const UserOptions& options) {
  auto opened = open_people(context, options);
  if (!opened) return opened.error();
  auto account = find_account(*opened);
  if (!account) return account.error();
  const std::string password = people::first_password();
  auto hash = people::hash_password(password);
  if (!hash) return fail(hash.error().sentence);
  account->password = std::move(*hash);
  account->must_change_password = true;
  const ExitStatus kept = keep(*opened, opened->people->change(*account),
                               {{"account-password-reset", audited(*account)}});
  return kept == ExitStatus::success ? hand_over(options.name, password) : kept;
}

ExitStatus remove_certificate(OpenedPeople& opened, Account account) {
  const std::string& name = account.name.str();
  if (!account.certificate) {
    fmt::print("{}: has no certificate\n", name);
    return ExitStatus::success;
  }
  if (account.password.is_none()) {
    return fail(fmt::format("{} has no password: without the certificate nobody could sign in; "
                            "make a first password before (sluice user reset {}), or disable the "
                            "account",
                            name, name),
                ExitStatus::usage);
  }
  account.certificate.reset();
  const ExitStatus kept = keep(opened, opened.people->change(account),
                               {{"account-certificate-removed", audited(account)}});
  if (kept == ExitStatus::success) fmt::print("{}: certificate removed\n", name);
  return kept;
}

ExitStatus change_certificate(const Context& context, const UserOptions& options) {
  if (options.certificate.empty() != options.remove) {
    return fail("say which: the certificate's file (PEM), or --remove", ExitStatus::usage);
  }
  auto opened = open_people(context, options);
  if (!opened) return opened.error();
  auto account = find_account(*opened);
  if (!account) return account.error();
  if (options.remove) return remove_certificate(*opened, std::move(*account));
  auto certificate = read_certificate(opened->installation->settings.node, options.certificate);
  if (!certificate) return certificate.error();
  if (account->certificate == *certificate) {
    fmt::print("{}: has it already: {}\n", options.name, to_string(*certificate));
    return ExitStatus::success;
  }
  account->certificate = std::move(*certificate);
  const ExitStatus kept =
      keep(*opened, opened->people->change(*account), {certificate_bound(*account)});
  if (kept == ExitStatus::success) {
    fmt::print("{}: signs in by certificate: {}\n", options.name, to_string(*account->certificate));
  }
  return kept;
}

ExitStatus turn(const Context& context, const UserOptions& options, AccountState state) {
  auto opened = open_people(context, options);
  if (!opened) return opened.error();
  auto account = find_account(*opened);
  if (!account) return account.error();
  if (account->state == state) {
    fmt::print("{}: is {} already\n", options.name, to_string(state));
    return ExitStatus::success;
  }
  account->state = state;
  const trust::AuditEvent event = state == AccountState::disabled
                                      ? trust::AuditEvent{"account-disabled", audited(*account)}
                                      : trust::AuditEvent{"account-enabled", audited(*account)};
  const ExitStatus kept = keep(*opened, opened->people->change(*account), {event});
  if (kept == ExitStatus::success) fmt::print("{}: {}\n", options.name, to_string(state));
  return kept;
}

ExitStatus disable(const Context& context, const UserOptions& options) {
  return turn(context, options, AccountState::disabled);
}

ExitStatus enable(const Context& context, const UserOptions& options) {
  return turn(context, options, AccountState::enabled);
}

ExitStatus list_accounts(const Context& context, const UserOptions& options) {
  const auto settings = context.settings();
  if (!settings) return ExitStatus::usage;
  if (!settings->node.store) return fail_without_people();
  const auto opened = installation::open_people(*settings);
  if (!opened) return fail_of(opened.error());
  std::vector<std::vector<std::string>> rows;
  people::AccountName last;
  for (bool is_more = true; is_more;) {
    const auto page = (*opened)->list(last, accounts_a_page);
    if (!page) return fail_of(page.error());
    for (const Account& account : *page) {
      if (options.json) fmt::print("{}\n", boost::json::serialize(to_json(account)));
      if (!options.json) rows.push_back(to_row(account));
      last = account.name;
    }
    is_more = page->size() == accounts_a_page;
  }
  if (options.json) return ExitStatus::success;
  if (rows.empty()) {
    fmt::print("nobody has an account yet: sluice user add NAME --role administrator\n");
    return ExitStatus::success;
  }
  fmt::print("{}",
             table({"name", "called", "roles", "bureau", "state", "password", "changed"}, rows));
  return ExitStatus::success;
}

}  // namespace

void add_user(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("user", "The people who may sign in, and their roles");
  group->require_subcommand(1);
  auto options = std::make_shared<UserOptions>();
  const auto add = [&](const char* name, const char* what, auto run) {
    auto* command = group->add_subcommand(name, what);
    command->callback([&context, options, run] {
      context.chosen = [&context, options, run] { return run(context, *options); };
    });
    return command;
  };
  auto* listing = add("list", "One line an account", list_accounts);
  listing->add_flag("--json", options->json, "For machines: an object a line");
  auto* adding = add("add", "Make an account, and print its first password", add_account);
  auto* roles = add("roles", "Give an account other roles, in place of those it has", change_roles);
  auto* reset = add("reset", "Give an account a new first password, and print it", reset_password);
  auto* disabling = add("disable", "Let a person sign in no more", disable);
  auto* enabling = add("enable", "Let a person sign in again", enable);
  auto* certificate = add("certificate", "Let a person sign in by certificate", change_certificate);
  for (auto* command : {adding, roles, reset, disabling, enabling, certificate})
    command->add_option("name", options->name, "What the person signs in with")->required();
  for (auto* command : {adding, roles}) {
    command
        ->add_option(
            "--role", options->roles,
            fmt::format("One of {}; again for each", fmt::join(people::role_names(), ", ")))
        ->delimiter(',')
        ->allow_extra_args(false)
        ->required();
    command->add_option("--bureau", options->bureau, "The bureau that the roles are of");
  }
  certificate->add_option("file", options->certificate, "The certificate, PEM");
  certificate->add_flag("--remove", options->remove, "By password alone from now on");
  adding->add_option("--certificate", options->certificate,
                     "PEM: the person signs in by it, and gets no password");
  adding->add_option("--display", options->display, "What the person is called, such as 王小明");
}

}  // namespace sluice::commands
