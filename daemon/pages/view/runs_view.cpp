#include "pages/view/runs_view.h"

#include <algorithm>

#include <fmt/format.h>

#include "pages/view/chart.h"
#include "pages/view/outcome.h"
#include "pages/view/paths.h"

namespace sluice::pages {
namespace {

constexpr Box chart_box{.width = 480, .height = 80};
constexpr std::size_t chart_places = 30;

std::chrono::milliseconds length(const RunRow& row, record::Time now) {
  return row.ended.value_or(now) - row.started;
}

std::optional<std::string> figure(const std::optional<std::uint64_t>& number,
                                  const Wording& words) {
  if (!number) return std::nullopt;
  return words.number(*number);
}

Values run_values(const RunRow& row, record::Time now, const Wording& words) {
  const bool is_running = row.outcome.empty();
  Values values;
  values.text("bureau", row.bureau)
      .text("bureau_name", row.bureau_name)
      .text("task", words.word("task.", row.task))
      .text("reason", words.word("run-reason.", row.reason))
      .part("started", words.at(row.started))
      .text("duration", words.duration(length(row, now)))
      .text("rows", figure(row.rows, words))
      .text("failed", row.failed.value_or(0) > 0 ? figure(row.failed, words) : std::nullopt)
      .text("outcome",
            is_running ? words.text("standing.running") : words.word("outcome.", row.outcome))
      .text("outcome_mark", outcome_mark(row.outcome))
      .said("sentence", {{}, row.sentence});
  return values;
}

Values steered_values(const SteeredBureau& steered, const Wording& words) {
  const std::string path = runs_path_of(steered.bureau);
  return Values()
      .text("bureau", steered.bureau)
      .text("bureau_name", steered.bureau_name)
      .when("is_paused", steered.is_paused)
      .text("standing", words.text(steered.is_paused ? "standing.paused" : "standing.waiting"))
      .text("standing_mark", steered.is_paused ? "held" : "good")
      .text("run_path", path + "/run")
      .text("pause_path", path + "/pause")
      .text("resume_path", path + "/resume");
}

// One drawing: bars of one figure of each run, with what the largest is.
Values chart_values(const std::string& name, const std::vector<ChartedRun>& runs,
                    const std::vector<std::uint64_t>& figures, const std::string& largest,
                    const Wording& words) {
  const std::vector<Bar> drawn = bars(figures, chart_box, chart_places);
  std::vector<Values> shapes;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    shapes.push_back(Values()
                         .text("x", drawn[i].x)
                         .text("y", drawn[i].y)
                         .text("width", drawn[i].width)
                         .text("height", drawn[i].height)
                         .text("mark", outcome_mark(runs[i].outcome)));
  }
  return Values()
      .text("chart_title", words.text(name))
      .text("largest", largest)
      .list("bars", shapes);
}

std::optional<Values> charts_values(const std::vector<ChartedRun>& runs, const Wording& words) {
  if (runs.size() < 2) return std::nullopt;
  std::vector<std::uint64_t> durations;
  std::vector<std::uint64_t> rows;
  for (const ChartedRun& run : runs) {
    durations.push_back(
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, run.duration.count())));
    rows.push_back(run.rows);
  }
  const std::chrono::milliseconds longest(*std::ranges::max_element(durations));
  std::vector<Values> charts = {
      chart_values("runs.durations", runs, durations, words.duration(longest), words)};
  // Of a comparison no rows are counted: a drawing without a bar would say nothing.
  if (const auto most = *std::ranges::max_element(rows); most > 0)
    charts.push_back(chart_values("runs.row-counts", runs, rows, words.number(most), words));
  return Values()
      .text("first", words.moment(runs.front().started))
      .text("last", words.moment(runs.back().started))
      .text("run_count", words.number(runs.size()))
      .list("charts", charts);
}

}  // namespace

std::string runs_page(const Pages& pages, const Frame& frame, const RunsView& view) {
  const Wording words = pages.wording(frame);
  Values values;
  values.text("action", view.bureau ? runs_path_of(*view.bureau) : std::string(runs_path))
      .when("chooses_bureau", !view.bureaus.empty())
      .list("bureaus", choice_values(view.bureaus, {}, words))
      .list("tasks", choice_values(view.tasks, "task.", words))
      .list("outcomes", choice_values(view.outcomes, "outcome.", words))
      .list("steered",
            each(view.steered,
                 [&](const SteeredBureau& steered) { return steered_values(steered, words); }))
      .when("may_steer", !view.steered.empty())
      .part("chart", charts_values(view.charted, words))
      .list("runs",
            each(view.rows, [&](const RunRow& row) { return run_values(row, frame.now, words); }))
      .when("has_runs", !view.rows.empty())
      .part("turning", turning_values(view.turning));
  return pages.document("runs", frame, words.text("runs.title"), values);
}

}  // namespace sluice::pages
