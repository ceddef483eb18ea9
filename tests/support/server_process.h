// What the tests' own database servers have in common: a folder, an account that is not root, and
// a process that does not outlive the test.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace sluice::test {

// A new folder in the temporary directory, which belongs to the account that the server runs as:
// the one named where the tests run as root (`nobody` if there is none such), else who runs them.
[[nodiscard]] std::filesystem::path make_directory(const std::string& name,
                                                   const std::string& account);

// A child that becomes the program, as that account, its output in `log`.
[[nodiscard]] pid_t spawn(const std::vector<std::string>& command, const std::filesystem::path& log,
                          const std::string& account);
// Its status, as waitpid has it.
int wait_for(pid_t child);

// The end of a log that goes with its directory.
[[nodiscard]] std::string tail_of(const std::filesystem::path& log);

}  // namespace sluice::test
