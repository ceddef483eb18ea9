// What is kept of comparisons, and how much.
#include "reconciliation/reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace sluice::reconciliation::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ReportsTest : public testing::Test {
 protected:
  static KeptReport report(const std::string& bureau, const std::string& dataset,
                           std::uint64_t missing = 0) {
    KeptReport made{.bureau = record::BureauId(bureau),
                    .dataset = record::DatasetId(dataset),
                    .at = record::parse_time("2026-11-23T04:44:00.000Z").value(),
                    .key_fields = {"payer", "number"},
                    .source_records = 100,
                    .central_records = 99,
                    .fleeting = 3,
                    .not_passing = 2,
                    .rows_read = 200};
    made.found = {.missing = missing, .extra = 1, .different = 0};
    return made;
  }
  static std::vector<Difference> differences(std::size_t count) {
    std::vector<Difference> made(count);
    for (std::size_t i = 0; i < count; ++i)
      made[i] = {.key = {"银\"'", std::to_string(i + 1)}, .kind = Kind::missing};
    return made;
  }
  static std::vector<std::int64_t> ids_of(const Result<std::vector<KeptReport>>& found) {
    std::vector<std::int64_t> ids;
    for (const KeptReport& each : found.value())
      ids.push_back(each.id);
    return ids;
  }
  std::filesystem::path file() const { return directory / "reconciliation.sqlite"; }

  record::test::TemporaryDirectory directory;
  Reports reports = Reports::open(file()).value();
};

TEST_F(ReportsTest, AReportIsKeptAsItIs) {
  KeptReport made = report("levy", "payment", 2);
  made.repair = KeptRepair{.sent = 2, .deleted = 1, .left = DifferenceCounts{.different = 1}};
  made.unrepaired = "why";
  std::vector<Difference> named = differences(2);
  named.push_back({.key = {"Z", "9"}, .kind = Kind::extra});
  const std::int64_t id = reports.keep(made, named).value();
  reports = Reports::open(file()).value();
  const auto found = reports.find(id).value().value();
  EXPECT_EQ(found.bureau.str(), "levy");
  EXPECT_EQ(found.dataset.str(), "payment");
  EXPECT_EQ(found.at, made.at);
  EXPECT_THAT(found.key_fields, ElementsAre("payer", "number"));
  EXPECT_EQ(found.source_records, 100U);
  EXPECT_EQ(found.central_records, 99U);
  EXPECT_EQ(found.found.missing, 2U);
  EXPECT_EQ(found.found.extra, 1U);
  EXPECT_EQ(found.fleeting, 3U);
  EXPECT_EQ(found.not_passing, 2U);
  EXPECT_EQ(found.rows_read, 200U);
  EXPECT_EQ(found.repair->sent, 2U);
  EXPECT_EQ(found.repair->deleted, 1U);
  EXPECT_EQ(found.repair->left->different, 1U);
  EXPECT_EQ(found.unrepaired, "why");
  EXPECT_EQ(found.named, 3U);
  const auto all = reports.differences(id, 0, 10).value();
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_THAT(all[0].key, ElementsAre("银\"'", "1"));
  EXPECT_EQ(all[2].kind, Kind::extra);
  EXPECT_EQ(all[2].number, 3U);
  EXPECT_FALSE(reports.find(id + 1).value());
}

TEST_F(ReportsTest, TheLastOneOfEachDatasetIsToldAndTheEarlierOnesOfOne) {
  for (const char* dataset : {"payment", "register", "payment"})
    ASSERT_TRUE(reports.keep(report("levy", dataset), {}));
  ASSERT_TRUE(reports.keep(report("customs", "payment"), {}));
  EXPECT_THAT(ids_of(reports.latest(std::nullopt)), ElementsAre(4, 3, 2));
  EXPECT_THAT(ids_of(reports.latest(record::BureauId("levy"))), ElementsAre(3, 2));
  EXPECT_THAT(ids_of(reports.latest(record::BureauId("park"))), IsEmpty());
  EXPECT_THAT(ids_of(reports.all_of(record::BureauId("levy"), record::DatasetId("payment"))),
              ElementsAre(3, 1));
}

TEST_F(ReportsTest, OfADatasetTheLastTenAreKeptAndNothingOfTheOthers) {
  ASSERT_TRUE(reports.keep(report("levy", "register"), differences(1)));
  for (std::size_t i = 0; i < reports_kept + 2; ++i)
    ASSERT_TRUE(reports.keep(report("levy", "payment"), differences(1)));
  EXPECT_THAT(reports.all_of(record::BureauId("levy"), record::DatasetId("payment")).value(),
              SizeIs(reports_kept));
  EXPECT_THAT(reports.all_of(record::BureauId("levy"), record::DatasetId("register")).value(),
              SizeIs(1));
  auto database = sqlite::Database::open(file()).value();
  auto left = database.prepare("SELECT count(*) FROM difference").value();
  ASSERT_TRUE(left.step().value());
  EXPECT_EQ(left.integer(0), static_cast<std::int64_t>(reports_kept + 1));
}

TEST_F(ReportsTest, OfTheDifferencesAThousandAreKeptAndToldInPages) {
  const std::int64_t id =
      reports.keep(report("levy", "payment", 5000), differences(differences_kept + 7)).value();
  EXPECT_EQ(reports.find(id).value()->named, differences_kept);
  const auto page = reports.differences(id, 10, 3).value();
  ASSERT_THAT(page, SizeIs(3));
  EXPECT_EQ(page[0].number, 11U);
  EXPECT_EQ(page[2].key[1], "13");
  EXPECT_THAT(reports.differences(id, differences_kept - 2, 100).value(), SizeIs(2));
}

TEST_F(ReportsTest, ARepairThatIsNotSeenToItsEndLeavesTheSidesDifferent) {
  KeptReport made = report("levy", "payment");
  EXPECT_FALSE(made.is_same());
  made.repair = KeptRepair{.sent = 1};
  EXPECT_FALSE(made.is_same()) << "nobody looked again";
  made.repair->left = DifferenceCounts{};
  EXPECT_TRUE(made.is_same());
  made.unrepaired = "the center is away";
  EXPECT_FALSE(made.is_same());
  made = report("levy", "payment");
  made.found = {};
  EXPECT_TRUE(made.is_same());
}

TEST_F(ReportsTest, TheFileIsForItsOwnerOnly) {
  EXPECT_EQ(std::filesystem::status(file()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(ReportsTest, WhereNothingWasComparedLookingMakesNoFile) {
  const auto none = Reports::open_if_there(directory / "none.sqlite");
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  EXPECT_FALSE(std::filesystem::exists(directory / "none.sqlite"));
}

TEST_F(ReportsTest, AFileOfALaterVersionIsRefused) {
  ASSERT_TRUE(sqlite::Database::open(file()).value().execute("PRAGMA user_version=2"));
  const auto opened = Reports::open(file());
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().sentence, HasSubstr("upgrade"));
}

}  // namespace
}  // namespace sluice::reconciliation::test
