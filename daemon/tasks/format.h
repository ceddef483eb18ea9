// Which form of the tables is there. It is raised when tables come to it.
#pragma once

namespace sluice::tasks {

constexpr int newest_format = 1;

}  // namespace sluice::tasks
