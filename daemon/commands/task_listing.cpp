#include "commands/task_listing.h"

#include <cstdio>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "commands/terminal.h"
#include "installation/system_clock.h"
#include "jobs/due_time.h"
#include "tasks/tasks.h"

namespace sluice::commands {
namespace {

using tasks::Task;

constexpr std::size_t tasks_a_page = 200;
constexpr std::size_t history_a_page = 200;

std::string time_or(const std::optional<record::Time>& time, const char* otherwise) {
  return time ? record::to_string(*time) : otherwise;
}

boost::json::value json_of(const std::optional<record::Time>& time) {
  if (!time) return nullptr;
  return boost::json::value(record::to_string(*time));
}

boost::json::value json_of(const std::optional<tasks::AccountName>& account) {
  if (!account) return nullptr;
  return boost::json::value(account->str());
}

boost::json::value json_of(const std::optional<tasks::Keying>& keying) {
  if (!keying) return nullptr;
  return boost::json::object{{"by", keying->by.str()}, {"at", record::to_string(keying->at)}};
}

boost::json::object json_of(const Task& task, record::Time now) {
  const bool is_held = tasks::is_held(task, now);
  boost::json::object object{
      {"id", task.id.value},
      {"bureau", task.asked.bureau.str()},
      {"dataset", task.asked.dataset.str()},
      {"title", task.asked.title},
      {"state", to_string(task.state)},
      {"priority", task.asked.priority},
      {"due", json_of(task.asked.due)},
      {"overdue", tasks::is_overdue(task, now)},
      {"origin", to_string(task.asked.origin)},
      {"origin_text", task.asked.origin_text},
      {"created", record::to_string(task.created)},
      {"created_by", json_of(task.created_by)},
      {"changed", record::to_string(task.changed)},
      {"holder", is_held ? json_of(std::optional(task.claim->holder)) : nullptr},
      {"held_until", is_held ? json_of(std::optional(task.claim->until)) : nullptr},
      {"kept_for", json_of(task.kept_for)},
      {"first", json_of(task.first)},
      {"second", json_of(task.second)},
      {"settled", json_of(task.settled)},
      {"reason", task.reason}};
  if (task.journaled) {
    object["batch"] = task.journaled->sequence.value;
    object["row"] = task.journaled->row;
  }
  return object;
}

std::vector<std::string> row_of(const Task& task, record::Time now) {
  return {std::to_string(task.id.value),
          task.asked.dataset.str(),
          task.asked.title,
          std::string(to_string(task.state)),
          std::to_string(task.asked.priority),
          time_or(task.asked.due, "") + (tasks::is_overdue(task, now) ? " overdue" : ""),
          tasks::is_held(task, now) ? task.claim->holder.str() : ""};
}

// Nothing after it was printed that there is no such state.
std::optional<tasks::TaskFilter> filter_of(const TaskOptions& options) {
  tasks::TaskFilter filter{.bureau = record::BureauId(options.bureau),
                           .kind = tasks::ListKind::in_state,
                           .state = tasks::TaskState::open,
                           .holder = tasks::AccountName(options.holder)};
  if (options.overdue) filter.kind = tasks::ListKind::overdue;
  if (!options.holder.empty()) filter.kind = tasks::ListKind::held_by;
  if (options.state.empty()) return filter;
  const auto state = tasks::parse_task_state(options.state);
  if (!state) return std::nullopt;
  filter.state = *state;
  return filter;
}

void print_history(const std::vector<tasks::HistoryEntry>& history) {
  std::vector<std::vector<std::string>> rows;
  for (const tasks::HistoryEntry& entry : history) {
    rows.push_back({record::to_string(entry.at), entry.who ? entry.who->str() : "the node",
                    std::string(to_string(entry.what)), entry.note});
  }
  fmt::print("\n{}", table({"at", "who", "what", "note"}, rows));
}

void print_task(const Task& task, record::Time now) {
  fmt::print("task     {} ({}){}\n", task.id.value, to_string(task.state),
             tasks::is_overdue(task, now) ? ", overdue" : "");
  if (!task.asked.title.empty()) fmt::print("title    {}\n", task.asked.title);
  fmt::print("dataset  {} of {}\npriority {}\ndue      {}\n", task.asked.dataset.str(),
             task.asked.bureau.str(), task.asked.priority, time_or(task.asked.due, "never"));
  fmt::print("from     {}{}{}\n", to_string(task.asked.origin),
             task.asked.origin_text.empty() ? "" : ": ", task.asked.origin_text);
  if (tasks::is_held(task, now)) {
    fmt::print("held by  {} until {}\n", task.claim->holder.str(),
               record::to_string(task.claim->until));
  }
  if (task.kept_for) fmt::print("kept for {}\n", task.kept_for->str());
  if (!task.reason.empty()) fmt::print("reason   {}\n", task.reason);
  if (task.journaled) {
    fmt::print("batch    {}, row {}\n", task.journaled->sequence.value, task.journaled->row);
  }
}

boost::json::object json_of(const tasks::HistoryEntry& entry) {
  boost::json::object object{{"at", record::to_string(entry.at)},
                             {"who", json_of(entry.who)},
                             {"what", to_string(entry.what)},
                             {"note", entry.note}};
  if (entry.check) {
    object["checked"] = boost::json::object{{"of", entry.check->of.str()},
                                            {"fields", entry.check->fields},
                                            {"differences", entry.check->differences}};
  }
  return object;
}

tasks::Result<std::vector<tasks::HistoryEntry>> whole_history(tasks::Tasks& queue,
                                                              tasks::TaskId id) {
  std::vector<tasks::HistoryEntry> all;
  for (bool is_more = true; is_more;) {
    const auto after = all.empty() ? tasks::TaskVersion{0} : all.back().version;
    auto page = queue.history(id, after, history_a_page);
    if (!page) return std::unexpected(page.error());
    is_more = page->size() == history_a_page;
    all.insert(all.end(), std::make_move_iterator(page->begin()),
               std::make_move_iterator(page->end()));
  }
  return all;
}

void print_figures(const tasks::Figures& figures, record::Time now) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [state, depth] : figures.depth) {
    const auto age =
        std::chrono::duration_cast<std::chrono::seconds>(now - depth.oldest.value_or(now));
    rows.push_back({std::string(to_string(state)), human_count(depth.tasks),
                    human_count(depth.overdue), human_age(age) + " ago"});
  }
  fmt::print("{}", rows.empty() ? "the queue is empty\n"
                                : table({"state", "tasks", "overdue", "oldest"}, rows));
  rows.clear();
  for (const auto& [account, clerk] : figures.clerks) {
    const auto pace = tasks::per_hour(clerk);
    const std::string rate =
        clerk.fields_checked == 0
            ? "-"
            : fmt::format("{:.1f} %", 100.0 * static_cast<double>(clerk.differences) /
                                          static_cast<double>(clerk.fields_checked));
    rows.push_back({account.str(), human_count(clerk.holds), human_count(clerk.keyed),
                    human_count(clerk.checked), human_count(clerk.settled),
                    human_count(tasks::delivered(clerk)), pace ? fmt::format("{:.0f}", *pace) : "-",
                    rate});
  }
  if (rows.empty()) return;
  fmt::print("\n{}", table({"today", "holds", "keyed", "checked", "settled", "delivered", "an hour",
                            "errors"},
                           rows));
}

boost::json::object json_of(const tasks::Figures& figures) {
  boost::json::object depth;
  for (const auto& [state, one] : figures.depth) {
    depth[to_string(state)] = boost::json::object{
        {"tasks", one.tasks}, {"overdue", one.overdue}, {"oldest", json_of(one.oldest)}};
  }
  boost::json::object clerks;
  for (const auto& [account, one] : figures.clerks) {
    clerks[account.str()] = boost::json::object{{"holds", one.holds},
                                                {"keyed", one.keyed},
                                                {"checked", one.checked},
                                                {"settled", one.settled},
                                                {"confirmed", one.confirmed},
                                                {"declined", one.declined},
                                                {"active_seconds", one.active.count() / 1000},
                                                {"fields_checked", one.fields_checked},
                                                {"differences", one.differences}};
  }
  return {{"depth", std::move(depth)},
          {"clerks", std::move(clerks)},
          {"done_by_hour", boost::json::value_from(figures.done_by_hour)}};
}

}  // namespace

ExitStatus fail_of_tasks(const tasks::TaskFailure& failure) {
  using tasks::TaskProblem;
  const bool is_wrong_command = failure.code != TaskProblem::unavailable &&
                                failure.code != TaskProblem::no_room &&
                                failure.code != TaskProblem::failed;
  return fail(record::to_string(failure),
              is_wrong_command ? ExitStatus::usage : ExitStatus::failure);
}

std::expected<std::unique_ptr<tasks::Tasks>, ExitStatus> open_queue(
    const settings::Settings& settings) {
  if (!settings.node.store) return std::unexpected(fail_without_store());
  auto queue = installation::open_tasks(settings);
  if (!queue) return std::unexpected(fail_of_tasks(queue.error()));
  return std::move(*queue);
}

ExitStatus list_tasks(const Context& context, const TaskOptions& options) {
  const auto settings = context.settings();
  if (!settings) return ExitStatus::usage;
  if (find_bureau(*settings, options.bureau) == nullptr) return ExitStatus::usage;
  const auto queue = open_queue(*settings);
  if (!queue) return queue.error();
  const auto filter = filter_of(options);
  if (!filter) return fail(options.state + " is no state of a task", ExitStatus::usage);
  const record::Time now = installation::system_now();
  std::optional<tasks::TaskPlace> place;
  if (options.after > 0) {
    const auto last = (*queue)->find({options.after}, {});
    if (!last) return fail_of_tasks(last.error());
    if (*last) place = tasks::place_of((*last)->task);
  }
  std::vector<std::vector<std::string>> rows;
  std::size_t left = options.limit;
  bool is_more = true;
  while (is_more && left > 0) {
    const std::size_t count = std::min(left, tasks_a_page);
    const auto page = (*queue)->list(*filter, place, count, now);
    if (!page) return fail_of_tasks(page.error());
    for (const Task& task : *page) {
      if (options.json) fmt::print("{}\n", boost::json::serialize(json_of(task, now)));
      if (!options.json) rows.push_back(row_of(task, now));
      place = tasks::place_of(task);
    }
    is_more = page->size() == count;
    left -= page->size();
  }
  if (options.json) return ExitStatus::success;
  if (rows.empty()) {
    fmt::print("there is no such task of {}\n", options.bureau);
    return ExitStatus::success;
  }
  fmt::print("{}", table({"id", "dataset", "title", "state", "priority", "due", "holder"}, rows));
  if (is_more) fmt::print("\nFurther ones: sluice task list … --after {}\n", place->id.value);
  return ExitStatus::success;
}

ExitStatus show_task(const Context& context, const TaskOptions& options) {
  const auto settings = context.settings();
  if (!settings) return ExitStatus::usage;
  const auto queue = open_queue(*settings);
  if (!queue) return queue.error();
  const auto found = (*queue)->find({options.id}, {});
  if (!found) return fail_of_tasks(found.error());
  if (!*found) return fail(fmt::format("there is no task {}", options.id), ExitStatus::usage);
  const auto history = whole_history(**queue, {options.id});
  if (!history) return fail_of_tasks(history.error());
  const record::Time now = installation::system_now();
  if (!options.json) {
    print_task((*found)->task, now);
    print_history(*history);
    return ExitStatus::success;
  }
  boost::json::object object = json_of((*found)->task, now);
  boost::json::array entries;
  for (const tasks::HistoryEntry& entry : *history)
    entries.push_back(json_of(entry));
  object["history"] = std::move(entries);
  fmt::print("{}\n", boost::json::serialize(object));
  return ExitStatus::success;
}

ExitStatus show_figures(const Context& context, const TaskOptions& options) {
  const auto settings = context.settings();
  if (!settings) return ExitStatus::usage;
  if (find_bureau(*settings, options.bureau) == nullptr) return ExitStatus::usage;
  const auto queue = open_queue(*settings);
  if (!queue) return queue.error();
  const record::Time now = installation::system_now();
  const auto figures = (*queue)->figures(record::BureauId(options.bureau),
                                         jobs::midnight(now, jobs::zone_of(settings->node)), now);
  if (!figures) return fail_of_tasks(figures.error());
  if (options.json) {
    fmt::print("{}\n", boost::json::serialize(json_of(*figures)));
  } else {
    print_figures(*figures, now);
  }
  return ExitStatus::success;
}

}  // namespace sluice::commands
