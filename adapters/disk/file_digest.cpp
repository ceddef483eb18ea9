#include "adapters/disk/file_digest.h"

#include <algorithm>
#include <span>
#include <vector>

#include "adapters/disk/tracked_source.h"

namespace sluice::adapters::disk {

std::expected<FileDigest, CollectionFailure> digest_file(const std::filesystem::path& path,
                                                         Progress& progress) {
  auto file = InputFile::open(path);
  if (!file) return std::unexpected(file.error());
  TrackedSource source(*file, progress);
  std::vector<char> block(std::size_t{256} << 10);
  std::uint64_t lines = 1;  // the last one needs no line end
  for (;;) {
    const auto count = source.read(block);
    if (!count) return std::unexpected(count.error());
    if (*count == 0) break;
    lines += static_cast<std::uint64_t>(std::ranges::count(std::span(block).first(*count), '\n'));
  }
  if (auto unchanged = file->check_unchanged(); !unchanged) {
    return std::unexpected(unchanged.error());
  }
  source.tell();
  return FileDigest{source.digest(), file->stamp(), lines};
}

}  // namespace sluice::adapters::disk
