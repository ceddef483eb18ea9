#include "backup/backup_manifest.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace sluice::backup {
namespace {

using testing::HasSubstr;

BackupManifest sample() {
  return {.node = record::NodeId("edge"),
          .made_at = record::parse_time("2026-11-30T04:44:00.000Z").value(),
          .version = "0.1.0",
          .store = StoreKind::embedded,
          .has_keys = true,
          .files = {
              {.path = "journals/park.journal", .bytes = 12, .digest = record::sha256("journal")}}};
}

std::string changed(const std::string& from, const std::string& to) {
  std::string json = to_json(sample());
  const auto at = json.find(from);
  EXPECT_NE(at, std::string::npos);
  return json.replace(at, from.size(), to);
}

TEST(BackupManifestTest, IsReadAsItWasWritten) {
  const auto read = parse_backup_manifest(to_json(sample()));
  ASSERT_TRUE(read) << read.error().sentence;
  EXPECT_EQ(*read, sample());
}

TEST(BackupManifestTest, OfALaterFormatIsRefused) {
  EXPECT_FALSE(parse_backup_manifest(changed("sluice-backup/1", "sluice-backup/2")));
}

TEST(BackupManifestTest, APathThatLeavesTheBackupIsRefused) {
  for (const char* path : {"../park.journal", "/etc/shadow", "journals/../../x", ""}) {
    const auto read = parse_backup_manifest(changed("journals/park.journal", path));
    ASSERT_FALSE(read) << path;
    EXPECT_THAT(read.error().sentence, HasSubstr("inside"));
  }
}

TEST(BackupManifestTest, DescribesAFileByItsBytes) {
  const record::test::TemporaryDirectory directory;
  std::ofstream(directory / "file") << "journal";
  const auto file = describe(directory / "", "file");
  ASSERT_TRUE(file) << file.error().sentence;
  EXPECT_EQ(file->bytes, 7U);
  EXPECT_EQ(file->digest, record::sha256("journal"));
  EXPECT_FALSE(describe(directory / "", "none"));
}

}  // namespace
}  // namespace sluice::backup
