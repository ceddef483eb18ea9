#include "setup/initial_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temporary_directory.h"

namespace sluice::setup::test {
namespace {

using record::test::read_file;
using record::test::TemporaryDirectory;
using record::test::write_file;
using testing::HasSubstr;

const std::vector<NewFile> two_files{{"bureaus/park.yaml", "bureau: park\n"},
                                     {"node.yaml", "node:\n"}};

mode_t mode_in(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw std::runtime_error("no " + path.string());
  return status.st_mode & 0777U;
}

TEST(InitialFiles, AreThereWithTheirFoldersOnceTheyAreKept) {
  const TemporaryDirectory directory;
  const auto target = directory / "etc";
  auto made = InitialFiles::write(target, two_files, std::nullopt);
  ASSERT_TRUE(made) << to_string(made.error());
  made->keep();
  EXPECT_EQ(read_file(target / "bureaus/park.yaml"), "bureau: park\n");
  EXPECT_EQ(mode_in(target / "node.yaml"), 0640U);
  for (const char* folder : {"", "bureaus", "schemas", "tls", "secrets"})
    EXPECT_EQ(mode_in(target / folder), 0750U) << folder;
}

TEST(InitialFiles, AreGoneWithWhatWasMadeBesideThemUnlessTheyAreKept) {
  const TemporaryDirectory directory;
  const auto target = directory / "etc";
  {
    auto made = InitialFiles::write(target, two_files, std::nullopt);
    ASSERT_TRUE(made);
    std::filesystem::create_directory(target / "authority");
    write_file(target / "authority/ca.key", "secret");
    made->add(target / "authority");
  }
  EXPECT_FALSE(std::filesystem::exists(target));
}

TEST(InitialFiles, AreNotMadeWhereOneIsThereAndLeaveIt) {
  const TemporaryDirectory directory;
  write_file(directory / "node.yaml", "mine\n");
  const auto made = InitialFiles::write(directory.path(), two_files, std::nullopt);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, WritingProblem::exists);
  EXPECT_EQ(made.error().place, directory / "node.yaml");
  EXPECT_THAT(made.error().sentence, HasSubstr("nothing was made"));
  EXPECT_EQ(read_file(directory / "node.yaml"), "mine\n");
  EXPECT_FALSE(std::filesystem::exists(directory / "bureaus"));
}

TEST(InitialFiles, ThatCanNotAllBeMadeLeaveNothingBehind) {
  const TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "schemas");
  // There is no such folder, so that the last one fails.
  std::vector<NewFile> files = two_files;
  files.push_back({"none/last.yaml", ""});
  const auto made = InitialFiles::write(directory.path(), files, std::nullopt);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, WritingProblem::not_written);
  EXPECT_EQ(made.error().place, directory / "none/last.yaml");
  EXPECT_FALSE(std::filesystem::exists(directory / "node.yaml"));
  EXPECT_FALSE(std::filesystem::exists(directory / "bureaus"));
  EXPECT_TRUE(std::filesystem::exists(directory / "schemas")) << "it was there before";
}

}  // namespace
}  // namespace sluice::setup::test
