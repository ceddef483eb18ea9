#include "adapters/front_end/durable_file.h"

#include <fcntl.h>
#include <unistd.h>

#include "files/sync.h"

namespace sluice::adapters::front_end {

File open_file(const std::filesystem::path& path, int flags, const char* mode) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (descriptor < 0) return nullptr;
  File file(fdopen(descriptor, mode));
  if (!file) {
    ::close(descriptor);
    return nullptr;
  }
  static_cast<void>(std::setvbuf(file.get(), nullptr, _IOFBF, file_buffer_bytes));
  return file;
}

bool make_durable(std::FILE* file) {
  return std::fflush(file) == 0 && fdatasync(fileno(file)) == 0;
}

bool make_name_durable(const std::filesystem::path& path) {
  return files::sync(path.parent_path());
}

bool cut_off_behind(std::FILE* file, std::uint64_t bytes) {
  const auto offset = static_cast<off_t>(bytes);
  return ftruncate(fileno(file), offset) == 0 && fseeko(file, offset, SEEK_SET) == 0;
}

}  // namespace sluice::adapters::front_end
