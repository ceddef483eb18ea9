#include "pages/runs_pages.h"

#include <algorithm>
#include <array>
#include <ranges>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "pages/answer.h"
#include "pages/view/paths.h"
#include "record/try.h"
#include "runs/run_summary.h"

namespace sluice::pages {
namespace {

using runs::Scheduler;
using server::Response;
using trust::PersonalRight;

constexpr std::size_t runs_a_page = 50;
constexpr std::size_t charted_runs = 60;

// As runs::Run says them; that of a run under way is empty.
constexpr std::array<std::string_view, 11> outcomes = {
    "succeeded", "quarantined",  "differs", "held-back", "refused", "failed",
    "timed-out", "backlog-full", "killed",  "stopped",   "lost"};

struct Order {
  std::string_view path;
  std::string_view name;    // in the audit log
  std::string_view notice;  // of the texts
  Scheduler::Order order;
};
constexpr std::array<Order, 3> orders = {
    {{"run", "run", "run-asked", Scheduler::Order::run_now},
     {"pause", "pause", "paused", Scheduler::Order::pause},
     {"resume", "resume", "resumed", Scheduler::Order::resume}}};

runs::RunFilter filter_of(const Visit& visit, const std::vector<record::BureauId>& seen,
                          bool sees_all) {
  runs::RunFilter filter;
  const std::string bureau(visit.request.parameter("bureau").empty()
                               ? visit.query.value("bureau")
                               : visit.request.parameter("bureau"));
  const record::BureauId asked{bureau};
  if (std::ranges::find(seen, asked) != seen.end()) {
    filter.bureau = asked;
  } else if (!sees_all) {
    filter.bureau = seen.front();
  }
  if (const std::string task(visit.query.value("task")); !task.empty()) filter.task = task;
  if (const std::string outcome(visit.query.value("outcome")); !outcome.empty()) {
    filter.outcome = outcome;
  }
  filter.before = whole_number(visit.query.value("before"));
  return filter;
}

std::string address_of(const runs::RunFilter& filter, std::int64_t before) {
  return fmt::format("{}?bureau={}&task={}&outcome={}&before={}", runs_path,
                     filter.bureau ? percent_encoded(filter.bureau->str()) : "",
                     filter.task ? percent_encoded(*filter.task) : "",
                     filter.outcome ? percent_encoded(*filter.outcome) : "", before);
}

RunRow row_of(const runs::Run& run, const std::string& bureau_name) {
  const runs::RunFigures figures = runs::figures_of(run);
  RunRow row{.bureau = run.job.bureau.str(),
             .bureau_name = bureau_name,
             .task = run.job.task,
             .reason = run.reason,
             .started = run.started,
             .ended = run.ended,
             .rows = std::nullopt,
             .failed = std::nullopt,
             .outcome = run.outcome,
             .sentence = run.sentence};
  if (figures.datasets == 0) return row;
  row.rows = figures.rows + figures.compared;
  row.failed = figures.quarantined;
  return row;
}

std::vector<ChartedRun> charted(const std::vector<runs::Run>& runs) {
  std::vector<ChartedRun> chart;
  for (const runs::Run& run : runs | std::views::reverse) {
    if (!run.took()) continue;
    const runs::RunFigures figures = runs::figures_of(run);
    chart.push_back({.started = run.started,
                     .duration = *run.took(),
                     .rows = figures.rows + figures.compared,
                     .outcome = run.outcome});
  }
  return chart;
}

template <class Values>
std::vector<Choice> choices(const Values& values, const std::optional<std::string>& chosen) {
  std::vector<Choice> all{{.value = {}, .label = {}, .is_chosen = !chosen}};
  for (const auto& value : values)
    all.push_back({.value = std::string(value), .label = {}, .is_chosen = chosen == value});
  return all;
}

// What of the history one page shows.
struct Shown {
  std::vector<runs::Run> rows;   // one more than a page has, where there are more
  std::vector<runs::Run> chart;  // of one bureau and one task
};
std::expected<Shown, runs::HistoryFailure> read(const std::filesystem::path& file,
                                                const runs::RunFilter& filter) {
  auto history = SLUICE_TRY(runs::RunHistory::open_if_there(file));
  if (!history) return Shown{};
  Shown shown{SLUICE_TRY(history->find(filter, runs_a_page + 1)), {}};
  if (!filter.bureau || shown.rows.empty()) return shown;
  runs::RunFilter same{.bureau = filter.bureau,
                       .task = filter.task.value_or(shown.rows.front().job.task),
                       .outcome = std::nullopt,
                       .before = std::nullopt};
  shown.chart = SLUICE_TRY(history->find(same, charted_runs));
  return shown;
}

}  // namespace

std::vector<Page> RunsPages::routes() {
  using server::Method;
  const Access seeing{.rights = {PersonalRight::see_runs}};
  const auto answer = [this](const Visit& visit) { return show(visit); };
  const std::string of_bureau = std::string(runs_path) + "/{bureau}";
  std::vector<Page> pages{{.path = std::string(runs_path), .access = seeing, .answer = answer},
                          {.path = of_bureau, .access = seeing, .answer = answer}};
  for (const Order& order : orders) {
    pages.push_back(
        {.method = Method::post,
         .path = fmt::format("{}/{}", of_bureau, order.path),
         .access = {.rights = {PersonalRight::steer_runs}},
         .answer = [this, which = order.order](const Visit& visit) { return obey(visit, which); }});
  }
  return pages;
}

std::vector<SteeredBureau> RunsPages::steered(const Visit& visit,
                                              const runs::RunFilter& filter) const {
  std::vector<SteeredBureau> all;
  for (const runs::JobStatus& job : surroundings_.scheduler.status()) {
    const record::BureauId& id = job.name.bureau;
    const bool is_listed = std::ranges::find(all, id.str(), &SteeredBureau::bureau) != all.end();
    if (is_listed || (filter.bureau && *filter.bureau != id)) continue;
    if (!surroundings_.policy.may(visit.account().assignment, PersonalRight::steer_runs, id)) {
      continue;
    }
    all.push_back({.bureau = id.str(),
                   .bureau_name = surroundings_.installation.settings.bureaus.at(id).name,
                   .is_paused = job.is_paused});
  }
  return all;
}

Response RunsPages::show(const Visit& visit) const {
  const auto& bureaus = surroundings_.installation.settings.bureaus;
  const auto seen = entrance_.bureaus_for(visit.account().assignment, PersonalRight::see_runs);
  const runs::RunFilter filter = filter_of(visit, seen, seen.size() == bureaus.size());
  auto shown = read(surroundings_.installation.paths.run_history(), filter);
  if (!shown) return entrance_.failed(visit, record::to_string(shown.error()));
  RunsView view;
  if (filter.bureau) view.bureau = filter.bureau->str();
  for (const record::BureauId& id : seen) {
    view.bureaus.push_back(
        {.value = id.str(), .label = bureaus.at(id).name, .is_chosen = filter.bureau == id});
  }
  if (seen.size() > 1) {
    view.bureaus.insert(view.bureaus.begin(),
                        {.value = {}, .label = {}, .is_chosen = !filter.bureau});
  }
  std::set<std::string> tasks{"collect", "reconcile"};
  if (filter.task) tasks.insert(*filter.task);
  view.tasks = choices(tasks, filter.task);
  view.outcomes = choices(outcomes, filter.outcome);
  view.steered = steered(visit, filter);
  view.charted = charted(shown->chart);
  if (shown->rows.size() > runs_a_page) {
    shown->rows.pop_back();
    view.turning.next_path = address_of(filter, shown->rows.back().id);
  }
  for (const runs::Run& run : shown->rows) {
    const auto known = bureaus.find(run.job.bureau);
    view.rows.push_back(
        row_of(run, known == bureaus.end() ? run.job.bureau.str() : known->second.name));
  }
  return document(visit.request, runs_page(pages_, entrance_.frame(visit, "runs"), view));
}

Response RunsPages::obey(const Visit& visit, Scheduler::Order order) const {
  const record::BureauId bureau{std::string(visit.request.parameter("bureau"))};
  const auto* const said = std::ranges::find(orders, order, &Order::order);
  if (!surroundings_.scheduler.obey(bureau, order)) return entrance_.missing(visit);
  const auto noted = surroundings_.audit.append({"jobs-steered",
                                                 {{"actor", account_actor(visit)},
                                                  {"bureau", bureau.str()},
                                                  {"order", std::string(said->name)}}});
  if (!noted) return entrance_.failed(visit, record::to_string(noted.error()));
  return redirection(fmt::format("{}?done={}", runs_path_of(bureau.str()), said->notice));
}

}  // namespace sluice::pages
