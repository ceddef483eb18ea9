// What the exit statuses of the command, and so of its jobs, mean: scripts rely on them. The table
// in docs/operations.md is made from this.
#pragma once

#include <string_view>

namespace sluice::runs {

enum class ExitStatus : int {
  success = 0,
  failure = 1,
  usage = 2,
  some_quarantined = 3,
  refused = 4,
  differs = 5,
  held_back = 6,
  not_applied = 7,
  unwell = 8,
};

// For people, in Markdown; empty for a number that is none of them. The compiler complains of a
// status that is left out.
[[nodiscard]] constexpr std::string_view meaning(ExitStatus status) {
  switch (status) {
    case ExitStatus::success:
      return "everything was accepted";
    case ExitStatus::failure:
      return "it could not be done: disk, database, network";
    case ExitStatus::usage:
      return "the command line or the configuration is wrong, or the state is of a later version";
    case ExitStatus::some_quarantined:
      return "done, but rows are in the quarantine";
    case ExitStatus::refused:
      return "refused: the source is at fault, nothing after the place named was taken";
    case ExitStatus::differs:
      return "`reconcile`: the two sides are not the same";
    case ExitStatus::held_back:
      return "`collect`: done, but deletes are held back until an operator has looked";
    case ExitStatus::not_applied:
      return "`import`, `collect`: all is durable in the journal, and not all of it in the central "
             "store when the time of `--wait` had passed, or no `sluiced` runs that would bring it "
             "there";
    case ExitStatus::unwell:
      return "`doctor`, `status --check`: something is wrong, and it says what to do";
  }
  return {};
}

}  // namespace sluice::runs
