#include "schedule/schedule.h"

#include <algorithm>

namespace sluice::schedule {
namespace {

constexpr int minutes_in_week = 7 * 24 * 60;

bool is_dark(const std::vector<Blackout>& blackouts, Moment moment, const date::time_zone& zone) {
  return std::ranges::any_of(
      blackouts, [&](const Blackout& blackout) { return covers(blackout, moment, zone); });
}

// The first moment from this one on that no blackout covers; blackouts end on the minute.
Moment past_blackouts(const Schedule& schedule, Moment moment, const date::time_zone& zone) {
  for (int i = 0; i < minutes_in_week && is_dark(schedule.blackouts, moment, zone); ++i) {
    moment = date::floor<std::chrono::minutes>(moment) + std::chrono::minutes(1);
  }
  return moment;
}

std::chrono::seconds back_off(const Schedule& schedule, std::uint32_t failures, double chance) {
  constexpr std::uint32_t most_doublings = 20;
  const std::int64_t factor = std::int64_t{1} << std::min(failures - 1, most_doublings);
  const auto full = std::min(schedule.retry_first * factor, schedule.retry_longest);
  // Between half of it and all of it, so that those that failed together do not come together.
  return std::chrono::seconds(
      static_cast<std::int64_t>(static_cast<double>(full.count()) * (0.5 + chance / 2)));
}

}  // namespace

Moment first_allowed(const Schedule& schedule, Moment moment) {
  return past_blackouts(schedule, moment, *date::locate_zone(schedule.time_zone));
}

bool leaves_no_time(const std::vector<Blackout>& blackouts) {
  // In a zone whose every week is as long as the others.
  const date::time_zone& zone = *date::locate_zone("UTC");
  for (int minute = 0; minute < minutes_in_week; ++minute) {
    if (!is_dark(blackouts, Moment(std::chrono::minutes(minute)), zone)) return false;
  }
  return true;
}

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::scheduled:
      return "scheduled";
    case Reason::missed:
      return "missed";
    case Reason::retry:
      break;
  }
  return "retry";
}

NextRun next_run(const Schedule& schedule, const Past& past, Moment since, double chance) {
  const date::time_zone& zone = *date::locate_zone(schedule.time_zone);
  const std::chrono::seconds late{
      static_cast<std::int64_t>(static_cast<double>(schedule.jitter.count()) * chance)};
  // Something that never ran runs when it first can: an interval begins with a run.
  const bool is_interval = std::holds_alternative<Every>(schedule.run);
  Moment regular = past.started  ? next_after(schedule.run, *past.started, zone)
                   : is_interval ? since
                                 : next_after(schedule.run, since, zone);
  Reason reason = Reason::scheduled;
  // While nobody looked, a regular time went by.
  if (regular < since) {
    reason = Reason::missed;
    regular = schedule.missed == Missed::once ? since : next_after(schedule.run, since, zone);
    if (schedule.missed == Missed::skip) reason = Reason::scheduled;
  }
  NextRun next{past_blackouts(schedule, regular + late, zone), reason};
  if (past.failures > 0) {
    const Moment retry =
        std::max(past.started.value_or(since), since) + back_off(schedule, past.failures, chance);
    const Moment allowed = past_blackouts(schedule, retry, zone);
    if (allowed < next.at) next = {allowed, Reason::retry};
  }
  return next;
}

}  // namespace sluice::schedule
