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

void tell_of_differences(const Run& run, observe::Log& log, observe::Metrics& metrics) {
  for (const boost::json::object& line : summary_lines(run)) {
    const auto* found = line.if_contains("found");
    if (found == nullptr || !found->is_object()) continue;
    const boost::json::object& counts = found->as_object();
    const std::uint64_t missing = number_of(counts, "missing");
    const std::uint64_t extra = number_of(counts, "extra");
    const std::uint64_t different = number_of(counts, "different");
    const std::string dataset = text_of(line, "dataset");
    const std::uint64_t all = differences_of(line);
    metrics.differences(run.job.bureau.str(), dataset).Set(static_cast<double>(all));
    if (all == 0) continue;
    const bool repaired = is_repaired(line);
    log.write<"reconciliation-differs">(
        repaired ? observe::Log::Level::warning : observe::Log::Level::error,
        {{"bureau", run.job.bureau.str()},
         {"dataset", dataset},
         {"missing", missing},
         {"extra", extra},
         {"different", different},
         {"repaired", repaired ? "true" : "false"}});
  }
}

void tell_of_deletes_held_back(const Run& run, observe::Log& log, observe::Metrics& metrics) {
  for (const boost::json::object& line : summary_lines(run)) {
    if (!line.contains("held_back")) continue;
    const std::uint64_t held_back = number_of(line, "held_back");
    const std::string dataset = text_of(line, "dataset");
    metrics.deletes_held_back(run.job.bureau.str(), dataset).Set(static_cast<double>(held_back));
    if (held_back == 0) continue;
    log.write<"deletes-held-back">({{"bureau", run.job.bureau.str()},
                                    {"dataset", dataset},
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
  tell_of_differences(run, log, metrics);
  tell_of_deletes_held_back(run, log, metrics);
}

}  // namespace sluice::runs
