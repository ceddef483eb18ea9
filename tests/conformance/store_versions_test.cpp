// All that a store has of a dataset's records, as who replays the archive reads it.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/store_fixture.h"
#include "store/row_reader.h"

namespace sluice::test {
namespace {

using ::testing::ElementsAre;

class StoreVersionsTest : public StoreSuite {
 protected:
  // "fields from 1" of a current one, "fields from 1 to 2 by line 3 superseded" of one that ended.
  std::vector<std::string> versions(const record::Dataset& dataset, std::size_t most = 1000) {
    std::vector<std::string> found;
    const auto read = store_->read_versions(dataset, [&](const store::StoredVersion& version) {
      std::string text = fmt::format("{} from {}", version.columns, version.begun_by);
      if (const auto& end = version.end) {
        text += fmt::format(" to {} by line {} {}", end->by, end->line, end->how);
      }
      found.push_back(text);
      return found.size() < most;
    });
    EXPECT_TRUE(read) << record::to_string(read.error());
    return found;
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreVersionsTest, ::testing::ValuesIn(store_kinds()), kind_name);

TEST_P(StoreVersionsTest, AreReadByKeyAndThenInTheOrderInWhichTheyEnded) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"b", "Beta", "1"}), upsert({"a", "Zero", "0"})});
  apply(dataset, {upsert({"a", "One", "1"}), upsert({"a", "Two", "2"}), remove({"b"}, 3)});
  apply(dataset, {upsert({"b", "Again", null}), upsert({"Ä", "Last", "3"})});
  EXPECT_THAT(versions(dataset),
              ElementsAre("a\tZero\t0 from 1 to 2 by line 1 superseded",
                          "a\tOne\t1 from 2 to 2 by line 2 superseded", "a\tTwo\t2 from 2",
                          "b\tBeta\t1 from 1 to 2 by line 3 deleted", "b\tAgain\t\\N from 3",
                          "Ä\tLast\t3 from 3"));
  EXPECT_THAT(versions(dataset, 1), ElementsAre("a\tZero\t0 from 1 to 2 by line 1 superseded"))
      << "it stops early, and can be asked again";
  EXPECT_THAT(versions(dataset), testing::SizeIs(6));
}

TEST_P(StoreVersionsTest, HaveTheirDigestsAndTimes) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", "Alpha", "1"}, "2026-01-01T00:00:00.5Z")});
  const auto first = clock_.last();
  apply(dataset, {upsert({"a", "Beta", "2"})});
  const auto second = clock_.last();
  const store::RowReader reader(dataset.schema);
  std::vector<std::string> source_times;
  const auto read = store_->read_versions(dataset, [&](const store::StoredVersion& version) {
    std::vector<std::string_view> fields(3);
    EXPECT_TRUE(record::split_line(version.columns, fields));
    EXPECT_EQ(reader.digest(fields), version.digest);
    source_times.emplace_back(version.source_time);
    if (version.end) {
      EXPECT_EQ(version.end->begun_at, first);
      EXPECT_EQ(version.end->at, second);
    }
    return true;
  });
  ASSERT_TRUE(read) << record::to_string(read.error());
  EXPECT_THAT(source_times, ElementsAre("2026-01-01T00:00:00.5Z", "\\N"));
}

// Whatever a field's type, what comes back is the text that its batch brought, so that a digest can
// be made of it again.
TEST_P(StoreVersionsTest, HaveTheTextThatTheirBatchBrought) {
  using record::FieldType;
  const auto dataset = DatasetBuilder("everything", "park")
                           .field("year", FieldType::year)
                           .field("flag", FieldType::boolean)
                           .field("text")
                           .field("number", FieldType::number)
                           .field("date", FieldType::date)
                           .field("moment", FieldType::datetime)
                           .field("time", FieldType::time)
                           .field("month", FieldType::yearmonth)
                           .field("span", FieldType::duration)
                           .field("object", FieldType::object)
                           .field("array", FieldType::array)
                           .key({"flag", "year"})
                           .build();
  prepare(dataset);
  const std::string brought = columns({"0999", "t", "a\\b\tc\nd\b\v\\N", "-0.0001", "0001-01-01",
                                       "2026-11-23T04:44:00.000001Z", "04:44:00.1", "2026-11",
                                       "P1DT2H", R"({"b" : "\n", "a":1.0})", "[1,  2]"});
  const auto receipt = apply(dataset, {"U\t\\N\t" + brought + "\n"});
  EXPECT_EQ(receipt.rows, outcomes(1, 0, 0, 0, 0))
      << (receipt.refused.empty() ? "" : receipt.refused.front().sentence);
  EXPECT_THAT(versions(dataset), ElementsAre(brought + " from 1"));
}

TEST_P(StoreVersionsTest, AreReadOfTablesThatDoNotFollowTheSchemaYetAndMakeNone) {
  EXPECT_EQ(store_->read_versions(enterprises(), [](const auto&) { return true; }).error().code,
            store::StoreProblem::unknown_dataset);
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Alpha", "1"})});
  const auto later = DatasetBuilder("enterprise", "park")
                         .field("code")
                         .field("phone")
                         .field("name")
                         .field("staff", record::FieldType::integer)
                         .build();
  store_ = home_->open(clock_);
  EXPECT_THAT(versions(later), ElementsAre("a\t\\N\tAlpha\t1 from 1"));
}

}  // namespace
}  // namespace sluice::test
