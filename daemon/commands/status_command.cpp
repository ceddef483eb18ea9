#include <cstdio>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "commands/commands.h"
#include "commands/control_client.h"
#include "commands/terminal.h"
#include "installation/system_clock.h"

namespace sluice::commands {
namespace {

std::uint64_t number(const boost::json::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  return value == nullptr ? 0 : value->to_number<std::uint64_t>();
}

std::string age_since(const std::string& time) {
  const auto parsed = record::parse_time(time);
  if (!parsed) return "";
  return human_age(
      std::chrono::duration_cast<std::chrono::seconds>(installation::system_now() - *parsed));
}

// What the center has of a stream and can not apply yet.
std::string held_of(const boost::json::object& stream) {
  std::string sentence;
  const auto* held = stream.if_contains("held");
  if (held == nullptr) return sentence;
  for (const auto& value : held->as_array()) {
    const boost::json::object& of = value.as_object();
    sentence += fmt::format("{}{} of {} HELD by the center for {}", sentence.empty() ? "" : ", ",
                            human_count(number(of, "batches")), member_text(of, "dataset"),
                            age_since(member_text(of, "since")));
  }
  return sentence;
}

// What this node, as a center, has of datasets that it can not take as they are.
void print_held(const boost::json::object& status) {
  const auto* held = status.if_contains("held");
  if (held == nullptr || held->as_array().empty()) return;
  std::vector<std::vector<std::string>> rows;
  for (const auto& value : held->as_array()) {
    const boost::json::object& of = value.as_object();
    rows.push_back({member_text(of, "bureau"), member_text(of, "dataset"),
                    human_count(number(of, "batches")), age_since(member_text(of, "since")),
                    member_text(of, "reason")});
  }
  fmt::print("\nHELD HERE, and applied by itself once what is said is done (docs/link.md):\n{}",
             table({"bureau", "dataset", "batches", "for", "why"}, rows));
}

// What to read first of a stream.
std::string state_of(const boost::json::object& stream) {
  const boost::json::object& link = stream.at("link").as_object();
  const std::string state = member_text(link, "state");
  if (state == "stopped") {
    const std::string reason = member_text(link, "reason");
    return "STOPPED: " + (reason.empty() ? "see the log" : reason);
  }
  if (state == "held-back") {
    return "held back for " + age_since(member_text(link, "since")) + ": " +
           member_text(link, "reason");
  }
  if (number(stream, "gaps") > 0) {
    return "BATCHES LOST by the center: sluice journal gaps " + member_text(stream, "bureau");
  }
  const std::string oldest = member_text(stream, "backlog_oldest");
  std::string sentence = oldest.empty() ? "up to date" : "oldest batch waits " + age_since(oldest);
  if (const std::string held = held_of(stream); !held.empty()) sentence += ", " + held;
  const std::string receipt = member_text(link, "last_receipt");
  return receipt.empty() ? sentence : sentence + ", last receipt " + age_since(receipt) + " ago";
}

// Only what keeps the node from taking anything in.
void print_disk(const boost::json::object& disk) {
  const std::string state = member_text(disk, "state");
  if (state == "not-trusted") {
    fmt::print(
        "\nNOTHING IS ACKNOWLEDGED: an fsync has failed ({}); see to the disk, then restart "
        "sluiced\n",
        member_text(disk, "reason"));
  } else if (state == "short") {
    fmt::print("\nNOTHING IS TAKEN IN: the disk has {} free, and its reserve is {}; free space\n",
               human_bytes(number(disk, "free_bytes")), human_bytes(number(disk, "reserve_bytes")));
  }
}

void print_schema_conflicts(const boost::json::object& status) {
  const auto* conflicts = status.if_contains("schema_conflicts");
  if (conflicts == nullptr) return;
  for (const auto& value : conflicts->as_array()) {
    const boost::json::object& conflict = value.as_object();
    fmt::print("\nNOTHING OF {} IS TAKEN IN: {}\n", member_text(conflict, "dataset"),
               member_text(conflict, "reason"));
  }
}

void print_configuration(const boost::json::object& status) {
  const auto* value = status.if_contains("configuration");
  if (value == nullptr) return;
  const boost::json::object& configuration = value->as_object();
  if (const auto* complaints = configuration.if_contains("complaints")) {
    fmt::print("\nTHE CONFIGURATION IS REFUSED since {} ago, and the one of {} ago goes on:\n",
               age_since(member_text(configuration, "refused_at")),
               age_since(member_text(configuration, "since")));
    for (const auto& complaint : complaints->as_array())
      fmt::print("  {}\n", std::string_view(complaint.as_string()));
  }
  const auto* restart = configuration.if_contains("restart");
  if (restart == nullptr) return;
  fmt::print("\nchanged in node.yaml, and needs a restart:");
  for (const auto& key : restart->as_array())
    fmt::print(" {}", std::string_view(key.as_string()));
  fmt::print("\n");
}

void print_for_people(const boost::json::object& status) {
  fmt::print("{}  sluiced {}  up {}", member_text(status, "node"), member_text(status, "version"),
             age_since(member_text(status, "started_at")));
  if (status.contains("port")) fmt::print("  https port {}", member_text(status, "port"));
  if (status.contains("pages_port")) {
    fmt::print("  pages port {}", member_text(status, "pages_port"));
  }
  if (const auto* uplink = status.if_contains("uplink")) {
    fmt::print("  uplink to");
    for (const auto& address : uplink->as_array())
      fmt::print(" {}", std::string_view(address.as_string()));
  }
  fmt::print("\n");
  if (status.contains("not_signing")) {
    fmt::print("NOTHING IS TAKEN: {}\n", member_text(status, "not_signing"));
  }
  print_disk(status.at("disk").as_object());
  print_schema_conflicts(status);
  print_configuration(status);
  std::vector<std::vector<std::string>> rows;
  for (const auto& value : status.at("streams").as_array()) {
    const boost::json::object& stream = value.as_object();
    if (stream.contains("error")) {
      rows.push_back({member_text(stream, "bureau"), "", "", "", "", member_text(stream, "error")});
      continue;
    }
    rows.push_back({member_text(stream, "bureau"), human_count(number(stream, "last_batch")),
                    human_count(number(stream, "acknowledged")),
                    human_bytes(number(stream, "backlog_bytes")),
                    human_count(number(stream, "quarantine_waiting")), state_of(stream)});
  }
  if (rows.empty()) {
    fmt::print("no bureau publishes anything here\n");
  } else {
    fmt::print(
        "\n{}",
        table({"bureau", "last batch", "acknowledged", "backlog", "quarantine", "state"}, rows));
  }
  print_held(status);
}

}  // namespace

void add_status(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("status", "Say what the daemon is doing, stream by stream");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "For machines");
  command->callback([&context, json] {
    context.chosen = [&context, json] {
      const auto settings = context.settings();
      if (!settings) return ExitStatus::usage;
      const auto answer = ask_daemon(settings->node.control_socket, "/v1/status");
      if (!answer) return fail(answer.error());
      if (*json) {
        fmt::print("{}\n", *answer);
      } else {
        print_for_people(boost::json::parse(*answer).as_object());
      }
      return ExitStatus::success;
    };
  });
}

}  // namespace sluice::commands
