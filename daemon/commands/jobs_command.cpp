#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "commands/commands.h"
#include "commands/control_client.h"
#include "commands/terminal.h"
#include "installation/paths.h"
#include "installation/system_clock.h"
#include "runs/run_history.h"
#include "runs/run_summary.h"

namespace sluice::commands {
namespace {

constexpr std::string_view under_way = "under way";

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
  const auto socket = context.control_socket();
  if (!socket) return ExitStatus::usage;
  const auto answer = ask_daemon(*socket, "/v1/jobs");
  if (!answer) return fail(answer.error());
  if (json) {
    fmt::print("{}\n", *answer);
  } else {
    print_for_people(boost::json::parse(*answer).as_array());
  }
  return ExitStatus::success;
}

ExitStatus order(const Context& context, const std::string& bureau, const std::string& what) {
  const auto socket = context.control_socket();
  if (!socket) return ExitStatus::usage;
  const auto answer = tell_daemon(*socket, fmt::format("/v1/jobs/{}/{}", bureau, what));
  if (!answer) return fail(answer.error());
  fmt::print("{}: {}; see `sluice jobs`\n", bureau,
             what == "pause"    ? "paused, what runs goes on to its end"
             : what == "resume" ? "resumed"
                                : "its next job runs as soon as it may");
  return ExitStatus::success;
}

struct HistoryOptions {
  std::string bureau;
  std::string task;
  std::string outcome;
  std::int64_t before = 0;  // 0: from the newest on
  std::size_t limit = 20;
  bool json = false;
};

runs::RunFilter filter_of(const HistoryOptions& options) {
  runs::RunFilter filter;
  if (!options.bureau.empty()) filter.bureau = record::BureauId(options.bureau);
  if (!options.task.empty()) filter.task = options.task;
  if (!options.outcome.empty()) {
    filter.outcome = options.outcome == under_way ? std::string() : options.outcome;
  }
  if (options.before > 0) filter.before = options.before;
  return filter;
}

std::string moment_text(schedule::Moment moment) {
  return record::to_string(record::Time(moment));
}

// What it did, in a few words.
std::string deeds_of(const runs::RunFigures& figures) {
  std::vector<std::string> words;
  const auto say = [&](std::uint64_t count, std::string_view what) {
    if (count > 0) words.push_back(fmt::format("{} {}", human_count(count), what));
  };
  say(figures.rows, "new or changed");
  say(figures.quarantined, "quarantined");
  say(figures.held_back, "deletes held back");
  say(figures.compared, "compared");
  say(figures.differences, "differ");
  say(figures.repaired, "repaired");
  return fmt::format("{}", fmt::join(words, ", "));
}

boost::json::object to_json(const runs::Run& run) {
  const runs::RunFigures figures = runs::figures_of(run);
  boost::json::object object{{"id", run.id},
                             {"bureau", run.job.bureau.str()},
                             {"task", run.job.task},
                             {"reason", run.reason},
                             {"started", moment_text(run.started)}};
  if (run.ended) object["ended"] = moment_text(*run.ended);
  if (const auto took = run.took()) object["seconds"] = took->count();
  object["outcome"] = run.ended ? run.outcome : std::string(under_way);
  object["sentence"] = run.sentence;
  object["figures"] =
      boost::json::object{{"datasets", figures.datasets},       {"collected", figures.rows},
                          {"upserts", figures.upserts},         {"deletes", figures.deletes},
                          {"quarantined", figures.quarantined}, {"held_back", figures.held_back},
                          {"batches", figures.batches},         {"compared", figures.compared},
                          {"differences", figures.differences}, {"repaired", figures.repaired}};
  return object;
}

ExitStatus tell_history(const Context& context, const HistoryOptions& options) {
  const auto settings = context.settings();
  if (!settings) return ExitStatus::usage;
  const auto& state = settings->node.state_directory;
  auto history = runs::RunHistory::open_if_there(installation::Paths(state).run_history());
  if (!history) return fail(record::to_string(history.error()));
  std::vector<runs::Run> found;
  if (*history) {
    auto asked = (*history)->find(filter_of(options), options.limit);
    if (!asked) return fail(record::to_string(asked.error()));
    found = std::move(*asked);
  }
  std::vector<std::vector<std::string>> rows;
  for (const runs::Run& run : found) {
    if (options.json) fmt::print("{}\n", boost::json::serialize(to_json(run)));
    const auto took = run.took();
    rows.push_back({std::to_string(run.id), run.job.bureau.str(), run.job.task,
                    moment_text(run.started), took ? human_age(*took) : "",
                    run.ended ? run.outcome : std::string(under_way),
                    deeds_of(runs::figures_of(run))});
  }
  if (options.json) return ExitStatus::success;
  if (rows.empty()) {
    fmt::print("no such run is known here\n");
    return ExitStatus::success;
  }
  fmt::print("{}", table({"id", "bureau", "task", "started", "took", "outcome", "did"}, rows));
  if (found.size() == options.limit) {
    fmt::print("\nEarlier ones: sluice jobs history … --before {}\n", found.back().id);
  }
  return ExitStatus::success;
}

void add_history(CLI::App& jobs, Context& context) {
  auto* command = jobs.add_subcommand(
      "history", "Say how the last runs ended and what they did, the newest first");
  auto options = std::make_shared<HistoryOptions>();
  command->add_option("bureau", options->bureau, "Only the runs of this bureau");
  command->add_option("--task", options->task, "Only collect, or only reconcile");
  command->add_option("--outcome", options->outcome,
                      "Only runs that ended so; \"under way\": that have not");
  command->add_option("--before", options->before, "Only runs with a lower id than this");
  command->add_option("--limit", options->limit, "At most so many")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_flag("--json", options->json, "For machines: an object a line");
  command->callback([&context, options] {
    context.chosen = [&context, options] { return tell_history(context, *options); };
  });
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
  add_history(*command, context);
}

}  // namespace sluice::commands
