#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "imported_file.h"

namespace sluice::adapters::disk {
namespace {

// Peak memory, in KiB, of a process of its own that loads the file.
long peak_of_loading(const std::filesystem::path& path, const Format& format) {
  const pid_t child = ::fork();
  if (child == 0) {
    CountingProgress progress;
    RecordingDoor door;
    const auto digest = digest_file(path, progress);
    const bool good = digest &&
                      CsvCollector(path, format, 1 << 20, *digest).collect(door, progress) &&
                      door.rows.size() == 2 && door.rejected.size() == 1 &&
                      door.rejected[0].problem.rule == "too-large";
    ::_exit(good ? 0 : 1);
  }
  int status = 0;
  rusage usage{};
  EXPECT_EQ(::wait4(child, &status, 0, &usage), child);
  EXPECT_EQ(status, 0) << "the rows were not as expected";
  return usage.ru_maxrss;
}

// Good row, a line of `bytes` NULs that take no room on the disk, good row.
std::filesystem::path file_with_a_long_line(const TemporaryFolder& folder, std::uint64_t bytes) {
  const auto path = folder.write(std::to_string(bytes) + ".csv", "a,b\n1,2\n");
  std::filesystem::resize_file(path, bytes);
  std::ofstream(path, std::ios::app) << "\n3,4\n";
  return path;
}

TEST(BoundedMemoryTest, LineOfTwoGigabytesTakesNoMoreMemoryThanOneOfTwoMegabytes) {
  const TemporaryFolder folder;
  const long small = peak_of_loading(file_with_a_long_line(folder, 2U << 20U), {});
  const long large = peak_of_loading(file_with_a_long_line(folder, std::uint64_t{2} << 30U), {});
  EXPECT_LT(large, small + 2048);
}

}  // namespace
}  // namespace sluice::adapters::disk
