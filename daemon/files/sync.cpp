#include "files/sync.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "files/file_descriptor.h"

namespace sluice::files {

bool sync(const std::filesystem::path& path) {
  const FileDescriptor file(::open(path.empty() ? "." : path.c_str(), O_RDONLY | O_CLOEXEC));
  return file && ::fsync(file.get()) == 0;
}

}  // namespace sluice::files
