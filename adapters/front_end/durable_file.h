// Files that a capture keeps beside the journal, as far as the system's calls for them go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>

namespace sluice::adapters::front_end {

// Of each of these files, which are read and written in one go.
inline constexpr std::size_t file_buffer_bytes = std::size_t{1} << 18;

struct CloseFile {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

// `flags` of open(2), `mode` of fdopen(3). Nothing where it fails: errno says why.
[[nodiscard]] File open_file(const std::filesystem::path& path, int flags, const char* mode);
// Whether what was written, or the name of the file, is on the disk now. False: errno says why.
[[nodiscard]] bool make_durable(std::FILE* file);
[[nodiscard]] bool make_name_durable(const std::filesystem::path& path);
// Goes on writing behind so many bytes; what stands there is cut off.
[[nodiscard]] bool cut_off_behind(std::FILE* file, std::uint64_t bytes);

}  // namespace sluice::adapters::front_end
