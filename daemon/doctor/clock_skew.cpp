#include "doctor/clock_skew.h"

#include <algorithm>

#include <fmt/format.h>

namespace sluice::doctor {
namespace {

constexpr std::chrono::seconds worth_a_word{10};

std::string as_text(std::chrono::milliseconds length) {
  if (length < std::chrono::minutes(2)) {
    return fmt::format("{:.1f} s", std::chrono::duration<double>(length).count());
  }
  if (length < std::chrono::hours(2)) {
    return fmt::format("{} min", std::chrono::round<std::chrono::minutes>(length).count());
  }
  return fmt::format("{:.1f} h", std::chrono::duration<double, std::ratio<3600>>(length).count());
}

}  // namespace

Finding judge_clock(const ClockReading& reading, const std::string& whose, const std::string& about,
                    std::chrono::milliseconds tolerance) {
  const auto middle = reading.asked + (reading.answered - reading.asked) / 2;
  const auto ahead = middle - reading.told;
  const auto apart = ahead < ahead.zero() ? -ahead : ahead;
  // What lies within the time that the question took may be no difference at all.
  const auto unsure = (reading.answered - reading.asked) / 2;
  if (apart <= worth_a_word + unsure) {
    return ok(about, fmt::format("this clock and {}'s agree within {}", whose,
                                 as_text(std::max(apart, std::chrono::milliseconds(100)))));
  }
  const std::string told = fmt::format("this clock is {} {} {}'s", as_text(apart),
                                       ahead > ahead.zero() ? "ahead of" : "behind", whose);
  const char* remedy =
      "set both by one source: `timedatectl status`, `chronyc tracking`; docs/operations.md "
      "(Certificates) says what becomes of batches that were sealed meanwhile";
  if (apart > tolerance) {
    return wrong(about,
                 fmt::format("{}; more than the {} that `node.clock_tolerance` allows", told,
                             as_text(tolerance)),
                 remedy);
  }
  return warning(about, told, remedy);
}

}  // namespace sluice::doctor
