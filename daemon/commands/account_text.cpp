#include "commands/account_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::commands {
namespace {

using people::Account;

std::string password_text(const Account& account) {
  if (account.password.is_none()) return "none, certificate";
  const std::string_view text = account.must_change_password ? "to be changed" : "set";
  return fmt::format("{}{}", text, account.certificate ? ", certificate" : "");
}

}  // namespace

boost::json::object to_json(const Account& account) {
  boost::json::array roles;
  for (const std::string_view role : names_of(account.assignment.roles))
    roles.emplace_back(role);
  const auto& bureau = account.assignment.bureau;
  boost::json::value certificate;
  if (account.certificate) {
    certificate = {{"subject", account.certificate->subject},
                   {"issuer", account.certificate->issuer}};
  }
  return {{"name", account.name.str()},
          {"display_name", account.display_name},
          {"roles", roles},
          {"bureau", bureau ? boost::json::value(bureau->str()) : boost::json::value(nullptr)},
          {"state", to_string(account.state)},
          {"has_password", !account.password.is_none()},
          {"must_change_password", account.must_change_password},
          {"certificate", certificate},
          {"created", record::to_string(account.created)},
          {"changed", record::to_string(account.changed)}};
}

std::vector<std::string> to_row(const Account& account) {
  const auto& bureau = account.assignment.bureau;
  return {account.name.str(),
          account.display_name,
          fmt::format("{}", fmt::join(names_of(account.assignment.roles), ", ")),
          bureau ? bureau->str() : "",
          std::string(to_string(account.state)),
          password_text(account),
          record::to_string(account.changed)};
}

std::string to_string(const people::CertificateName& certificate) {
  return fmt::format("{} (issued by {})", certificate.subject, certificate.issuer);
}

}  // namespace sluice::commands
