// Gives up, for this process and for good, every file that it does not need: what is read by who
// has done so can not be led to others, such as a key.
#pragma once

#include <filesystem>
#include <vector>

namespace sluice::files {

struct Allowed {
  std::vector<std::filesystem::path> to_read;   // files, or folders with all below; may be missing
  std::vector<std::filesystem::path> to_write;  // folders, in which files may be made, too
};

// Where the system's libraries lie, and what they load when it is needed: GB 18030 is converted by
// such.
[[nodiscard]] std::vector<std::filesystem::path> library_folders();

// By Landlock (Linux 5.13). Network too, where the kernel can. False: this kernel does not have it,
// and nothing is given up. What is open already stays open.
[[nodiscard]] bool confine(const Allowed& allowed);

}  // namespace sluice::files
