// What a store remembers of records that changed or went.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/store_fixture.h"

namespace sluice::test {
namespace {

using ::testing::ElementsAre;

class StoreHistoryTest : public StoreSuite {
 protected:
  // Versions of a record in the order in which they ended: name, from, to, line, how.
  std::vector<std::string> history(const std::string& code) {
    const std::string table = home_->table("history", "enterprise");
    return home_->query(fmt::format(
        "SELECT name || ' ' || sluice_batch_from || '-' || sluice_batch_to || ' by line ' || "
        "sluice_ended_by_line || ' ' || sluice_ended FROM {} WHERE code = '{}' "
        "ORDER BY sluice_batch_to, sluice_ended_by_line",
        table, code));
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreHistoryTest, ::testing::ValuesIn(store_kinds()), kind_name);

TEST_P(StoreHistoryTest, IdenticalReloadChangesNothingAndWritesNoHistory) {
  const auto dataset = enterprises();
  prepare(dataset);
  const std::vector<std::string> lines = {upsert({"a", "Alpha", "1"}), upsert({"b", "Beta", null})};
  apply(dataset, lines);
  const auto versions =
      home_->query("SELECT sluice_batch FROM " + home_->table("data", "enterprise"));
  EXPECT_EQ(apply(dataset, lines).rows, outcomes(0, 0, 2, 0, 0));
  EXPECT_EQ(home_->query("SELECT sluice_batch FROM " + home_->table("data", "enterprise")),
            versions);
  EXPECT_THAT(history("a"), ElementsAre());
}

TEST_P(StoreHistoryTest, ChangedSourceTimeAloneIsNoChange) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", "Alpha", "1"}, "2026-01-01T00:00:00Z")});
  EXPECT_EQ(apply(dataset, {upsert({"a", "Alpha", "1"}, "2026-01-02T00:00:00Z")}).rows,
            outcomes(0, 0, 1, 0, 0));
}

TEST_P(StoreHistoryTest, OnePercentChangedKeepsWhatWasAndFromWhenToWhen) {
  const auto dataset = enterprises();
  prepare(dataset);
  std::vector<std::string> lines;
  for (int i = 0; i < 1000; ++i)
    lines.push_back(upsert({fmt::format("{:04}", i), "Old", "1"}));
  apply(dataset, lines);
  const auto first = clock_.last();
  for (std::size_t i = 0; i < 1000; i += 100) {
    lines[i] = upsert({fmt::format("{:04}", i), "New", "1"});
  }
  EXPECT_EQ(apply(dataset, lines).rows, outcomes(0, 10, 990, 0, 0));
  const auto second = clock_.last();
  EXPECT_THAT(history("0300"), ElementsAre("Old 1-2 by line 301 superseded"));
  const bool sqlite = GetParam().name == "sqlite";
  const std::string moments = sqlite
                                  ? "sluice_valid_from || '-' || sluice_valid_to"
                                  : "(extract(epoch FROM sluice_valid_from) * 1000)::bigint || "
                                    "'-' || (extract(epoch FROM sluice_valid_to) * 1000)::bigint";
  EXPECT_THAT(home_->query(fmt::format("SELECT DISTINCT {} FROM {}", moments,
                                       home_->table("history", "enterprise"))),
              ElementsAre(fmt::format("{}-{}", first.time_since_epoch().count(),
                                      second.time_since_epoch().count())));
}

TEST_P(StoreHistoryTest, DeleteMovesTheRecordToTheHistoryAndUnknownOnesAreNoted) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", "Alpha", "1"}), upsert({"b", "Beta", "1"})});
  EXPECT_EQ(apply(dataset, {remove({"a"}, 3), remove({"unknown"}, 3)}).rows,
            outcomes(0, 0, 1, 1, 0));
  EXPECT_THAT(records(dataset), ElementsAre(columns({"b", "Beta", "1"})));
  EXPECT_THAT(history("a"), ElementsAre("Alpha 1-2 by line 1 deleted"));
  EXPECT_EQ(apply(dataset, {upsert({"a", "Alpha", "1"})}).rows, outcomes(1, 0, 0, 0, 0));
  EXPECT_THAT(records(dataset),
              ElementsAre(columns({"a", "Alpha", "1"}), columns({"b", "Beta", "1"})));
}

TEST_P(StoreHistoryTest, VersionsWithinOneBatchAreInTheHistory) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", "Zero", "0"})});
  const auto receipt =
      apply(dataset, {upsert({"a", "One", "1"}), upsert({"b", "Other", "1"}),
                      upsert({"a", "One", "1"}), upsert({"a", "Two", "2"}), remove({"a"}, 3),
                      remove({"a"}, 3), upsert({"a", "Three", "3"}), upsert({"a", "Four", "4"})});
  EXPECT_EQ(receipt.rows, outcomes(2, 3, 2, 1, 0));
  EXPECT_THAT(history("a"),
              ElementsAre("Zero 1-2 by line 1 superseded", "One 2-2 by line 4 superseded",
                          "Two 2-2 by line 5 deleted", "Three 2-2 by line 8 superseded"));
  EXPECT_THAT(records(dataset),
              ElementsAre(columns({"a", "Four", "4"}), columns({"b", "Other", "1"})));
}

TEST_P(StoreHistoryTest, RepeatedKeysInAFirstLoadAreVersionsToo) {
  const auto dataset = enterprises();
  prepare(dataset);
  EXPECT_EQ(apply(dataset, {upsert({"a", "One", "1"}), upsert({"a", "Two", "2"})}).rows,
            outcomes(1, 1, 0, 0, 0));
  EXPECT_THAT(history("a"), ElementsAre("One 1-1 by line 2 superseded"));
  EXPECT_THAT(records(dataset), ElementsAre(columns({"a", "Two", "2"})));
}

TEST_P(StoreHistoryTest, RecordThatCameAndWentInOneBatchLeavesOnlyHistory) {
  const auto dataset = enterprises();
  prepare(dataset);
  EXPECT_EQ(apply(dataset, {upsert({"a", "One", "1"}), remove({"a"}, 3)}).rows,
            outcomes(1, 0, 0, 1, 0));
  EXPECT_THAT(records(dataset), ElementsAre());
  EXPECT_THAT(history("a"), ElementsAre("One 1-1 by line 2 deleted"));
}

TEST_P(StoreHistoryTest, ReadingAsOfAMomentGivesWhatStoodThen) {
  const auto dataset = enterprises();
  prepare(dataset);
  const auto start = clock_.last();
  apply(dataset, {upsert({"a", "Alpha", "1"}), upsert({"b", "Beta", "1"})});
  const auto first = clock_.last();
  apply(dataset, {upsert({"a", "Alpha 2", "1"}), upsert({"c", "Passing", "1"}),
                  upsert({"c", "Gamma", "1"}), remove({"b"}, 3)});
  const auto second = clock_.last();
  apply(dataset, {upsert({"b", "Beta 2", "1"}), remove({"a"}, 3)});
  const auto third = clock_.last();
  const auto at_first = ElementsAre(columns({"a", "Alpha", "1"}), columns({"b", "Beta", "1"}));
  const auto at_second = ElementsAre(columns({"a", "Alpha 2", "1"}), columns({"c", "Gamma", "1"}));
  const auto at_third = ElementsAre(columns({"b", "Beta 2", "1"}), columns({"c", "Gamma", "1"}));
  const std::chrono::milliseconds moment(1);
  EXPECT_THAT(records(dataset, start), ElementsAre());
  EXPECT_THAT(records(dataset, first - moment), ElementsAre());
  EXPECT_THAT(records(dataset, first), at_first);
  EXPECT_THAT(records(dataset, second - moment), at_first);
  EXPECT_THAT(records(dataset, second), at_second);
  EXPECT_THAT(records(dataset, third - moment), at_second);
  EXPECT_THAT(records(dataset, third), at_third);
  EXPECT_THAT(records(dataset), at_third);
}

TEST_P(StoreHistoryTest, ClockSetBackDoesNotTurnTimeAround) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", "Alpha", "1"})});
  const auto first = clock_.last();
  clock_.set(first - std::chrono::hours(24));
  apply(dataset, {upsert({"a", "Alpha 2", "1"})});
  EXPECT_THAT(records(dataset, first), ElementsAre(columns({"a", "Alpha", "1"})));
  EXPECT_THAT(records(dataset, first + std::chrono::milliseconds(1)),
              ElementsAre(columns({"a", "Alpha 2", "1"})));
}

TEST_P(StoreHistoryTest, TellsWhatWasAppliedLatelyBySpansOfTime) {
  using Span = store::Activity::Span;
  using std::chrono::milliseconds;
  const auto dataset = enterprises();
  prepare(dataset);
  const auto none = store_->activity(dataset.id, record::Time{}, std::chrono::hours(1)).value();
  EXPECT_FALSE(none.newest);
  EXPECT_TRUE(none.spans.empty());
  apply(dataset, {upsert({"a", "Alpha", "1"})});
  const record::Time first = clock_.last();
  apply(dataset, {upsert({"a", "Beta", "1"}), upsert({"b", "Beta", "no number"})});
  apply(dataset, {upsert({"c", "Gamma", "1"}), upsert({"d", "Delta", "1"})});
  const record::Time third = clock_.last();
  const auto all = store_->activity(dataset.id, first, std::chrono::hours(1)).value();
  EXPECT_EQ(all.newest.value().applied_at, third);
  // The batches of these tests say that they were closed in 1970.
  EXPECT_EQ(all.newest->took, third - record::Time{});
  EXPECT_EQ(all.spans, (std::vector<Span>{{first, 3, 5}})) << "the rejected row counts";
  const auto apart = store_->activity(dataset.id, first, third - first).value();
  EXPECT_EQ(apart.spans, (std::vector<Span>{{first, 2, 3}, {third, 1, 2}}));
  const auto later = store_->activity(dataset.id, third + milliseconds(1), milliseconds(1)).value();
  EXPECT_EQ(later.newest.value().applied_at, third) << "however long ago";
  EXPECT_TRUE(later.spans.empty());
  EXPECT_FALSE(
      store_->activity(record::DatasetId("licence"), first, milliseconds(1)).value().newest);
}

}  // namespace
}  // namespace sluice::test
