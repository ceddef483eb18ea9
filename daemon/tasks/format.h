// Which form of the tables is there. It is raised when tables come to it.
#pragma once

namespace sluice::tasks {

constexpr int first_format = 1;
constexpr int newest_format = 2;  // with deliveries

}  // namespace sluice::tasks
