// A new configuration on the disk: all of it, or nothing. What is there already stays as it is.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include <sys/types.h>

#include "record/failure.h"
#include "setup/initial_configuration.h"

namespace sluice::setup {

enum class WritingProblem {
  exists,       // a file of this name is there
  not_written,  // the disk, or a right that is missing
};

// What has been made. It goes again with this, until it is kept.
class InitialFiles {
 public:
  // Makes the directory, where it is missing, with its folders, and the files; directories above it
  // must be there. `readers`: the group that may read all of it.
  [[nodiscard]] static std::expected<InitialFiles, record::Failure<WritingProblem>> write(
      const std::filesystem::path& directory, const std::vector<NewFile>& files,
      std::optional<gid_t> readers);
  InitialFiles(InitialFiles&&) noexcept = default;
  InitialFiles& operator=(InitialFiles&&) = delete;
  ~InitialFiles();

  // Something else that was made beside them, a folder perhaps, and goes with them.
  void add(const std::filesystem::path& made) { made_.push_back(made); }
  void keep() { made_.clear(); }

 private:
  InitialFiles() = default;
  std::vector<std::filesystem::path> made_;  // in the order in which they were made
};

}  // namespace sluice::setup
