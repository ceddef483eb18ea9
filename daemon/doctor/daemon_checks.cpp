// The daemon itself: whether one runs on this state, whether it answers, whether its ports are its
// own, and whether anybody takes its log.
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "doctor/checks.h"
#include "doctor/lock_holder.h"
#include "files/file_descriptor.h"
#include "observe/unix_datagram.h"

namespace sluice::doctor {
namespace {

constexpr const char* daemon_group = "Daemon";

std::string reason(int error) {
  return std::generic_category().message(error);
}

// 0, or errno.
int connect_to(const std::filesystem::path& socket) {
  const files::FileDescriptor connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.native().size() >= sizeof address.sun_path) return ENAMETOOLONG;
  std::memcpy(address.sun_path, socket.c_str(), socket.native().size() + 1);
  if (!connection) return errno;
  // The one way in which the system takes addresses.
  return ::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
                 0
             ? 0
             : errno;
}

std::optional<pid_t> running_daemon(const Surroundings& node) {
  return lock_holder(node.paths().daemon_lock(), node.locks);
}

Findings look_for_daemon(const Surroundings& node) {
  const std::string lock = node.paths().daemon_lock().string();
  const std::string socket = node.node.control_socket.string();
  const auto holder = running_daemon(node);
  const int answer = connect_to(socket);
  if (!holder && answer == 0) {
    return {wrong(socket,
                  fmt::format("somebody answers there, and nobody works on {}: it is the control "
                              "socket of another node",
                              node.node.state_directory.string()),
                  "give each node a `node.control_socket` of its own")};
  }
  if (!holder) {
    return {
        skipped(lock, "no sluiced runs on this state: `systemctl enable --now sluiced` starts it")};
  }
  if (*holder == unknown_holder) {
    if (answer == 0) return {ok(lock, "sluiced runs and answers, as far as can be told")};
    return {skipped(lock,
                    "whether sluiced runs on this state can not be told by this user; say it as "
                    "root, or as the service's user")};
  }
  if (answer == 0) return {ok(lock, fmt::format("sluiced runs (process {}) and answers", *holder))};
  if (answer == EACCES || answer == EPERM) {
    return {ok(lock, fmt::format("sluiced runs (process {}); this user may not ask it", *holder))};
  }
  return {warning(socket,
                  fmt::format("process {} works on this state, and does not answer here ({}): a "
                              "sluiced of another configuration, one that begins or ends, or a "
                              "command that stands in for it",
                              *holder, reason(answer)),
                  fmt::format("see what it is: `ps -fp {}`", *holder))};
}

struct Port {
  std::string called;
  server::Listen listen;
};

// Whether this address could be bound now: 0, or errno. Gives it back at once.
int try_to_bind(const server::Listen& listen) {
  const bool is_v6 = listen.address.find(':') != std::string::npos;
  const files::FileDescriptor socket(
      ::socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return errno;
  const int yes = 1;  // as the daemon does: a port that was in use a moment ago is no obstacle
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(listen.port);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(listen.port);
  void* const place = is_v6 ? static_cast<void*>(&v6.sin6_addr) : static_cast<void*>(&v4.sin_addr);
  if (::inet_pton(is_v6 ? AF_INET6 : AF_INET, listen.address.c_str(), place) != 1) return EINVAL;
  const auto* address =
      is_v6 ? reinterpret_cast<const sockaddr*>(&v6) : reinterpret_cast<const sockaddr*>(&v4);
  const socklen_t size = is_v6 ? sizeof v6 : sizeof v4;
  return ::bind(socket.get(), address, size) == 0 ? 0 : errno;
}

Finding look_at_port(const Surroundings& node, const Port& port) {
  const std::string place = fmt::format("{}:{}", port.listen.address, port.listen.port);
  if (port.listen.port == 0)
    return ok(place, fmt::format("{}: any port that is free", port.called));
  const auto holder = running_daemon(node);
  const bool runs = holder.has_value();
  const int answer = try_to_bind(port.listen);
  const std::string who = fmt::format("`ss -ltnp 'sport = :{}'` says who", port.listen.port);
  switch (answer) {
    case 0:
      if (!runs || *holder == unknown_holder) {
        return ok(place, fmt::format("{}: free", port.called));
      }
      return node.node.identity.missing.empty()
                 ? wrong(
                       place,
                       fmt::format("{}: sluiced runs, and nobody listens there", port.called),
                       "`systemctl restart sluiced` where the configuration was changed; else look "
                       "into its log")
                 : skipped(place, fmt::format("{}: sluiced opens it once its certificate is there",
                                              port.called));
    case EADDRINUSE:
      return runs ? ok(place,
                       fmt::format("{}: in use, by sluiced as far as can be told", port.called))
                  : wrong(place,
                          fmt::format("{}: in use by another program, and sluiced does not run",
                                      port.called),
                          who + "; stop that, or give this node another `port`");
    case EADDRNOTAVAIL:
      return wrong(place, fmt::format("{}: this machine has no such address", port.called),
                   "correct `address` in node.yaml; `ip address` lists those that there are");
    case EACCES:
      return runs
                 ? ok(place, fmt::format("{}: this user may not try it", port.called))
                 : warning(place, fmt::format("{}: ports below 1024 are root's", port.called),
                           "take one above, or allow it: AmbientCapabilities=CAP_NET_BIND_SERVICE");
    default:
      return wrong(place, fmt::format("{}: {}", port.called, reason(answer)),
                   "correct `address` and `port` in node.yaml");
  }
}

Findings look_at_ports(const Surroundings& node) {
  Findings findings;
  if (node.node.listen) findings.push_back(look_at_port(node, {"the API", *node.node.listen}));
  if (node.node.pages)
    findings.push_back(look_at_port(node, {"the pages", node.node.pages->listen}));
  return findings;
}

// Who may take it, in the order in which the daemon tries them; none: it goes to standard error.
std::vector<std::string> takers_of_log(const Surroundings& node) {
  using Target = observe::LogSettings::Target;
  const observe::LogSettings& log = node.node.log;
  switch (log.target) {
    case Target::standard_error:
      break;
    case Target::automatic:
      return {node.journald.string(), log.socket.string()};
    case Target::journald:
      return {node.journald.string()};
    case Target::syslog:
      return {log.socket.string()};
  }
  return {};
}

Findings look_for_log(const Surroundings& node) {
  const std::vector<std::string> takers = takers_of_log(node);
  if (takers.empty()) return {ok("standard error", "the log goes there (`log.to`)")};
  for (const std::string& taker : takers) {
    if (observe::UnixDatagram::connect(taker)) return {ok(taker, "somebody takes the log")};
  }
  const std::string place = fmt::format("{}", fmt::join(takers, " or "));
  const std::string found = "nobody takes the log: it goes to standard error meanwhile";
  const std::string remedy = "start journald or rsyslog, or say `log: {to: stderr}`";
  const bool is_where_it_can = node.node.log.target == observe::LogSettings::Target::automatic;
  return {is_where_it_can ? warning(place, found, remedy) : wrong(place, found, remedy)};
}

}  // namespace

std::vector<Check> daemon_checks(const Shared& node) {
  const auto of = [&](const char* name, std::string about, Findings (*look)(const Surroundings&)) {
    return Check{.name = name,
                 .group = daemon_group,
                 .about = std::move(about),
                 .needs = {},
                 .look = [node, look] { return look(*node); }};
  };
  std::vector<Check> checks{of("daemon", node->paths().daemon_lock().string(), look_for_daemon)};
  if (node->node.listen || node->node.pages) checks.push_back(of("ports", "ports", look_at_ports));
  checks.push_back(of("log", "log", look_for_log));
  return checks;
}

}  // namespace sluice::doctor
