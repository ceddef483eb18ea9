#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "commands/commands.h"
#include "commands/control_client.h"
#include "commands/terminal.h"
#include "installation/system_clock.h"

namespace sluice::commands {
namespace {

std::chrono::seconds until(const std::string& time) {
  const auto parsed = record::parse_time(time);
  if (!parsed) return {};
  return std::chrono::duration_cast<std::chrono::seconds>(*parsed - installation::system_now());
}

std::string last_of(const boost::json::object& job) {
  const std::string started = member_text(job, "last_started");
  if (started.empty()) return "never";
  return human_age(-until(started)) + " ago";
}

std::string outcome_of(const boost::json::object& job) {
  const std::string outcome = member_text(job, "last_outcome");
  if (outcome.empty()) return "";
  return fmt::format("{}, {}", outcome,
                     human_age(std::chrono::seconds(job.at("last_seconds").to_number<int>())));
}

std::string next_of(const boost::json::object& job) {
  const std::string state = member_text(job, "state");
  if (state == "held back") return "held back";
  if (state == "running") {
    return "runs since " + human_age(-until(member_text(job, "running_since")));
  }
  const std::string next = member_text(job, "next");
  if (next.empty()) return state;
  const auto left = until(next);
  return left.count() <= 0 ? "now" : "in " + human_age(left);
}

void print_for_people(const boost::json::array& jobs) {
  if (jobs.empty()) {
    fmt::print("no bureau has a schedule here\n");
    return;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& value : jobs) {
    const boost::json::object& job = value.as_object();
    rows.push_back({member_text(job, "bureau"), member_text(job, "task"),
                    member_text(job, "schedule"), last_of(job), outcome_of(job), next_of(job)});
  }
  fmt::print("{}", table({"bureau", "task", "schedule", "last run", "outcome", "next run"}, rows));
  for (const auto& value : jobs) {
    const boost::json::object& job = value.as_object();
    const std::string sentence = member_text(job, "last_sentence");
    if (!sentence.empty()) fmt::print("\n{}: {}\n", member_text(job, "bureau"), sentence);
    const std::string held_back = member_text(job, "held_back");
    if (!held_back.empty()) {
      fmt::print("\n{} is held back: {}\n", member_text(job, "bureau"), held_back);
    }
  }
}

ExitStatus list(const Context& context, bool json) {
  const auto settings = context.settings();
  if (!settings) return ExitStatus::usage;
  const auto answer = ask_daemon(settings->node.control_socket, "/v1/jobs");
  if (!answer) return fail(answer.error());
  if (json) {
    fmt::print("{}\n", *answer);
  } else {
    print_for_people(boost::json::parse(*answer).as_array());
  }
  return ExitStatus::success;
}

ExitStatus order(const Context& context, const std::string& bureau, const std::string& what) {
  const auto settings = context.settings();
  if (!settings) return ExitStatus::usage;
  if (find_bureau(*settings, bureau) == nullptr) return ExitStatus::usage;
  const auto answer =
      tell_daemon(settings->node.control_socket, fmt::format("/v1/jobs/{}/{}", bureau, what));
  if (!answer) return fail(answer.error());
  fmt::print("{}: {}; see `sluice jobs`\n", bureau,
             what == "pause"    ? "paused, what runs goes on to its end"
             : what == "resume" ? "resumed"
                                : "its next job runs as soon as it may");
  return ExitStatus::success;
}

}  // namespace

void add_jobs(CLI::App& app, Context& context) {
  auto* command =
      app.add_subcommand("jobs", "Say what runs by a schedule, when, and how it last ended");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "For machines");
  command->callback([&context, json, command] {
    if (!command->get_subcommands().empty()) return;
    context.chosen = [&context, json] { return list(context, *json); };
  });
  struct Order {
    const char* name;
    const char* help;
  };
  for (const Order& each :
       {Order{"pause", "Let nothing of a bureau begin until it is resumed, over restarts too"},
        Order{"resume", "Let a bureau's jobs run again"},
        Order{"run", "Run a bureau's next job at once, even when paused or in a blackout"}}) {
    auto* sub = command->add_subcommand(each.name, each.help);
    auto bureau = std::make_shared<std::string>();
    sub->add_option("bureau", *bureau, "The bureau")->required();
    const std::string name = each.name;
    sub->callback([&context, bureau, name] {
      context.chosen = [&context, bureau, name] { return order(context, *bureau, name); };
    });
  }
}

}  // namespace sluice::commands
