#include "files/new_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temporary_directory.h"

namespace sluice::files::test {
namespace {

using record::test::read_file;
using record::test::TemporaryDirectory;
using record::test::write_file;

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw std::runtime_error("no " + path.string());
  return status.st_mode & 07777U;
}

std::size_t files_in(const TemporaryDirectory& directory) {
  using Iterator = std::filesystem::directory_iterator;
  return static_cast<std::size_t>(std::distance(Iterator(directory.path()), Iterator()));
}

TEST(NewFile, HasItsBytesAndItsModeWhateverTheUmaskIs) {
  const TemporaryDirectory directory;
  const mode_t before = ::umask(0777);
  const auto made = create_file(directory / "key", "secret", {0640});
  ::umask(before);
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ(read_file(directory / "key"), "secret");
  EXPECT_EQ(mode_of(directory / "key"), 0640U);
  EXPECT_EQ(files_in(directory), 1U);
}

TEST(NewFile, IsNeverMadeOverOneThatIsThere) {
  const TemporaryDirectory directory;
  write_file(directory / "key", "the first");
  const auto made = create_file(directory / "key", "the second", {0640});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error(), std::errc::file_exists);
  EXPECT_EQ(read_file(directory / "key"), "the first");
  EXPECT_EQ(files_in(directory), 1U);
}

TEST(NewFile, TakesThePlaceOfTheOldOneWhereThatIsAsked) {
  const TemporaryDirectory directory;
  write_file(directory / "list", "the first");
  ASSERT_TRUE(replace_file(directory / "list", "the second", {0640}));
  EXPECT_EQ(read_file(directory / "list"), "the second");
  EXPECT_EQ(mode_of(directory / "list"), 0640U);
  EXPECT_EQ(files_in(directory), 1U);
}

TEST(NewFile, TellsWhyItCanNotBeMade) {
  const TemporaryDirectory directory;
  EXPECT_EQ(create_file(directory / "none/key", "", {}).error(),
            std::errc::no_such_file_or_directory);
  EXPECT_EQ(create_folder(directory / "none/folder", {}).error(),
            std::errc::no_such_file_or_directory);
}

TEST(NewFile, MayBeADirectoryWithItsMode) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(create_folder(directory / "tls", {0750}));
  EXPECT_EQ(mode_of(directory / "tls"), 0750U);
  EXPECT_EQ(create_folder(directory / "tls", {0700}).error(), std::errc::file_exists);
  EXPECT_EQ(mode_of(directory / "tls"), 0750U);
}

}  // namespace
}  // namespace sluice::files::test
