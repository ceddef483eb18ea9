#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <date/tz.h>
#include <fmt/format.h>

#include "commands/commands.h"
#include "commands/invoking_user.h"
#include "commands/task_listing.h"
#include "installation/system_clock.h"
#include "jobs/confined_csv.h"
#include "jobs/due_time.h"
#include "jobs/task_orders.h"
#include "jobs/task_sheet.h"
#include "people/people.h"
#include "trust/audit_log.h"

namespace sluice::commands {
namespace {

constexpr std::size_t faults_shown = 100;

// What a command that changes tasks stands on.
struct DirectedQueue {
  std::unique_ptr<installation::Installation> installation;
  std::unique_ptr<tasks::Tasks> queue;
  trust::AuditLog audit;

  [[nodiscard]] jobs::TaskDirector director() {
    const std::string user = invoking_user();
    return {.queue = *queue,
            .audit = audit,
            .actor = user,
            .name = jobs::task_user(user),
            .now = installation::system_now()};
  }
  [[nodiscard]] const settings::Settings& settings() const { return installation->settings; }
  [[nodiscard]] const date::time_zone& zone() const { return jobs::zone_of(settings().node); }
};

// Prints what is wrong where it fails. The audit log is opened before anything is done.
std::expected<DirectedQueue, ExitStatus> open_directed(const Context& context) {
  auto installation = context.installation();
  if (!installation) return std::unexpected(ExitStatus::usage);
  auto queue = open_queue(installation->settings);
  if (!queue) return std::unexpected(queue.error());
  auto audit = installation->open_audit_log();
  if (!audit) return std::unexpected(fail(record::to_string(audit.error())));
  return DirectedQueue{std::move(installation), std::move(*queue), std::move(*audit)};
}

ExitStatus wrong_word(const record::Flaw& flaw) {
  return fail(flaw.sentence, ExitStatus::usage);
}

// The same for a bureau and dataset of the command line, of which records are keyed here.
std::expected<DirectedQueue, ExitStatus> open_for_adding(const Context& context,
                                                         const TaskOptions& options) {
  auto directed = open_directed(context);
  if (!directed) return directed;
  if (find_bureau(directed->settings(), options.bureau) == nullptr) {
    return std::unexpected(ExitStatus::usage);
  }
  const auto keyed = jobs::check_is_keyed(directed->settings(), record::BureauId(options.bureau),
                                          record::DatasetId(options.dataset));
  if (!keyed) return std::unexpected(wrong_word(keyed.error()));
  return directed;
}

void print_added(const TaskOptions& options, const std::vector<tasks::Task>& added) {
  if (options.json) {
    boost::json::array ids;
    for (const tasks::Task& task : added)
      ids.emplace_back(task.id.value);
    fmt::print("{}\n", boost::json::serialize(boost::json::object{{"added", std::move(ids)}}));
  } else if (added.size() == 1) {
    fmt::print("task {} is added\n", added.front().id.value);
  } else {
    fmt::print("{} tasks are added: {} to {}\n", added.size(), added.front().id.value,
               added.back().id.value);
  }
}

ExitStatus add_one(const Context& context, const TaskOptions& options) {
  auto directed = open_for_adding(context, options);
  if (!directed) return directed.error();
  const auto priority = jobs::task_priority(options.priority.value_or(""));
  if (!priority) return wrong_word(priority.error());
  const auto due = jobs::due_time(options.due.value_or(""), directed->zone());
  if (!due) return wrong_word(record::Flaw{"--due: " + due.error().sentence});
  const std::vector<tasks::NewTask> asked = {{.bureau = record::BureauId(options.bureau),
                                              .dataset = record::DatasetId(options.dataset),
                                              .title = options.title,
                                              .origin = tasks::Origin::supervisor,
                                              .origin_text = {},
                                              .priority = *priority,
                                              .due = *due}};
  const auto added = jobs::add_tasks(directed->director(), asked);
  if (!added) return fail_of_tasks(added.error());
  print_added(options, *added);
  return ExitStatus::success;
}

ExitStatus refuse_sheet(const TaskOptions& options, const std::vector<jobs::SheetFault>& faults) {
  std::size_t shown = 0;
  for (const jobs::SheetFault& fault : faults) {
    if (shown++ == faults_shown) break;
    fmt::print(stderr, "sluice: {}{}{}: {}\n", options.file,
               fault.line == 0 ? "" : fmt::format(":{}", fault.line),
               fault.column.empty() ? "" : fmt::format(", column {}", fault.column),
               fault.sentence);
  }
  if (faults.size() > faults_shown) {
    fmt::print(stderr, "sluice: and {} faults more\n", faults.size() - faults_shown);
  }
  return fail("no task was added: correct the sheet, or say its --encoding, and import it again",
              ExitStatus::refused);
}

ExitStatus import_sheet(const Context& context, const TaskOptions& options) {
  auto directed = open_for_adding(context, options);
  if (!directed) return directed.error();
  const auto bytes = jobs::read_sheet_file(options.file);
  if (!bytes) return fail(bytes.error().sentence, ExitStatus::refused);
  using adapters::disk::Encoding;
  auto sheet = jobs::read_task_sheet(
      *bytes,
      {.bureau = record::BureauId(options.bureau),
       .dataset = record::DatasetId(options.dataset),
       .name = std::filesystem::path(options.file).filename().string(),
       .encoding = options.encoding == "gb18030" ? Encoding::gb18030 : Encoding::utf_8,
       .zone = directed->zone()},
      jobs::ConfinedCsv(own_program));
  if (!sheet) return refuse_sheet(options, sheet.error());
  if (options.again) {
    sheet->entries.clear();
  } else {
    const auto before = directed->queue->find_entry(sheet->entries.front());
    if (!before) return fail_of_tasks(before.error());
    if (*before) {
      return fail(
          fmt::format("{}: this very sheet was imported on {}, its first line is task {}; "
                      "nothing is added. If its lines are to be keyed once more: --again",
                      options.file, record::to_string((*before)->created), (*before)->id.value),
          ExitStatus::refused);
    }
  }
  const auto added = jobs::add_tasks(directed->director(), sheet->tasks, sheet->entries);
  if (!added) return fail_of_tasks(added.error());
  print_added(options, *added);
  return ExitStatus::success;
}

// For one task; else why it is not given.
using Order = std::expected<jobs::TaskOrder, record::Flaw>;

// Does the order, as it is for the task, to each that was named; one that is refused does not keep
// the others from it, but where nothing can be done at all.
template <class Make>
ExitStatus order_each(DirectedQueue& directed, const TaskOptions& options, const char* done,
                      Make make) {
  auto worst = ExitStatus::success;
  for (const std::uint64_t id : options.ids) {
    const auto found = directed.queue->find({id}, {});
    if (!found) return fail_of_tasks(found.error());
    if (!*found) {
      worst = fail(fmt::format("there is no task {}", id), ExitStatus::usage);
      continue;
    }
    const auto order = make((*found)->task);
    if (!order) {
      worst = wrong_word(order.error());
      continue;
    }
    const auto task = jobs::direct_task(directed.director(), {id}, *order);
    if (task) {
      fmt::print("task {} is {}\n", id, done);
      continue;
    }
    worst = fail_of_tasks(task.error());
    if (worst == ExitStatus::failure) break;
  }
  return worst;
}

// Prints what is wrong where it fails.
std::expected<people::Account, ExitStatus> find_account(const settings::Settings& settings,
                                                        const std::string& named) {
  const auto name = people::parse_account_name(named);
  if (!name) return std::unexpected(wrong_word(name.error()));
  const auto people = installation::open_people(settings);
  if (!people) return std::unexpected(fail(record::to_string(people.error())));
  auto account = (*people)->find(*name);
  if (!account) return std::unexpected(fail(record::to_string(account.error())));
  if (*account) return std::move(**account);
  return std::unexpected(
      fail(fmt::format("there is no account {}; `sluice user list` names them all", named),
           ExitStatus::usage));
}

ExitStatus reassign(const Context& context, const TaskOptions& options) {
  auto directed = open_directed(context);
  if (!directed) return directed.error();
  if (options.to.empty()) {
    return order_each(*directed, options, "for anyone",
                      [](const tasks::Task&) -> Order { return tasks::Reassign{}; });
  }
  const auto account = find_account(directed->settings(), options.to);
  if (!account) return account.error();
  const trust::Policy policy = installation::policy_of(directed->settings());
  return order_each(*directed, options, "given", [&](const tasks::Task& task) -> Order {
    if (auto may = jobs::check_may_be_given(policy, *account, task); !may) {
      return std::unexpected(std::move(may).error());
    }
    return tasks::Reassign{.account = {}, .to = account->name};
  });
}

ExitStatus change(const Context& context, const TaskOptions& options) {
  if (!options.priority && !options.due) {
    return fail("say what is to be changed: --priority, --due, or both", ExitStatus::usage);
  }
  auto directed = open_directed(context);
  if (!directed) return directed.error();
  tasks::ChangeIt order;
  if (options.priority) {
    const auto priority = jobs::task_priority(*options.priority);
    if (!priority) return wrong_word(priority.error());
    order.priority = *priority;
  }
  if (options.due) {
    const auto due = jobs::due_time(options.due == "never" ? "" : *options.due, directed->zone());
    if (!due) return wrong_word(record::Flaw{"--due: " + due.error().sentence + ", or `never`"});
    order.due = *due;
  }
  return order_each(*directed, options, "changed",
                    [&](const tasks::Task&) -> Order { return order; });
}

// What can not be done without a reason.
ExitStatus end_each(const Context& context, const TaskOptions& options, const char* done,
                    const jobs::TaskOrder& order) {
  if (options.reason.find_first_not_of(' ') == std::string::npos) {
    return fail("say why: whoever looks for the record later will ask", ExitStatus::usage);
  }
  auto directed = open_directed(context);
  if (!directed) return directed.error();
  return order_each(*directed, options, done, [&](const tasks::Task&) -> Order { return order; });
}

ExitStatus cancel(const Context& context, const TaskOptions& options) {
  return end_each(context, options, "cancelled",
                  tasks::CancelIt{.account = {}, .note = options.reason});
}

ExitStatus decline(const Context& context, const TaskOptions& options) {
  return end_each(
      context, options, "declined",
      tasks::DeclineDelivery{
          .account = {}, .note = options.reason, .as = tasks::DeclineDelivery::As::supervisor});
}

ExitStatus reopen(const Context& context, const TaskOptions& options) {
  auto directed = open_directed(context);
  if (!directed) return directed.error();
  return order_each(*directed, options, "in the queue again", [&](const tasks::Task&) -> Order {
    return jobs::TaskOrder(tasks::Reopen{.account = {}, .note = options.reason});
  });
}

using Run = ExitStatus (*)(const Context&, const TaskOptions&);

struct TaskGroup {
  CLI::App& app;
  Context& context;
  std::shared_ptr<TaskOptions> options = std::make_shared<TaskOptions>();

  [[nodiscard]] CLI::App& add(const char* name, const char* what, Run run) const {
    auto* command = app.add_subcommand(name, what);
    command->callback([&into = context, kept = options, run] {
      into.chosen = [&into, kept, run] { return run(into, *kept); };
    });
    return *command;
  }
};

void add_looks(const TaskGroup& group) {
  TaskOptions& options = *group.options;
  auto& listing = group.add("list", "One line a task", list_tasks);
  listing.add_option("bureau", options.bureau)->required();
  auto* state = listing.add_option("--state", options.state, "Those in this state (open)");
  auto* overdue =
      listing.add_flag("--overdue", options.overdue, "Those past their time")->excludes(state);
  listing.add_option("--holder", options.holder, "Those that this account holds")
      ->excludes(state)
      ->excludes(overdue);
  listing.add_option("--after", options.after, "Only those behind this one");
  listing.add_option("--limit", options.limit, "At most so many")->capture_default_str();
  auto& showing = group.add("show", "One task and what happened to it", show_task);
  showing.add_option("id", options.id)->required();
  auto& figures =
      group.add("figures", "How deep the queue is, and who did how much today", show_figures);
  figures.add_option("bureau", options.bureau)->required();
  for (auto* command : {&listing, &showing, &figures})
    command->add_flag("--json", options.json, "For machines");
}

void add_additions(const TaskGroup& group) {
  TaskOptions& options = *group.options;
  auto& adding = group.add("add", "Add a task: one record that is to be keyed", add_one);
  auto& importing = group.add("import", "Add a task for each line of a CSV sheet", import_sheet);
  for (auto* command : {&adding, &importing}) {
    command->add_option("bureau", options.bureau)->required();
    command->add_option("dataset", options.dataset)->required();
    command->add_flag("--json", options.json, "For machines: the numbers of the tasks");
  }
  adding.add_option("--title", options.title, "For people, such as a case number");
  importing.add_option("file", options.file, "With the columns title, priority, due")->required();
  importing.add_option("--encoding", options.encoding, "Of the file")
      ->check(CLI::IsMember({"utf-8", "gb18030"}))
      ->capture_default_str();
  importing.add_flag("--again", options.again, "Though this very sheet was imported before");
  auto& changing = group.add("change", "Give tasks another priority or due time", change);
  changing.add_option("id", options.ids)->required();
  for (auto* command : {&adding, &changing}) {
    command->add_option("--priority", options.priority, "-100 to 100, higher ones first");
    command->add_option("--due", options.due, "Such as \"2026-11-29 12:00\", at the node");
  }
}

}  // namespace

void add_task(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("task", "The tasks of manual entry (人工录入)");
  group->require_subcommand(1);
  const TaskGroup tasks{*group, context};
  TaskOptions& options = *tasks.options;
  add_looks(tasks);
  add_additions(tasks);
  auto& reassigning =
      tasks.add("reassign", "Take tasks from whoever has them, for one or for anyone", reassign);
  reassigning.add_option("--to", options.to, "The account that they are kept for");
  auto& cancelling = tasks.add("cancel", "Say of tasks that they will not be keyed", cancel);
  cancelling.add_option("--reason", options.reason, "Why, for whoever looks later")->required();
  auto& declining = tasks.add(
      "decline", "Say of delivered records that the bureau's own system does not take them",
      decline);
  declining.add_option("--reason", options.reason, "Why: it goes back to who delivers")->required();
  auto& reopening = tasks.add("reopen", "Put returned or cancelled tasks back", reopen);
  reopening.add_option("--reason", options.reason, "What is to be known; may be left out");
  for (auto* command : {&reassigning, &cancelling, &declining, &reopening})
    command->add_option("id", options.ids)->required();
}

}  // namespace sluice::commands
