// What is said of an exception where it ends what was being done, and not the program.
#pragma once

#include <exception>
#include <string>

#include <fmt/format.h>

namespace sluice::record {

[[nodiscard]] inline std::string unforeseen(const std::exception& error) {
  return fmt::format("an error that was not foreseen ({}): report it", error.what());
}

}  // namespace sluice::record
