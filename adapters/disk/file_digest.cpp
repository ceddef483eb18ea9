#include "adapters/disk/file_digest.h"

#include <algorithm>
#include <span>
#include <vector>

#include "adapters/disk/tracked_source.h"
#include "record/try.h"

namespace sluice::adapters::disk {

Result<FileDigest> digest_file(const std::filesystem::path& path, Progress& progress) {
  auto file = SLUICE_TRY(InputFile::open(path));
  TrackedSource source(file, progress);
  std::vector<char> block(std::size_t{256} << 10);
  std::uint64_t lines = 1;  // the last one needs no line end
  for (;;) {
    const auto count = SLUICE_TRY(source.read(block));
    if (count == 0) break;
    lines += static_cast<std::uint64_t>(std::ranges::count(std::span(block).first(count), '\n'));
  }
  SLUICE_TRY(file.check_unchanged());
  source.tell();
  return FileDigest{source.digest(), file.stamp(), lines};
}

}  // namespace sluice::adapters::disk
