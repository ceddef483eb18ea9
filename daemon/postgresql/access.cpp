#include "postgresql/access.h"

#include <fstream>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netinet/in.h>

#include "record/try.h"

namespace sluice::postgresql {
namespace {

const Parameters defaults = {
    {"keepalives_idle", "10"},   {"keepalives_interval", "5"},   {"keepalives_count", "3"},
    {"client_encoding", "UTF8"}, {"application_name", "sluice"},
};

// The server's certificate is of an authority in `sslrootcert`, and for the host that was asked.
constexpr const char* verified = "verify-full";

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

// A Unix socket, or a loopback address.
bool is_on_this_machine(const std::string& host) {
  if (host.empty() || host.front() == '/' || host.front() == '@' || host == "localhost")
    return true;
  in_addr four{};
  if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
  in6_addr six{};
  return ::inet_pton(AF_INET6, host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

// Nothing: neither hosts nor a service is named, and libpq takes a socket where its environment
// names no other host. A host that is not here stays one where `hostaddr` says a way to it that
// begins here: a tunnel.
std::optional<bool> stays_on_this_machine(const Parameters& said) {
  std::optional<bool> stays;
  if (said.contains("service")) stays = false;
  for (const char* keyword : {"host", "hostaddr"}) {
    const auto hosts = said.find(keyword);
    if (hosts == said.end()) continue;
    std::string_view rest = hosts->second;
    for (bool more = true; more;) {
      const std::size_t comma = rest.find(',');
      more = comma != std::string_view::npos;
      stays = stays.value_or(true) && is_on_this_machine(std::string(rest.substr(0, comma)));
      if (more) rest.remove_prefix(comma + 1);
    }
  }
  return stays;
}

}  // namespace

std::expected<Parameters, AccessFailure> parameters(const Access& access) {
  Parameters all = SLUICE_TRY(parse(access.connection));
  if (needs_writable_host(all)) all.emplace("target_session_attrs", "read-write");
  // On a socket libpq asks for no certificate whatever is said.
  if (!stays_on_this_machine(all).value_or(false)) all.emplace("sslmode", verified);
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

std::optional<std::string> weak_sslmode(const std::string& connection) {
  const auto said = parse(connection);
  if (!said || stays_on_this_machine(*said).value_or(true)) return std::nullopt;
  const auto mode = said->find("sslmode");
  if (mode == said->end() || mode->second == verified) return std::nullopt;
  return mode->second;
}

std::expected<void, AccessFailure> check(const Access& access) {
  SLUICE_TRY(parse(access.connection));
  return {};
}

}  // namespace sluice::postgresql
