#include "backup/backup.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backup/state_files.h"
#include "support/temporary_directory.h"

namespace sluice::backup {
namespace {

// A node that is restored without them would take what was signed with a key that is known to be
// stolen, its certificate having dropped off the list as it ended.
TEST(BackupTest, HasTheRevocationListsThatWereSeen) {
  const record::test::TemporaryDirectory directory;
  settings::Settings settings;
  settings.node.state_directory = directory / "state";
  std::filesystem::create_directories(directory / "configuration");
  std::filesystem::create_directories(directory / "state" / "revocations");
  const std::string name = std::string(64, 'a') + ".crl";
  std::ofstream(directory / "state" / "revocations" / name) << "a list";
  const auto made = make_backup(
      settings, {.configuration = directory / "configuration", .target = directory / "backup"});
  ASSERT_TRUE(made) << made.error().sentence;
  ASSERT_THAT(made->files, testing::SizeIs(1));
  EXPECT_EQ(made->files.front().path, "revocations/" + name);
  EXPECT_EQ(place_of(made->files.front().path, settings),
            directory / "state" / "revocations" / name);
}

}  // namespace
}  // namespace sluice::backup
