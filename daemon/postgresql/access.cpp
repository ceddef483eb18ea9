#include "postgresql/access.h"

#include <fstream>
#include <memory>
#include <utility>

#include <libpq-fe.h>

#include "record/try.h"

namespace sluice::postgresql {
namespace {

const Parameters defaults = {
    {"keepalives_idle", "10"},   {"keepalives_interval", "5"},   {"keepalives_count", "3"},
    {"client_encoding", "UTF8"}, {"application_name", "sluice"},
};

Parameters time_limits(std::chrono::seconds patience) {
  const std::chrono::milliseconds noticed = 3 * patience;
  return {{"connect_timeout", std::to_string(patience.count())},
          {"tcp_user_timeout", std::to_string(noticed.count())}};
}

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

std::expected<Parameters, AccessFailure> parse(const std::string& connection) {
  char* error = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(
      PQconninfoParse(connection.c_str(), &error));
  if (!options) {
    const std::string why = error != nullptr ? error : "no memory";
    PQfreemem(error);
    return std::unexpected(AccessFailure{
        AccessProblem::not_understood, {}, "the connection string can not be used: " + why});
  }
  Parameters said;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr && *option->val != '\0') said.emplace(option->keyword, option->val);
  }
  return said;
}

// libpq takes the first host that answers: after a failover that may be the standby.
bool needs_writable_host(const Parameters& said) {
  const auto names_several = [&](const char* keyword) {
    const auto found = said.find(keyword);
    return found != said.end() && found->second.find(',') != std::string::npos;
  };
  return !said.contains("target_session_attrs") &&
         (names_several("host") || names_several("hostaddr"));
}

}  // namespace

std::expected<Parameters, AccessFailure> parameters(const Access& access) {
  Parameters all = SLUICE_TRY(parse(access.connection));
  if (needs_writable_host(all)) all.emplace("target_session_attrs", "read-write");
  all.insert(defaults.begin(), defaults.end());
  all.merge(time_limits(access.patience));
  if (access.password_file.empty()) return all;
  std::ifstream file(access.password_file);
  std::string password;
  if (!std::getline(file, password)) {
    return std::unexpected(AccessFailure{AccessProblem::no_password, access.password_file.string(),
                                         "the password file can not be read, or is empty"});
  }
  all["password"] = std::move(password);
  return all;
}

std::string conninfo(const Parameters& parameters) {
  std::string text;
  for (const auto& [keyword, value] : parameters) {
    text += (text.empty() ? "" : " ") + keyword + "='";
    for (const char c : value) {
      if (c == '\'' || c == '\\') text += '\\';
      text += c;
    }
    text += '\'';
  }
  return text;
}

std::expected<void, AccessFailure> check(const Access& access) {
  SLUICE_TRY(parse(access.connection));
  return {};
}

}  // namespace sluice::postgresql
