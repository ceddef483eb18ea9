// A file that is to be loaded: a regular one, read from its beginning to its end, of which can be
// told afterwards whether it stayed as it was.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <span>

#include "adapters/adapter.h"
#include "adapters/disk/byte_source.h"
#include "files/file_descriptor.h"

namespace sluice::adapters::disk {

// What tells two states of a file apart without reading it.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;  // since 1970
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

// Not thread-safe. Failures name the path as their place.
class InputFile final : public ByteSource {
 public:
  // Refuses what is not a regular file: folders, pipes, devices, symbolic links.
  [[nodiscard]] static Result<InputFile> open(const std::filesystem::path& path);

  [[nodiscard]] Result<std::size_t> read(std::span<char> room) override;

  // As it was when it was opened.
  [[nodiscard]] const FileStamp& stamp() const { return stamp_; }
  // `changed`, where the file, or what now stands under its path, is no longer that.
  [[nodiscard]] Result<void> check_unchanged() const;

 private:
  InputFile(std::filesystem::path path, files::FileDescriptor descriptor, const FileStamp& stamp)
      : path_(std::move(path)), descriptor_(std::move(descriptor)), stamp_(stamp) {}

  std::filesystem::path path_;
  files::FileDescriptor descriptor_;
  FileStamp stamp_;
};

// Nothing where there is no regular file under the path.
[[nodiscard]] std::optional<FileStamp> stamp_of(const std::filesystem::path& path);

[[nodiscard]] CollectionFailure changed_while_read(const std::filesystem::path& path);

}  // namespace sluice::adapters::disk
