#include "files/confinement.h"

#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/temporary_directory.h"

namespace sluice::files {
namespace {

constexpr int without_landlock = 77;

bool can_open(const std::filesystem::path& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (file >= 0) ::close(file);
  return file >= 0;
}

// What a process of its own finds once it has given up the rest: a bit for each thing that is not
// as it should be.
int found_in(const std::filesystem::path& directory) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!confine({.to_read = {directory / "file.csv", directory / "missing"},
                  .to_write = {directory / "scratch"}})) {
      ::_exit(without_landlock);
    }
    int faults = 0;
    if (!can_open(directory / "file.csv", O_RDONLY)) faults |= 1;
    if (can_open(directory / "file.csv", O_WRONLY)) faults |= 2;
    if (can_open(directory / "node.key", O_RDONLY)) faults |= 4;
    if (!can_open(directory / "scratch", O_TMPFILE | O_RDWR)) faults |= 8;
    if (can_open(directory / "new", O_CREAT | O_WRONLY)) faults |= 16;
    ::_exit(faults);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

TEST(Confinement, LeavesTheFileThatIsToBeReadAndPlaceForTemporaryOnesAndNoKey) {
  const record::test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "scratch");
  std::ofstream(directory / "file.csv") << "a,b\n";
  std::ofstream(directory / "node.key") << "secret\n";
  const int found = found_in(directory.path());
  if (found == without_landlock) GTEST_SKIP() << "this kernel has no Landlock";
  EXPECT_EQ(found, 0);
}

}  // namespace
}  // namespace sluice::files
