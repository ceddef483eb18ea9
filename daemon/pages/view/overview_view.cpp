#include "pages/view/overview_view.h"

#include <algorithm>

#include <fmt/format.h>

#include "pages/view/chart.h"
#include "pages/view/outcome.h"
#include "pages/view/paths.h"

namespace sluice::pages {
namespace {

constexpr Box spark_box{.width = 120, .height = 20};

Values alarm_values(const Alarm& alarm, const Wording& words) {
  const auto told = [&](const std::string& key) {
    return words.text(key, {{"figure", alarm.figure}});
  };
  return Values()
      .when("is_bad", alarm.is_bad)
      .text("whom", if_any(alarm.whom))
      .text("what", told("alarm." + alarm.name))
      .text("what_to_do", told("alarm." + alarm.name + ".do"))
      .said("reason", {{}, alarm.reason})
      .text("more", alarm.path)
      .part("since", words.since(alarm.since));
}

std::string mode_names(const std::vector<record::Mode>& modes, const Wording& words) {
  std::string names;
  for (const record::Mode mode : modes) {
    if (!names.empty()) names += words.text("frame.roles-separator");
    names += words.word("mode.", record::to_string(mode));
  }
  return names;
}

// The line of the last day; what failed in an hour is a mark above it.
std::optional<Values> spark_values(const std::vector<HourTally>& hours, const Wording& words) {
  if (hours.size() < 2) return std::nullopt;
  std::vector<std::uint64_t> rows;
  std::uint64_t sum = 0;
  std::uint64_t failed = 0;
  for (const HourTally& hour : hours) {
    rows.push_back(hour.rows);
    sum += hour.rows;
    failed += hour.failed;
  }
  std::vector<Values> marks;
  const double step = spark_box.width / static_cast<double>(hours.size());
  for (std::size_t i = 0; i < hours.size(); ++i) {
    if (hours[i].failed > 0)
      marks.push_back(Values()
                          .text("x", fmt::format("{:.1f}", step * static_cast<double>(i)))
                          .text("width", fmt::format("{:.1f}", step)));
  }
  return Values()
      .text("line", line_path(rows, spark_box))
      .list("marks", marks)
      .text("spark_sum", words.number(sum))
      .text("spark_most", words.number(*std::ranges::max_element(rows)))
      .text("spark_failed", words.number(failed));
}

struct StateWord {
  std::string_view name;
  std::string_view mark;  // the style sheet's class
};
StateWord word_of(StreamState state) {
  switch (state) {
    case StreamState::normal:
      return {"normal", "good"};
    case StreamState::attention:
      return {"attention", "held"};
    case StreamState::stopped:
      return {"stopped", "stopped"};
    case StreamState::unreadable:
      return {"unreadable", "stopped"};
  }
  return {};
}

Values stream_values(const StreamRow& row, const OverviewView& view, const Wording& words) {
  const StateWord state = word_of(row.state);
  const bool has_link = view.may_see_quarantine && row.quarantine_waiting.value_or(0) > 0;
  // The rows of another node's stream are not here, their figures are.
  const std::string quarantine =
      row.quarantine_as_of ? std::string(quarantine_path) : quarantine_path_of(row.bureau);
  Values values;
  values.text("bureau", row.bureau)
      .text("bureau_name", row.bureau_name)
      .text("modes", mode_names(row.modes, words))
      .text("last_batch",
            row.last_batch ? std::optional(words.number(*row.last_batch)) : std::nullopt)
      .text("acknowledged",
            row.acknowledged ? std::optional(words.number(*row.acknowledged)) : std::nullopt)
      .part("epoch", words.at(row.epoch))
      .text("backlog", words.number(row.backlog_batches))
      .when("has_backlog", row.backlog_batches > 0)
      .text("backlog_bytes", words.bytes(row.backlog_bytes))
      .part("backlog_oldest", words.since(row.backlog_oldest))
      .text("quarantine", row.quarantine_waiting
                              ? std::optional(words.number(*row.quarantine_waiting))
                              : std::nullopt)
      .text("quarantine_link", has_link ? std::optional(quarantine) : std::nullopt)
      .part("quarantine_as_of", words.since(row.quarantine_as_of))
      .when("is_quarantine_old", row.is_quarantine_old)
      .part("spark", spark_values(row.last_day, words))
      .text("lag", row.lag ? std::optional(words.duration(*row.lag)) : std::nullopt)
      .text("state", words.word("state.", state.name))
      .text("state_mark", state.mark)
      .said("reason", {{}, row.reason});
  return values;
}

// What a job is doing, as a word with the style sheet's mark.
StateWord standing_of(const JobRow& row) {
  if (row.is_paused) return {"paused", "held"};
  if (row.running_since) return {"running", "running"};
  if (!row.held_back.empty()) return {"held-back", "held"};
  return {"waiting", "good"};
}

Values job_values(const JobRow& row, const OverviewView& view, const Wording& words) {
  const StateWord standing = standing_of(row);
  Values values;
  values.text("bureau", row.bureau)
      .text("bureau_name", row.bureau_name)
      .text("task", words.word("task.", row.task))
      .text("task_id", row.task)
      .text("runs_link", view.may_see_runs ? std::optional(runs_path_of(row.bureau)) : std::nullopt)
      .text("schedule", row.schedule)
      .text("standing", words.word("standing.", standing.name))
      .text("standing_mark", standing.mark)
      .part("running_since", words.lasting(row.running_since))
      .said("held_back", {{}, row.held_back})
      .text("outcome",
            row.outcome.empty() ? std::nullopt : std::optional(words.word("outcome.", row.outcome)))
      .text("outcome_mark", outcome_mark(row.outcome))
      .part("ended", words.since(row.ended))
      .part("next", words.at(row.next));
  return values;
}

Values link_values(const LinkRow& row, const Wording& words) {
  const bool is_held_back = row.held_back_since.has_value();
  return Values()
      .text("bureau", row.bureau)
      .text("bureau_name", row.bureau_name)
      .text("state", words.word("link.", is_held_back ? "held-back" : "up"))
      .text("state_mark", is_held_back ? "held" : "good")
      .part("held_back_since", words.lasting(row.held_back_since))
      .said("reason", {{}, is_held_back ? row.reason : std::string()})
      .part("last_receipt", words.since(row.last_receipt));
}

StateWord disk_state(const DiskFacts& disk) {
  switch (disk.state) {
    case DiskFacts::State::is_short:
      return {"short", "held"};
    case DiskFacts::State::not_trusted:
      return {"not-trusted", "stopped"};
    case DiskFacts::State::good:
      break;
  }
  return {"good", "good"};
}

std::optional<Values> disk_values(const NodeFacts& node, const Wording& words) {
  if (!node.disk) return std::nullopt;
  const StateWord state = disk_state(*node.disk);
  return Values()
      .text("state", words.word("disk.", state.name))
      .text("state_mark", state.mark)
      .text("room",
            words.text("overview.disk-room", {{"free", words.bytes(node.disk->free_bytes)},
                                              {"reserve", words.bytes(node.disk->reserve_bytes)}}));
}

std::optional<std::string> port_text(const std::optional<std::uint16_t>& port) {
  if (!port) return std::nullopt;
  return std::to_string(*port);
}

std::optional<Values> uplink_values(const NodeFacts& node) {
  if (!node.uplink) return std::nullopt;
  std::vector<Values> addresses;
  for (const std::string& address : *node.uplink)
    addresses.push_back(Values().text("address", address));
  return Values().list("addresses", addresses);
}

}  // namespace

std::string overview_page(const Pages& pages, const Frame& frame, const OverviewView& view) {
  const Wording words = pages.wording(frame);
  Values values;
  values.text("refresh_path", fmt::format("{}?refresh=1", overview_path))
      .text("now_text", words.moment(frame.now))
      .list("alarms",
            each(view.alarms, [&](const Alarm& alarm) { return alarm_values(alarm, words); }))
      .when("has_alarms", !view.alarms.empty())
      .list("streams", each(view.streams,
                            [&](const StreamRow& row) { return stream_values(row, view, words); }))
      .when("has_streams", !view.streams.empty())
      .text("stream_count", words.number(view.streams.size()))
      .list("jobs",
            each(view.jobs, [&](const JobRow& row) { return job_values(row, view, words); }))
      .when("has_jobs", !view.jobs.empty())
      .list("links", each(view.links, [&](const LinkRow& row) { return link_values(row, words); }))
      .when("has_links", !view.links.empty())
      .part("uplink", uplink_values(view.node))
      .text("node_name", view.node.name)
      .text("node_version", view.node.version)
      .part("node_started", words.at(view.node.started))
      .text("node_port", port_text(view.node.api_port))
      .text("node_pages_port", port_text(view.node.pages_port))
      .part("node_certificate_ends", words.at(view.node.certificate_ends))
      .part("node_disk", disk_values(view.node, words))
      .text("more_path", view.more_path);
  return pages.document("overview", frame, words.text("overview.title"), values);
}

}  // namespace sluice::pages
