#include <array>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "commands/commands.h"
#include "commands/control_client.h"

namespace sluice::commands {
namespace {

std::vector<std::string> texts(const boost::json::object& outcome, const char* name) {
  std::vector<std::string> all;
  for (const auto& text : outcome.at(name).as_array())
    all.emplace_back(std::string_view(text.as_string()));
  return all;
}

void print_for_people(const boost::json::object& outcome) {
  const std::string what = member_text(outcome, "outcome");
  if (what == "refused") {
    for (const std::string& complaint : texts(outcome, "complaints"))
      fmt::print(stderr, "sluice: {}\n", complaint);
    fmt::print(stderr,
               "sluice: the configuration is refused, and sluiced goes on by the one that "
               "it has\n");
    return;
  }
  if (what == "unchanged") fmt::print("nothing is changed\n");
  constexpr std::array lists{"added", "changed", "removed"};
  for (const char* list : lists) {
    for (const std::string& phrase : texts(outcome, list))
      fmt::print("{:<8} {}\n", list, phrase);
  }
  for (const std::string& key : texts(outcome, "restart"))
    fmt::print("restart  {} is changed in node.yaml and needs a restart of sluiced\n", key);
  for (const std::string& warning : texts(outcome, "warnings"))
    fmt::print("warning  {}\n", warning);
}

// What is wrong with the files the daemon says itself.
ExitStatus reload(const Context& context, bool json) {
  const auto socket = context.control_socket();
  if (!socket) {
    fmt::print(stderr,
               "sluice: sluiced was asked for nothing, and goes on by the configuration "
               "that it has\n");
    return ExitStatus::usage;
  }
  const auto answer = tell_daemon(*socket, "/v1/reload");
  if (!answer) return fail(answer.error());
  const boost::json::object outcome = boost::json::parse(*answer).as_object();
  if (json) {
    fmt::print("{}\n", *answer);
  } else {
    print_for_people(outcome);
  }
  return member_text(outcome, "outcome") == "refused" ? ExitStatus::usage : ExitStatus::success;
}

}  // namespace

void add_reload(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand(
      "reload", "Have the daemon work by its configuration as it is now, and say what changed");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "For machines");
  command->callback(
      [&context, json] { context.chosen = [&context, json] { return reload(context, *json); }; });
}

}  // namespace sluice::commands
