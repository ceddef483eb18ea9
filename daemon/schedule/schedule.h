// When a bureau's database is collected from, and what happens after a run that failed or was
// missed: pure decisions, the clock and chance come from outside.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schedule/blackout.h"
#include "schedule/cron.h"

namespace sluice::schedule {

// After a time in which nothing could run: once, as soon as possible; or not until the next time.
enum class Missed { once, skip };

struct Schedule {
  Cron run = Every{std::chrono::minutes(5)};
  std::string written = "@every 5m";  // as the configuration has it
  std::string time_zone = "Asia/Shanghai";
  std::vector<Blackout> blackouts;
  std::chrono::seconds jitter{0};  // each run comes later by up to this
  Missed missed = Missed::once;
  std::chrono::seconds time_limit = std::chrono::minutes(10);
  std::chrono::seconds cpu_limit{0};  // 0: none
  std::uint64_t memory_limit = std::uint64_t{512} << 20;
  // A run that failed is tried again after `first`, then twice that …, at most `longest`.
  std::chrono::seconds retry_first{10};
  std::chrono::seconds retry_longest = std::chrono::minutes(10);
  friend bool operator==(const Schedule&, const Schedule&) = default;
};

// What has been so far; nothing where it never ran.
struct Past {
  std::optional<Moment> started;  // the last run; nothing also where nobody knows when
  std::uint32_t failures = 0;     // in a row, up to it
};

// The first moment from this one on that lies in no blackout; the moment itself where none covers
// it.
[[nodiscard]] Moment first_allowed(const Schedule& schedule, Moment moment);

// Whether these hours together are the whole week: what they are for would never run.
[[nodiscard]] bool leaves_no_time(const std::vector<Blackout>& blackouts);

enum class Reason { scheduled, missed, retry };
[[nodiscard]] std::string_view to_string(Reason reason);

struct NextRun {
  Moment at;
  Reason reason = Reason::scheduled;
};

// When it runs next; a time that lies in the past is due at once. `chance` is from 0 (inclusive)
// to 1. A retry never comes later than the next regular time; one that is due in a blackout comes
// at its end. `since`: when this schedule began to count (the daemon's start, or an operator's
// resume).
[[nodiscard]] NextRun next_run(const Schedule& schedule, const Past& past, Moment since,
                               double chance);

}  // namespace sluice::schedule
