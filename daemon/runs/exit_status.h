// What the exit statuses of the command, and so of its jobs, mean; scripts rely on them
#pragma once

namespace sluice::runs {

enum class ExitStatus : int {
  success = 0,           // everything was accepted
  failure = 1,           // it could not be done
  usage = 2,             // the command line or the configuration is wrong
  some_quarantined = 3,  // done, but rows are in the quarantine
  refused = 4,           // nothing, or not all, was taken: the source is at fault
  differs = 5,           // a reconciliation: the two sides are not the same
  held_back = 6,         // done, but deletes wait until an operator has looked
};

}  // namespace sluice::runs
