// How a program of ours is started: with the descriptors that it is given and no other, with
// signals as any program expects them, and in a process group of its own.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "record/failure.h"

namespace sluice::runs {

// -1: nothing for its input, ours for the others.
struct Descriptors {
  int input = -1;
  int output = -1;
  int errors = -1;
};

[[nodiscard]] std::expected<pid_t, record::Flaw> spawn(const std::filesystem::path& program,
                                                       const std::vector<std::string>& arguments,
                                                       const Descriptors& descriptors);

// To be called by such a program as its first act: where it was started as a child, it is killed
// when its parent goes, however that happens. Nobody would hold it to its limits any more.
void end_with_parent();

// Its exit status, or 128 and the number of the signal that ended it.
[[nodiscard]] int exit_status(int wait_status);

}  // namespace sluice::runs
