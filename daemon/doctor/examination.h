// Carries checks out: beside each other where they can be, none for longer than it may, and told in
// their order. One that hangs (a disk, a server that says nothing) costs its own line and no other.
#pragma once

#include <functional>
#include <vector>

#include "doctor/check.h"

namespace sluice::doctor {

struct Examined {
  Verdict worst = Verdict::ok;
  // A check did not end: its thread is still there, and the process is to be ended without asking
  // it.
  bool is_cut_short = false;
};

using TellFindings = std::function<void(const Check&, const Findings&)>;

// `tell` is called once a check, on this thread, as soon as those before it are told.
[[nodiscard]] Examined examine(const std::vector<Check>& checks, const TellFindings& tell);

}  // namespace sluice::doctor
