// One look at one matter of a node. It changes nothing there: what it must write to find out, it
// takes away again.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "doctor/finding.h"

namespace sluice::doctor {

struct Check {
  std::string name;                // for machines, and for others that need it: "clock"
  std::string group;               // the heading that it stands under: "The center"
  std::string about;               // said of it where it does not come to look
  std::vector<std::string> needs;  // names of earlier checks: where one of them is wrong or was
                                   // skipped, this one is skipped
  std::chrono::milliseconds limit = std::chrono::seconds(10);
  // On a thread of its own, which is left alone when the limit has passed: what it refers to must
  // be its own. At least one finding.
  std::function<Findings()> look;
};

}  // namespace sluice::doctor
