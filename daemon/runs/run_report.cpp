#include "runs/run_report.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "runs/exit_status.h"
#include "runs/room_words.h"
#include "runs/run_summary.h"

namespace sluice::runs {
namespace {

// Whether the last thing it said was that the journal is full.
bool waits_for_room(const ChildEnd& end) {
  return last_line(end.errors).starts_with(waiting_for_room);
}

std::string outcome_of(const ChildEnd& end) {
  if (end.is_stopped) return "stopped";
  if (end.is_timed_out) return waits_for_room(end) ? "backlog-full" : "timed-out";
  if (end.status > 128) return "killed";
  switch (static_cast<ExitStatus>(end.status)) {
    case ExitStatus::success:
      return "succeeded";
    case ExitStatus::some_quarantined:
      return "quarantined";
    case ExitStatus::refused:
      return "refused";
    case ExitStatus::differs:
      return "differs";
    case ExitStatus::held_back:
      return "held-back";
    default:
      return "failed";
  }
}

std::string sentence_of(const ChildEnd& end, std::chrono::seconds time_limit) {
  if (end.is_timed_out && waits_for_room(end)) {
    return fmt::format("there was no room until time_limit ({} s) had passed: {}",
                       time_limit.count(), last_line(end.errors).substr(waiting_for_room.size()));
  }
  if (end.is_timed_out) {
    return fmt::format("it took longer than time_limit ({} s) and was ended", time_limit.count());
  }
  const std::string said = last_line(end.errors);
  if (end.status > 128 && !end.is_stopped) {
    return fmt::format("it was ended by signal {}{}{}", end.status - 128, said.empty() ? "" : ": ",
                       said);
  }
  return said;
}

bool found_nothing(const Run& run) {
  if (run.outcome != "succeeded") return false;
  return std::ranges::all_of(summary_lines(run), [](const boost::json::object& line) {
    return line.contains("collected") && number_of(line, "collected") == 0;
  });
}

// Whether a repair was seen to its end, and nothing differs any more.
bool is_repaired(const boost::json::object& line) {
  const auto* same = line.if_contains("same");
  return line.contains("repair") && same != nullptr && same->is_bool() && same->get_bool();
}

// What a comparison found in a dataset.
struct Found {
  std::string dataset;
  std::uint64_t missing = 0;
  std::uint64_t extra = 0;
  std::uint64_t different = 0;
  std::uint64_t all = 0;
  bool is_repaired = false;
};

std::vector<Found> found_by(const Run& run) {
  std::vector<Found> all;
  for (const boost::json::object& line : summary_lines(run)) {
    const auto* found = line.if_contains("found");
    if (found == nullptr || !found->is_object()) continue;
    const boost::json::object& counts = found->as_object();
    all.push_back({text_of(line, "dataset"), number_of(counts, "missing"),
                   number_of(counts, "extra"), number_of(counts, "different"), differences_of(line),
                   is_repaired(line)});
  }
  return all;
}

// The lines of datasets whose deletes were looked at, held back or not.
std::vector<boost::json::object> guarded_by(const Run& run) {
  std::vector<boost::json::object> lines = summary_lines(run);
  std::erase_if(lines, [](const auto& line) { return !line.contains("held_back"); });
  return lines;
}

void tell_of_differences(const Run& run, observe::Log& log) {
  for (const Found& found : found_by(run)) {
    if (found.all == 0) continue;
    log.write<"reconciliation-differs">(
        found.is_repaired ? observe::Log::Level::warning : observe::Log::Level::error,
        {{"bureau", run.job.bureau.str()},
         {"dataset", found.dataset},
         {"missing", found.missing},
         {"extra", found.extra},
         {"different", found.different},
         {"repaired", found.is_repaired ? "true" : "false"}});
  }
}

void tell_of_deletes_held_back(const Run& run, observe::Log& log) {
  for (const boost::json::object& line : guarded_by(run)) {
    const std::uint64_t held_back = number_of(line, "held_back");
    if (held_back == 0) continue;
    log.write<"deletes-held-back">({{"bureau", run.job.bureau.str()},
                                    {"dataset", text_of(line, "dataset")},
                                    {"deletes", held_back},
                                    {"of", number_of(line, "held_back_of")}});
  }
}

}  // namespace

void note_end(Run& run, const ChildEnd& end, std::chrono::seconds time_limit) {
  run.outcome = outcome_of(end);
  run.sentence = sentence_of(end, time_limit);
  run.summary = end.output;
}

void measure_last(const Run& run, observe::Metrics& metrics) {
  const std::string& bureau = run.job.bureau.str();
  if (has_succeeded(run.outcome)) {
    metrics.last_success(bureau, run.job.task)
        .Set(static_cast<double>(run.started.time_since_epoch().count()));
  }
  for (const Found& found : found_by(run))
    metrics.differences(bureau, found.dataset).Set(static_cast<double>(found.all));
  for (const boost::json::object& line : guarded_by(run)) {
    metrics.deletes_held_back(bureau, text_of(line, "dataset"))
        .Set(static_cast<double>(number_of(line, "held_back")));
  }
}

void tell_of(const Run& run, observe::Log& log, observe::Metrics& metrics) {
  const std::string& task = run.job.task;
  const auto seconds = (*run.ended - run.started).count();
  metrics.runs(run.job.bureau.str(), task, run.outcome).Increment();
  metrics.run_seconds(run.job.bureau.str(), task).Observe(static_cast<double>(seconds));
  if (is_failure(run.outcome)) {
    log.write<"run-failed">({{"bureau", run.job.bureau.str()},
                             {"task", task},
                             {"outcome", run.outcome},
                             {"seconds", seconds},
                             {"reason", run.sentence}});
  } else {
    // A poll that found nothing is no news.
    const auto level = found_nothing(run) ? observe::Log::Level::debug : observe::Log::Level::info;
    log.write<"run-ended">(level, {{"bureau", run.job.bureau.str()},
                                   {"task", task},
                                   {"outcome", run.outcome},
                                   {"seconds", seconds}});
  }
  tell_of_differences(run, log);
  tell_of_deletes_held_back(run, log);
  measure_last(run, metrics);
}

}  // namespace sluice::runs
