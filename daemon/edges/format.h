// Which form of the tables is there. It is raised when something comes to it.
#pragma once

namespace sluice::edges {

constexpr int newest_format = 1;

}  // namespace sluice::edges
