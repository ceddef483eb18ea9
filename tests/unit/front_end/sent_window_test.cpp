#include "adapters/front_end/sent_window.h"

#include <fstream>

#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace sluice::adapters::front_end::test {
namespace {

class SentWindowTest : public testing::Test {
 protected:
  SentWindow open(const char* dataset = "payments") {
    return SentWindow::open(file, record::DatasetId(dataset)).value();
  }
  static SentVersion version(std::uint64_t key, std::uint64_t row, std::int64_t mark) {
    return {{key, key}, {row, row}, mark};
  }
  static std::optional<std::uint64_t> row_of(SentWindow& window, std::uint64_t key) {
    const auto found = window.find({key, key}).value();
    return found ? std::optional(found->row.low) : std::nullopt;
  }

  record::test::TemporaryDirectory directory;
  std::filesystem::path file = directory.path() / "sent.sqlite";
};

TEST_F(SentWindowTest, KeepsARecordsLastVersionOverARestart) {
  {
    auto window = open();
    ASSERT_TRUE(window.keep({version(1, 10, 100), version(2, 20, 101)}, 0));
    ASSERT_TRUE(window.keep({version(1, 11, 102)}, 0));
  }
  auto window = open();
  EXPECT_EQ(row_of(window, 1), 11U);
  EXPECT_EQ(row_of(window, 2), 20U);
  EXPECT_EQ(row_of(window, 3), std::nullopt);
}

TEST_F(SentWindowTest, ForgetsWhatLiesBeforeTheWindow) {
  auto window = open();
  ASSERT_TRUE(window.keep({version(1, 10, 100), version(2, 20, 200)}, 150));
  EXPECT_EQ(row_of(window, 1), std::nullopt);
  EXPECT_EQ(row_of(window, 2), 20U);
}

TEST_F(SentWindowTest, KeepsHowFarTheLookBackHasComeWithTheVersions) {
  const LookBack look_back{.order = "changed\nid",
                           .from = 150,
                           .up_to = 200,
                           .seen = 180,
                           .behind = {"170", std::string("\0x", 2)},
                           .rows = 2,
                           .read_at = 77,
                           .took = 5,
                           .following = {"200", ""},
                           .clocks = Clocks{1, 2}};
  {
    auto window = open();
    EXPECT_EQ(window.look_back().value(), std::nullopt);
    ASSERT_TRUE(window.keep({version(1, 10, 100), version(2, 20, 200)}, look_back));
  }
  auto window = open();
  EXPECT_EQ(window.look_back().value(), look_back);
  EXPECT_EQ(row_of(window, 1), std::nullopt) << "it lies before the window";
  EXPECT_EQ(row_of(window, 2), 20U);
  ASSERT_TRUE(window.clear());
  EXPECT_EQ(window.look_back().value(), std::nullopt);
}

TEST_F(SentWindowTest, OfAnEarlierFormatTheVersionsAreKeptAndTheLookBackBeginsAnew) {
  ASSERT_TRUE(open().keep({version(1, 10, 100)}, LookBack{.order = "changed\nid"}));
  {
    auto database = sqlite::Database::open(file).value();
    ASSERT_TRUE(
        database.execute("ALTER TABLE look_back DROP COLUMN took; PRAGMA user_version = 0"));
  }
  auto window = open();
  EXPECT_EQ(row_of(window, 1), 10U);
  EXPECT_EQ(window.look_back().value(), std::nullopt);
  const LookBack look_back{.order = "changed\nid", .took = 5};
  ASSERT_TRUE(window.keep({}, look_back));
  EXPECT_EQ(open().look_back().value(), look_back) << "an open file of this format stays as it is";
}

TEST_F(SentWindowTest, KnowsBehindWhichMarkItsNewestRowsLie) {
  auto window = open();
  ASSERT_TRUE(window.keep({version(1, 1, 10), version(2, 1, 20), version(3, 1, 20),
                           version(4, 1, 30), version(5, 1, 99)},
                          0));
  EXPECT_EQ(window.count(20).value(), 4U);
  EXPECT_EQ(window.mark_behind(1).value(), 30);
  EXPECT_EQ(window.mark_behind(3).value(), 20);
  EXPECT_EQ(window.mark_behind(4).value(), 10);
  EXPECT_EQ(window.mark_behind(5).value(), std::nullopt);
}

// A million rows of one bulk load would hold up the first run after it by seconds.
TEST_F(SentWindowTest, ForgetsABulkLoadPieceByPieceAndCountsItNoMore) {
  auto window = open();
  std::vector<SentVersion> load;
  constexpr std::uint64_t rows = 45'000;
  for (std::uint64_t i = 0; i < rows; ++i)
    load.push_back(version(i, i, 10));
  ASSERT_TRUE(window.keep(load, 0));
  const auto remembered = [&] {
    std::size_t count = 0;
    for (std::uint64_t i = 0; i < rows; ++i)
      count += row_of(window, i) ? 1U : 0U;
    return count;
  };
  ASSERT_TRUE(window.keep({version(rows, 7, 50)}, 20));
  EXPECT_EQ(remembered(), 25'000U);
  EXPECT_EQ(window.count(20).value(), 1U);
  ASSERT_TRUE(window.keep({}, 20));
  ASSERT_TRUE(window.keep({}, 20));
  EXPECT_EQ(remembered(), 0U);
  EXPECT_EQ(row_of(window, rows), 7U);
}

// Else there would be ever more of them.
TEST_F(SentWindowTest, ForgetsMoreAtOnceThanItKeeps) {
  auto window = open();
  std::vector<SentVersion> load;
  for (std::uint64_t i = 0; i < 60'000; ++i)
    load.push_back(version(i, i, 10));
  ASSERT_TRUE(window.keep(load, 0));
  std::vector<SentVersion> later;
  for (std::uint64_t i = 60'000; i < 90'000; ++i)
    later.push_back(version(i, i, 50));
  ASSERT_TRUE(window.keep(later, 20));
  EXPECT_EQ(window.count(0).value(), 30'000U);
}

TEST_F(SentWindowTest, DatasetsOfOneBureauDoNotMeet) {
  auto payments = open("payments");
  auto permits = open("permits");
  ASSERT_TRUE(payments.keep({version(1, 10, 100)}, 0));
  ASSERT_TRUE(permits.keep({version(1, 77, 100)}, 0));
  ASSERT_TRUE(permits.clear());
  EXPECT_EQ(row_of(payments, 1), 10U);
  EXPECT_EQ(row_of(permits, 1), std::nullopt);
}

TEST_F(SentWindowTest, AFileThatIsNoneSaysThatItMayBeRemoved) {
  std::ofstream(file) << std::string(4096, 'x');
  const auto window = SentWindow::open(file, record::DatasetId("payments"));
  ASSERT_FALSE(window);
  EXPECT_NE(window.error().sentence.find("may be removed"), std::string::npos);
}

}  // namespace
}  // namespace sluice::adapters::front_end::test
