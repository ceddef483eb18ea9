#include <array>
#include <memory>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/un.h>

#include "settings/link_reader.h"
#include "settings/readers.h"
#include "settings/schedule_reader.h"
#include "settings/section.h"
#include "settings/signer_reader.h"

namespace sluice::settings {
namespace {

std::filesystem::path path_of(const std::filesystem::path& base, const std::string& text) {
  return text.empty() ? std::filesystem::path() : (base / text).lexically_normal();
}

// A file that must be there already.
std::filesystem::path existing_file(Section& section, const std::string& key,
                                    const std::filesystem::path& base) {
  std::filesystem::path path = path_of(base, section.text(key).value_or(""));
  std::error_code error;
  if (!path.empty() && !std::filesystem::is_regular_file(path, error)) {
    section.complain(key, in_quotes(path.string()) + ", where there is no file",
                     "an existing file");
  }
  return path;
}

std::filesystem::path required_file(Section& section, const std::string& key,
                                    const std::filesystem::path& base) {
  return section.required_text(key).empty() ? std::filesystem::path()
                                            : existing_file(section, key, base);
}

template <class Target, class Value>
void set(Target& target, const std::optional<Value>& value) {
  if (value) target = static_cast<Target>(*value);
}

void set_seconds(std::chrono::seconds& target,
                 const std::optional<std::chrono::milliseconds>& value) {
  if (value) target = std::chrono::ceil<std::chrono::seconds>(*value);
}

std::filesystem::path read_socket(Section& section, const std::filesystem::path& base) {
  constexpr std::size_t longest = sizeof(sockaddr_un::sun_path) - 1;
  std::filesystem::path path = path_of(base, section.required_text("control_socket"));
  if (path.string().size() > longest) {
    section.complain("control_socket", fmt::format("a path of {} bytes", path.string().size()),
                     fmt::format("one of at most {}, the system's limit for sockets,", longest));
  }
  return path;
}

// One that a node can wait for: that it is not there is none of the complaints.
std::filesystem::path awaited_file(Section& section, const std::string& key,
                                   const std::string& text, const std::filesystem::path& base,
                                   Complaints& missing) {
  std::filesystem::path path = path_of(base, text);
  std::error_code error;
  if (path.empty() || std::filesystem::is_regular_file(path, error)) return path;
  const bool is_absent = !error || error == std::errc::no_such_file_or_directory;
  missing.add(
      section.place_of(key),
      in_quotes(path.string()) +
          (is_absent ? ", where there is no file" : ", which can not be read: " + error.message()),
      fmt::format("an existing file for `{}`: docs/pki.md says how to make it", key));
  return path;
}

Identity read_identity(Section section, const std::filesystem::path& base) {
  Identity identity;
  Complaints missing(section.complaints().file());
  const auto required = [&](const std::string& key) {
    return awaited_file(section, key, section.required_text(key), base, missing);
  };
  identity.subject = read_subject(section, "subject", "CN=center,O=Haidian");
  identity.certificate = required("certificate");
  identity.key = required("key");
  identity.authorities = required("authorities");
  identity.revocations =
      awaited_file(section, "revocations", section.text("revocations").value_or(""), base, missing);
  identity.missing = missing.take();
  identity.earlier = read_signers(section, "earlier_subjects", "CN=center,O=Haidian");
  section.finish();
  return identity;
}

bool is_address(const std::string& text) {
  in6_addr binary{};
  return inet_pton(AF_INET, text.c_str(), &binary) == 1 ||
         inet_pton(AF_INET6, text.c_str(), &binary) == 1;
}

server::Listen read_listen(Section section) {
  server::Listen listen;
  set(listen.address, section.text("address"));
  if (!is_address(listen.address)) {
    section.complain("address", in_quotes(listen.address), "an IPv4 or IPv6 address");
  }
  constexpr std::uint64_t most_connections = 1'000'000;
  set(listen.port, section.count("port", 0, 65535));
  set(listen.max_body_bytes, section.bytes("max_body_bytes"));
  set(listen.max_body_memory_bytes, section.bytes("max_body_memory_bytes"));
  set(listen.metrics, section.boolean("metrics"));
  set(listen.max_connections, section.count("max_connections", 1, most_connections));
  set(listen.max_handshakes, section.count("max_handshakes", 4, most_connections));
  set(listen.max_connections_per_bureau,
      section.count("max_connections_per_bureau", 1, most_connections));
  set_seconds(listen.header_timeout, section.duration("header_timeout"));
  set_seconds(listen.body_timeout, section.duration("body_timeout"));
  set_seconds(listen.idle_timeout, section.duration("idle_timeout"));
  // One bureau may have half of the memory for bodies: more than that could never be received.
  if (listen.max_body_bytes > listen.max_body_memory_bytes / 2) {
    section.complain(
        "max_body_bytes", fmt::format("{} bytes", listen.max_body_bytes),
        fmt::format("at most half of `max_body_memory_bytes` ({})", listen.max_body_memory_bytes));
  }
  section.finish();
  return listen;
}

Pages read_pages(Section section, const std::filesystem::path& base) {
  Pages pages;
  set(pages.listen.address, section.text("address"));
  if (!is_address(pages.listen.address)) {
    section.complain("address", in_quotes(pages.listen.address), "an IPv4 or IPv6 address");
  }
  set(pages.listen.port, section.count("port", 0, 65535));
  pages.certificate = required_file(section, "certificate", base);
  pages.key = required_file(section, "key", base);
  pages.people_authorities = existing_file(section, "people_authorities", base);
  pages.people_revocations = existing_file(section, "people_revocations", base);
  if (pages.people_authorities.empty() && !pages.people_revocations.empty()) {
    section.complain("people_revocations", "it without `people_authorities`",
                     "both, or neither: nobody is asked for a certificate otherwise;");
  }
  set_seconds(pages.sessions.idle, section.duration("session_idle"));
  set_seconds(pages.sessions.lifetime, section.duration("session_lifetime"));
  if (pages.sessions.idle > pages.sessions.lifetime) {
    section.complain(
        "session_idle", fmt::format("{} seconds", pages.sessions.idle.count()),
        fmt::format("at most `session_lifetime` ({} seconds)", pages.sessions.lifetime.count()));
  }
  read_time_zone(section, "time_zone", pages.time_zone);
  section.finish();
  return pages;
}

// What is wrong with a connection string; empty if nothing. Never quotes it: libpq's own messages
// do.
std::string wrong_with(const std::string& connection) {
  struct Free {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
    void operator()(char* text) const { PQfreemem(text); }
  };
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, Free> options(
      PQconninfoParse(connection.c_str(), &message));
  const std::unique_ptr<char, Free> owned(message);
  if (!options) return "what libpq does not understand";
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    const std::string_view keyword = option->keyword;
    if (option->val != nullptr && (keyword == "password" || keyword == "sslpassword")) {
      return "a password";
    }
  }
  return {};
}

PostgresqlLocation read_postgresql(Section& section, const std::filesystem::path& base) {
  PostgresqlLocation store;
  store.connection = section.required_text("connection");
  if (const std::string wrong = wrong_with(store.connection); !wrong.empty()) {
    section.complain(
        "connection", wrong,
        "a libpq connection string such as `host=a,b dbname=sluice`, the password in a "
        "file of its own that `password_file` names,");
  }
  store.password_file = existing_file(section, "password_file", base);
  return store;
}

void read_store(Section section, const std::filesystem::path& base, Node& node) {
  static const std::array<std::string, 2> kinds = {"sqlite", "postgresql"};
  if (section.required_text("kind").empty()) return;
  const auto kind = section.choice("kind", kinds);
  if (!kind) return;
  set(node.store_number.value, section.count("number", 0, store::largest_store_number));
  set(node.hold_after, section.duration("hold_after"));
  if (*kind == 0) {
    const std::string file = section.text("file").value_or("");
    node.store = SqliteLocation{file.empty() ? node.state_directory / "central.sqlite"
                                             : path_of(base, file)};
  } else {
    node.store = read_postgresql(section, base);
  }
  section.finish();
}

// Where the batches go: into a store here, or up to another node.
void read_destination(Section& root, const std::filesystem::path& base, Node& node) {
  auto store = root.section("store");
  auto uplink = root.section("uplink");
  if (store && uplink) {
    root.complain("uplink", "`uplink` beside `store`",
                  "one of the two: a node stores batches or sends them on;");
  }
  if (!store && !uplink) {
    root.complaints().add(root.place(), "neither `store` nor `uplink`",
                          "a section `store`, or `uplink` on a node that sends batches to another");
  }
  if (store) read_store(std::move(*store), base, node);
  if (uplink) node.uplink = read_uplink(std::move(*uplink));
}

void read_log(Section section, observe::LogSettings& log) {
  using Log = observe::LogSettings;
  static const std::array<std::string, 4> targets = {"auto", "journald", "stderr", "syslog"};
  // `err` is what syslog calls it.
  static const std::array<std::string, 6> levels = {"debug",   "info", "notice",
                                                    "warning", "err",  "error"};
  if (const auto target = section.choice("to", targets)) {
    log.target = std::array{Log::Target::automatic, Log::Target::journald,
                            Log::Target::standard_error, Log::Target::syslog}[*target];
  }
  if (const auto level = section.choice("level", levels)) {
    log.level = std::array{Log::Level::debug,   Log::Level::info,  Log::Level::notice,
                           Log::Level::warning, Log::Level::error, Log::Level::error}[*level];
  }
  if (const auto socket = section.text("socket")) {
    if (!socket->starts_with('/')) {
      section.complain("socket", in_quotes(*socket), "the path of a socket, such as /dev/log,");
    }
    log.socket = *socket;
  }
  if (const auto number = section.count("enterprise_number", 1, 4'294'967'295)) {
    log.enterprise_number = static_cast<std::uint32_t>(*number);
  }
  set(log.fold_within, section.duration("fold_within"));
  section.finish();
}

void read_limits(Section& root, journal::Limits& limits) {
  if (auto section = root.section("journal")) {
    set(limits.backlog_bytes, section->bytes("backlog_bytes"));
    set_seconds(limits.backlog_age, section->duration("backlog_age"));
    set_seconds(limits.answer_age, section->duration("answer_age"));
    set_seconds(limits.retention_age, section->duration("retention_age"));
    set(limits.retention_bytes, section->bytes("retention_bytes"));
    set(limits.quarantine_bytes, section->bytes("quarantine_bytes"));
    set_seconds(limits.quarantine_age, section->duration("quarantine_age"));
    section->finish();
  }
  if (auto section = root.section("batch")) {
    set(limits.batch_rows, section->count("rows", 1, 1'000'000));
    set(limits.batch_bytes, section->bytes("bytes", record::most_batch_bytes));
    set(limits.batch_age, section->duration("age"));
    section->finish();
  }
}

}  // namespace

std::filesystem::path read_control_socket(const Value& document, const std::filesystem::path& base,
                                          Complaints& complaints) {
  Section root(document, complaints);
  Section node = root.required_section("node");
  return read_socket(node, base);
}

NodeFile read_node(const Value& document, const std::filesystem::path& base,
                   Complaints& complaints) {
  NodeFile file;
  Section root(document, complaints);
  Section node = root.required_section("node");
  file.node.name = record::NodeId(node.required_name("name"));
  file.node.state_directory = path_of(base, node.required_text("state_directory"));
  file.node.control_socket = read_socket(node, base);
  file.node.reserve = node.bytes("reserve");
  set(file.node.clock_tolerance, node.duration("clock_tolerance"));
  file.schemas = path_of(base, node.text("schemas").value_or("schemas"));
  file.bureaus = path_of(base, node.text("bureaus").value_or("bureaus"));
  node.finish();
  file.node.identity = read_identity(root.required_section("identity"), base);
  if (auto section = root.section("listen")) file.node.listen = read_listen(std::move(*section));
  if (auto section = root.section("pages")) {
    file.node.pages = read_pages(std::move(*section), base);
  }
  read_destination(root, base, file.node);
  if (file.node.pages && !file.node.store) {
    root.complain("pages", "`pages` on a node without `store`",
                  "them on a node with the central store, where the people are kept;");
  }
  file.node.nodes = read_nodes(root);
  if (auto section = root.section("log")) read_log(std::move(*section), file.node.log);
  read_limits(root, file.node.journal);
  root.finish();
  return file;
}

}  // namespace sluice::settings
