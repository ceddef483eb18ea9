// This machine's clock beside another one's: what a difference means for sealing and for
// watermarks.
#pragma once

#include <chrono>
#include <string>

#include "doctor/finding.h"
#include "record/time.h"

namespace sluice::doctor {

// When the other clock was asked, and when its answer was there, by ours; the other's is taken to
// be of the middle.
struct ClockReading {
  record::Time asked;
  record::Time answered;
  record::Time told;
};

// Wrong beyond `tolerance` (`node.clock_tolerance`: a center takes no batch that was sealed so far
// in its future), worth a warning beyond ten seconds. `whose`: "the center".
[[nodiscard]] Finding judge_clock(const ClockReading& reading, const std::string& whose,
                                  const std::string& about, std::chrono::milliseconds tolerance);

}  // namespace sluice::doctor
