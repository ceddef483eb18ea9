// Keeps two runs of one bureau's from overlapping, across processes.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <utility>

#include "files/file_descriptor.h"
#include "record/failure.h"

namespace sluice::jobs {

// Held until it goes, or the process does.
class RunLock {
 public:
  // Blocks while another run holds it.
  [[nodiscard]] static std::expected<RunLock, record::Flaw> take(const std::filesystem::path& path);

 private:
  explicit RunLock(files::FileDescriptor file) : file_(std::move(file)) {}
  files::FileDescriptor file_;
};

}  // namespace sluice::jobs
