// Which form the file of the runs' history has (sqlite/format.h). It is raised when its tables
// change.
#pragma once

namespace sluice::runs {

constexpr int newest_history_format = 1;

}  // namespace sluice::runs
