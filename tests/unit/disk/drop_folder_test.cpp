#include "adapters/disk/drop_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "imported_file.h"

namespace sluice::adapters::disk {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

// A drop folder whose time passes when the test says so.
struct WatchedFolder {
  explicit WatchedFolder(std::vector<std::string> datasets = {"enterprise"}) {
    DropFolder::Terms terms{.datasets = {}, .settle = 10s};
    for (std::string& dataset : datasets)
      terms.datasets.emplace_back(std::move(dataset));
    drop.emplace(DropFolder::open(folder.path(), std::move(terms), [this] { return now; }).value());
  }
  [[nodiscard]] std::vector<std::string> ready() {
    std::vector<std::string> names;
    const auto files = drop->ready();
    for (const ReadyFile& file : files.value())
      names.push_back(file.path.filename().string());
    return names;
  }
  TemporaryFolder folder;
  std::chrono::steady_clock::time_point now{};
  std::optional<DropFolder> drop;
};

TEST(DropFolderTest, FileThatItsWriterClosedIsReadyAtOnce) {
  WatchedFolder watched;
  EXPECT_THAT(watched.ready(), IsEmpty());
  (void)watched.folder.write("enterprise.csv", "a,b\n");
  pollfd happened{watched.drop->descriptor(), POLLIN, 0};
  EXPECT_EQ(::poll(&happened, 1, 10'000), 1);
  EXPECT_THAT(watched.ready(), ElementsAre("enterprise.csv"));
  EXPECT_THAT(watched.ready(), ElementsAre("enterprise.csv"));
}

TEST(DropFolderTest, FileThatIsStillWrittenToIsNotReadyUntilItHasSettled) {
  WatchedFolder watched;
  std::ofstream writer(watched.folder.path() / "enterprise.csv");
  writer << "a,b\n" << std::flush;
  EXPECT_THAT(watched.ready(), IsEmpty());
  watched.now += 9s;
  writer << "1,2\n" << std::flush;
  EXPECT_THAT(watched.ready(), IsEmpty());
  watched.now += 9s;
  EXPECT_THAT(watched.ready(), IsEmpty());
  watched.now += 1s;
  EXPECT_THAT(watched.ready(), ElementsAre("enterprise.csv"));
}

TEST(DropFolderTest, FileThatIsWrittenToAgainAfterItWasClosedIsNotReady) {
  WatchedFolder watched;
  (void)watched.folder.write("enterprise.csv", "a,b\n");
  std::ofstream writer(watched.folder.path() / "enterprise.csv", std::ios::app);
  writer << "1,2\n" << std::flush;
  EXPECT_THAT(watched.ready(), IsEmpty());
}

TEST(DropFolderTest, FileThatWasThereBeforeTheWatchIsReadyOnceItHasSettled) {
  TemporaryFolder folder;
  (void)folder.write("enterprise.csv", "a,b\n");
  std::chrono::steady_clock::time_point now{};
  auto drop =
      DropFolder::open(folder.path(), {.datasets = {}, .settle = 10s}, [&now] { return now; });
  ASSERT_TRUE(drop);
  EXPECT_THAT(drop->ready().value(), IsEmpty());
  now += 10s;
  EXPECT_EQ(drop->ready().value().size(), 1);
}

TEST(DropFolderTest, FileThatIsRenamedFromATemporaryNameIsReadyAtOnce) {
  WatchedFolder watched;
  const auto part = watched.folder.write("enterprise.csv.part", "a,b\n");
  EXPECT_THAT(watched.ready(), IsEmpty());
  std::filesystem::rename(part, watched.folder.path() / "enterprise.csv");
  EXPECT_THAT(watched.ready(), ElementsAre("enterprise.csv"));
}

TEST(DropFolderTest, NothingButVisibleRegularCsvFilesIsEverReady) {
  WatchedFolder watched;
  for (const char* name : {".enterprise.csv", "enterprise.tmp", "enterprise.csv.tmp",
                           "enterprise.csv.part", "enterprise.txt"}) {
    (void)watched.folder.write(name, "a,b\n");
  }
  std::filesystem::create_directory(watched.folder.path() / "enterprise-folder.csv");
  ASSERT_EQ(::mkfifo((watched.folder.path() / "enterprise-pipe.csv").c_str(), 0600), 0);
  std::filesystem::create_symlink("/etc/passwd", watched.folder.path() / "enterprise-link.csv");
  EXPECT_THAT(watched.ready(), IsEmpty());
  watched.now += 1h;
  EXPECT_THAT(watched.ready(), IsEmpty());
}

TEST(DropFolderTest, WhatWillNeverBeLoadedIsToldOnceWhenItHasLainThereForAWhile) {
  WatchedFolder watched;
  for (const char* name :
       {".hidden.xlsx", "enterprise.csv.part", "enterprise.tmp", "sheet.xlsx", "enterprise.csv"}) {
    (void)watched.folder.write(name, "a,b\n");
  }
  for (const char* name : {"done", "failed", "more", "folder.csv"})
    std::filesystem::create_directory(watched.folder.path() / name);
  std::filesystem::create_symlink("/etc/passwd", watched.folder.path() / "link.csv");
  const auto told = [&] {
    (void)watched.ready();
    std::vector<std::string> names;
    for (const PassedOver& passed : watched.drop->passed_over())
      names.push_back(passed.name);
    return names;
  };
  EXPECT_THAT(told(), IsEmpty());
  watched.now += 10s;
  EXPECT_THAT(told(),
              testing::UnorderedElementsAre("sheet.xlsx", "more", "folder.csv", "link.csv"));
  watched.now += 10s;
  EXPECT_THAT(told(), IsEmpty());
  std::filesystem::remove(watched.folder.path() / "sheet.xlsx");
  EXPECT_THAT(told(), IsEmpty());
  (void)watched.folder.write("sheet.xlsx", "a,b\n");
  EXPECT_THAT(told(), IsEmpty());
  watched.now += 10s;
  EXPECT_THAT(told(), ElementsAre("sheet.xlsx"));
}

TEST(DropFolderTest, DatasetIsTheLongestNameThatTheFileBeginsWith) {
  const std::vector<record::DatasetId> datasets{record::DatasetId("tax"),
                                                record::DatasetId("tax-payer")};
  EXPECT_EQ(dataset_of("tax.csv", datasets), record::DatasetId("tax"));
  EXPECT_EQ(dataset_of("tax-2024.csv", datasets), record::DatasetId("tax"));
  EXPECT_EQ(dataset_of("tax-payer.csv", datasets), record::DatasetId("tax-payer"));
  EXPECT_EQ(dataset_of("tax-payer-2024.CSV", datasets), record::DatasetId("tax-payer"));
  EXPECT_EQ(dataset_of("taxes.csv", datasets), std::nullopt);
  EXPECT_EQ(dataset_of("2024-tax.csv", datasets), std::nullopt);
}

TEST(DropFolderTest, FileOfNoKnownDatasetIsReadyWithoutOne) {
  WatchedFolder watched;
  (void)watched.folder.write("unheard-of.csv", "a,b\n");
  const auto ready = watched.drop->ready().value();
  ASSERT_EQ(ready.size(), 1);
  EXPECT_EQ(ready[0].dataset, std::nullopt);
}

TEST(DropFolderTest, FolderThatIsNotThereOrIsALinkIsRefused) {
  const TemporaryFolder folder;
  const auto clock = [] { return std::chrono::steady_clock::time_point{}; };
  const auto missing = DropFolder::open(folder.path() / "missing", {}, clock);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, DropFolderProblem::not_a_folder);
  std::filesystem::create_directory_symlink("/tmp", folder.path() / "link");
  EXPECT_FALSE(DropFolder::open(folder.path() / "link", {}, clock));
}

TEST(MoveAwayTest, FileGoesIntoDoneOrFailedBesideIt) {
  const TemporaryFolder folder;
  const auto good = folder.write("enterprise.csv", "good");
  const auto bad = folder.write("enterprise-2.csv", "bad");
  EXPECT_EQ(move_away(good, *stamp_of(good), Outcome::done), folder.path() / "done/enterprise.csv");
  EXPECT_EQ(move_away(bad, *stamp_of(bad), Outcome::failed),
            folder.path() / "failed/enterprise-2.csv");
  EXPECT_FALSE(std::filesystem::exists(good));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "failed/enterprise-2.csv"));
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(LeaveReasonTest, IsWrittenBesideTheFileInPlaceOfAnEarlierOne) {
  const TemporaryFolder folder;
  const auto file = folder.write("enterprise.csv", "bad");
  ASSERT_TRUE(leave_reason(file, "the first\n"));
  ASSERT_TRUE(leave_reason(file, "the second\n"));
  EXPECT_EQ(text_of(folder.path() / "enterprise.csv.reason.txt"), "the second\n");
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    names.push_back(entry.path().filename().string());
  EXPECT_THAT(names, testing::UnorderedElementsAre("enterprise.csv", "enterprise.csv.reason.txt"));
}

unsigned mode_of(const std::filesystem::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777U;
}

// The unit's mask, for a test.
struct Mask {
  explicit Mask(mode_t mask) : before(::umask(mask)) {}
  ~Mask() { ::umask(before); }
  Mask(const Mask&) = delete;
  Mask& operator=(const Mask&) = delete;
  mode_t before;
};

TEST(LeaveReasonTest, IsReadByWhoMayReadTheFile) {
  const TemporaryFolder folder;
  const auto file = folder.write("enterprise.csv", "bad");
  const Mask mask(0077);
  for (const auto& [of_file, of_reason] : {std::pair{0600U, 0600U}, {0664U, 0644U}}) {
    ASSERT_EQ(::chmod(file.c_str(), of_file), 0);
    ASSERT_TRUE(leave_reason(file, "why\n"));
    EXPECT_EQ(mode_of(folder.path() / "enterprise.csv.reason.txt"), of_reason);
  }
}

TEST(MoveAwayTest, WhatIsMadeForItIsOpenedAsTheFolder) {
  const TemporaryFolder folder;
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  std::filesystem::create_directory(folder.path() / "done");
  ASSERT_EQ(::chmod((folder.path() / "done").c_str(), 0700), 0);
  const Mask mask(0077);
  for (const Outcome outcome : {Outcome::done, Outcome::failed}) {
    const auto file = folder.write("enterprise.csv", "rows");
    ASSERT_TRUE(move_away(file, *stamp_of(file), outcome));
  }
  EXPECT_EQ(mode_of(folder.path() / "failed"), 0755U);
  EXPECT_EQ(mode_of(folder.path() / "done"), 0700U) << "it was there before";
}

// 255 bytes are the longest name, and the reason's has 16 more while it is written.
TEST(LeaveReasonTest, OfANameThatIsTooLongIsCutBetweenCharacters) {
  const TemporaryFolder folder;
  std::string beginning = "a";
  while (beginning.size() < 237)
    beginning += "\xe7\xa8\x8e";  // 税; the next one would end behind the 239th byte
  std::string name = beginning;
  while (name.size() < 250)
    name += "\xe7\xa8\x8e";
  name += "x.csv";
  ASSERT_EQ(name.size(), 255U);
  const auto file = folder.write(name, "bad");
  ASSERT_TRUE(leave_reason(file, "why\n"));
  EXPECT_EQ(text_of(folder.path() / (beginning + ".reason.txt")), "why\n");
}

TEST(LeaveReasonTest, WhereItCanNotBeWrittenIsNotToldAsNotMoved) {
  const TemporaryFolder folder;
  const auto left = leave_reason(folder.path() / "none/enterprise.csv", "why\n");
  ASSERT_FALSE(left);
  EXPECT_EQ(left.error().code, DropFolderProblem::reason_not_left);
}

// Who brings files may write into the folder, and so may put links there.
TEST(LeaveReasonTest, IsWrittenThroughNoLink) {
  const TemporaryFolder folder;
  const auto other = folder.write("other", "as it was");
  const auto file = folder.write("enterprise.csv", "bad");
  std::filesystem::create_symlink(other, folder.path() / "enterprise.csv.reason.txt");
  std::filesystem::create_symlink(other, folder.path() / ".enterprise.csv.reason.txt.tmp");
  ASSERT_TRUE(leave_reason(file, "why\n"));
  EXPECT_EQ(text_of(other), "as it was");
  EXPECT_EQ(text_of(folder.path() / "enterprise.csv.reason.txt"), "why\n");
}

TEST(MoveAwayTest, FileThatIsThereAlreadyIsNeverOverwritten) {
  const TemporaryFolder folder;
  for (const char* expected :
       {"done/enterprise.csv", "done/enterprise.2.csv", "done/enterprise.3.csv"}) {
    const auto file = folder.write("enterprise.csv", expected);
    ASSERT_EQ(move_away(file, *stamp_of(file), Outcome::done), folder.path() / expected);
    std::ifstream moved(folder.path() / expected);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(moved), {}), expected);
  }
}

TEST(MoveAwayTest, FileOfTheLongestNameGetsANumberTheSecondTime) {
  const TemporaryFolder folder;
  const std::string name = std::string(251, 'a') + ".csv";
  for (const std::string& expected : {name, std::string(249, 'a') + ".2.csv"}) {
    const auto file = folder.write(name, "rows");
    EXPECT_EQ(move_away(file, *stamp_of(file), Outcome::done), folder.path() / "done" / expected);
  }
}

TEST(MoveAwayTest, FileThatHasComeSinceUnderTheSameNameStays) {
  const TemporaryFolder folder;
  const auto file = folder.write("enterprise.csv", "first");
  const auto stamp = *stamp_of(file);
  std::filesystem::rename(folder.write("next", "second"), file);
  const auto moved = move_away(file, stamp, Outcome::done);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, DropFolderProblem::moved_away);
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST(MoveAwayTest, TargetThatIsALinkIsNotFollowed) {
  const TemporaryFolder folder;
  const TemporaryFolder elsewhere;
  std::filesystem::create_directory_symlink(elsewhere.path(), folder.path() / "done");
  const auto file = folder.write("enterprise.csv", "good");
  const auto moved = move_away(file, *stamp_of(file), Outcome::done);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, DropFolderProblem::not_moved);
  EXPECT_TRUE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace sluice::adapters::disk
