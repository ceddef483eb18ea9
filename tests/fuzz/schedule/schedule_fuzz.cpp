// What a person writes as `run` or `blackout`: read or refused, and what was read comes in order.
#include <array>
#include <cstdint>
#include <string_view>

#include "schedule/schedule.h"
#include "tests/fuzz/record/demand.h"

namespace {

using namespace sluice::schedule;
using sluice::fuzz::demand;

const std::array zones = {date::locate_zone("America/New_York"),
                          date::locate_zone("Asia/Shanghai")};

void try_run(std::string_view text) {
  const auto cron = parse_cron(text);
  if (!cron) {
    demand(!cron.error().found.empty() && !cron.error().expected.empty(),
           "a refusal says what was found and what was expected");
    return;
  }
  const bool is_interval = std::holds_alternative<Every>(*cron);
  for (const date::time_zone* zone : zones) {
    // The night in which New York's clocks go back.
    Moment moment = date::sys_days(date::year(2026) / 10 / 31);
    for (int i = 0; i < 20; ++i) {
      const Moment next = next_after(*cron, moment, *zone);
      demand(next < Moment::max(), "what was read comes");
      demand(next > moment, "time goes on");
      demand(is_interval || next_after(*cron, next - std::chrono::seconds(1), *zone) == next,
             "a time is the next one of the moment before it");
      moment = next;
    }
  }
}

void try_blackout(std::string_view text) {
  const auto blackout = parse_blackout(text);
  if (!blackout) {
    demand(!blackout.error().found.empty() && !blackout.error().expected.empty(),
           "a refusal says what was found and what was expected");
    return;
  }
  demand(blackout->week_days.any(), "a blackout has a day");
  const Moment now = date::sys_days(date::year(2026) / 11 / 1) + std::chrono::seconds(17);
  Schedule schedule;
  schedule.blackouts = {*blackout};
  for (const date::time_zone* zone : zones) {
    schedule.time_zone = zone->name();
    const Moment at = next_run(schedule, {}, now, 0).at;
    demand(at >= now, "a blackout ends later");
    demand(leaves_no_time(schedule.blackouts) || !covers(*blackout, at, *zone),
           "nothing runs in a blackout");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_run(text);
  try_blackout(text);
  return 0;
}
