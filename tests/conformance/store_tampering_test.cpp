// What somebody with all rights on the database can do to the ledger, and who finds it: checkpoints
// are made again from the ledger, and those that edges have kept are compared with them.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/store_fixture.h"
#include "exchange/anchor_audit.h"
#include "exchange/checkpoint_audit.h"

namespace sluice::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StoreTamperingTest : public StoreSuite {
 protected:
  void SetUp() override {
    StoreSuite::SetUp();
    prepare(dataset_);
    for (int i = 0; i < 4; ++i)
      apply_and_tell();
  }

  // A batch, a checkpoint, and a receipt that tells an edge of it.
  void apply_and_tell() {
    ++batches_;
    heads_.push_back(stream_.head());
    apply(dataset_, {upsert({"a", "Alpha " + std::to_string(batches_), "1"})});
    const auto newest = make();
    ASSERT_TRUE(newest);
    anchors_.push_back(
        {*newest, stream_.id(), stream_.head().sequence, clock_.last(), "CN=center"});
  }
  std::optional<record::Checkpoint> make() {
    const auto step = store_->checkpoints().make();
    EXPECT_TRUE(step) << record::to_string(step.error());
    return step ? step->newest : std::nullopt;
  }

  exchange::AnchorReport compare() {
    const auto report =
        exchange::compare_anchors(anchors_, [&](const record::BureauId&, const std::string& line,
                                                std::span<const std::uint64_t> numbers) {
          return std::expected<exchange::LineAnswer, record::Flaw>(
              exchange::answer_of(*store_, line, numbers).value());
        });
    EXPECT_TRUE(report);
    return report.value_or(exchange::AnchorReport{});
  }
  // What the center itself finds.
  std::string found_at_center() {
    const auto other = home_->open(clock_);
    auto audit = exchange::CheckpointAudit::begin(*other).value();
    const auto walked = store_->walk({}, [&](const store::LedgerEntry& entry, const auto&) {
      audit.see(entry);
      return true;
    });
    EXPECT_TRUE(walked);
    const auto report = audit.finish();
    EXPECT_TRUE(report) << record::to_string(report.error());
    return report->first_break.value_or("nothing");
  }

  std::string own(const std::string& table) {
    return (GetParam().name == "postgresql" ? "sluice." : "") + table;
  }
  void change(const std::string& what, const std::string& table, const std::string& how) {
    const auto rows = home_->query(fmt::format("{} {} {} RETURNING 1", what, own(table), how));
    ASSERT_FALSE(rows.empty()) << what << " " << table << " " << how;
  }
  // Entry 4, as if it had never been: no head, no archive, no record of it.
  void cut_the_tail() {
    change("DELETE FROM", "archive", "WHERE ledger = 4");
    change("DELETE FROM", "ledger", "WHERE id = 4");
    change(
        "UPDATE", "stream",
        fmt::format("SET sequence = 3, manifest = '{}'", record::to_string(heads_.at(3).manifest)));
    stream_ = TestStream("park");
    for (int i = 1; i <= 3; ++i)
      static_cast<void>(stream_.batch(dataset_, {upsert({"a", fmt::format("Alpha {}", i), "1"})}));
    ASSERT_EQ(store_->head(stream_.id()).value(), stream_.head());
  }
  void cut_the_checkpoints() { change("DELETE FROM", "checkpoint", "WHERE number = 4"); }
  // As who has read docs/store.md, too.
  void make_checkpoints_again() {
    record::Digest digest;
    const auto walked = store_->walk({}, [&](const store::LedgerEntry& entry, const auto&) {
      digest = store::chain(digest, store::chained(entry));
      change(
          "UPDATE", "checkpoint",
          fmt::format("SET digest = '{}' WHERE ledger = {}", record::to_string(digest), entry.id));
      return true;
    });
    EXPECT_TRUE(walked);
  }
  // As after `sluice restore`, or with a database that was put back elsewhere.
  void become_another_incarnation() {
    change("UPDATE", "checkpoint_line", "SET incarnation = 'as it was'");
  }

  record::Dataset dataset_ = enterprises();
  int batches_ = 0;
  std::vector<record::ChainHead> heads_;
  std::vector<exchange::Anchor> anchors_;
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreTamperingTest, ::testing::ValuesIn(store_kinds()), kind_name);

TEST_P(StoreTamperingTest, ALedgerThatNobodyTouchedIsAsItWasTold) {
  const auto report = compare();
  EXPECT_EQ(report.anchors, 4U);
  EXPECT_EQ(report.same, 4U);
  EXPECT_THAT(report.broken, IsEmpty());
  EXPECT_THAT(report.lost, IsEmpty());
  EXPECT_EQ(found_at_center(), "nothing");
}

TEST_P(StoreTamperingTest, ATailThatWasCutOffIsFoundByTheCheckpointsThatAreLeft) {
  cut_the_tail();
  EXPECT_THAT(found_at_center(), AllOf(HasSubstr("checkpoint 4 of line"),
                                       HasSubstr("ledger entry 4, before which the ledger ends")));
}

TEST_P(StoreTamperingTest, ATailThatWasCutOffWithItsCheckpointsIsFoundByWhatAnEdgeHasKept) {
  cut_the_tail();
  cut_the_checkpoints();
  EXPECT_EQ(found_at_center(), "nothing") << "all that is there fits";
  const auto report = compare();
  EXPECT_EQ(report.same, 3U);
  EXPECT_THAT(report.lost, IsEmpty());
  EXPECT_THAT(
      report.broken,
      ElementsAre(AllOf(HasSubstr("checkpoint 4 of line"), HasSubstr("up to ledger entry 4"),
                        HasSubstr("the center has it no more"),
                        HasSubstr(record::to_string(anchors_[3].told_at)),
                        HasSubstr("for park batch 4"), HasSubstr("signed by CN=center"))));
}

TEST_P(StoreTamperingTest, ATailThatWasWrittenAnewIsFoundByWhatAnEdgeHasKept) {
  cut_the_tail();
  cut_the_checkpoints();
  apply(dataset_, {upsert({"a", "something else", "2"})});
  const auto again = make();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->number, 4U);
  EXPECT_EQ(found_at_center(), "nothing") << "all that is there fits";
  EXPECT_THAT(compare().broken,
              ElementsAre(AllOf(HasSubstr("checkpoint 4 of line"), HasSubstr("its digest was"),
                                HasSubstr(record::to_string(again->digest)))));
}

TEST_P(StoreTamperingTest, AnEntryThatWasChangedInTheMiddleIsFoundAtTheCenter) {
  change("UPDATE", "ledger",
         "SET receipt = replace(receipt, '\"inserted\"', '\"inserted\" ')"
         " WHERE id = 2");
  EXPECT_THAT(found_at_center(),
              AllOf(HasSubstr("checkpoint 2 of line"), HasSubstr("an entry was changed")));
  EXPECT_THAT(compare().broken, IsEmpty()) << "what the center says is what it said";
}

TEST_P(StoreTamperingTest, AnEntryThatWasChangedWithAllCheckpointsIsFoundByWhatAnEdgeHasKept) {
  change("UPDATE", "ledger",
         "SET receipt = replace(receipt, '\"inserted\"', '\"inserted\" ')"
         " WHERE id = 2");
  make_checkpoints_again();
  EXPECT_EQ(found_at_center(), "nothing") << "all that is there fits";
  const auto report = compare();
  EXPECT_EQ(report.same, 1U);
  EXPECT_THAT(report.broken,
              ElementsAre(AllOf(HasSubstr("checkpoint 2 of line"), HasSubstr("its digest was"),
                                HasSubstr("2 later ones too"))));
}

TEST_P(StoreTamperingTest, AnEntryThatWasTakenOutIsFoundAtTheCenter) {
  change("DELETE FROM", "archive", "WHERE ledger = 3");
  change("DELETE FROM", "ledger", "WHERE id = 3");
  EXPECT_THAT(found_at_center(), HasSubstr("ends with ledger entry 3, which is not in the ledger"));
}

TEST_P(StoreTamperingTest, WhatARestoreTookIsToldAsThatAndNotAsTampering) {
  cut_the_tail();
  cut_the_checkpoints();
  become_another_incarnation();
  const auto before = compare();
  EXPECT_THAT(before.broken, IsEmpty()) << "though the center has made none since";
  EXPECT_EQ(before.lost.size(), 1U);
  make();
  apply_and_tell();
  const auto report = compare();
  EXPECT_THAT(report.broken, IsEmpty());
  EXPECT_EQ(report.same, 4U);
  EXPECT_THAT(report.lost, ElementsAre(AllOf(HasSubstr("lost by restore: 1 kept checkpoints"),
                                             HasSubstr("from number 4 on, up to ledger entry 4"),
                                             HasSubstr("has that line up to number 3"))));
  EXPECT_EQ(found_at_center(), "nothing");
}

// It does not cover what somebody cuts off what was restored.
TEST_P(StoreTamperingTest, WhatIsMissingBeforeARestoreIsStillTampering) {
  become_another_incarnation();
  make();
  change("DELETE FROM", "checkpoint", "WHERE number = 2");
  EXPECT_THAT(compare().broken, ElementsAre(HasSubstr("checkpoint 2 of line")));
}

// Restored twice: first from yesterday, then from the day before.
TEST_P(StoreTamperingTest, ALineThatARestoreTookWholeIsToldAsThat) {
  change("DELETE FROM", "checkpoint", "");
  change("DELETE FROM", "checkpoint_line", "");
  make();
  const auto report = compare();
  EXPECT_THAT(report.broken, IsEmpty());
  EXPECT_THAT(report.lost, ElementsAre(HasSubstr("lost by restore: 4 kept checkpoints")));
  // Told after the line that stands began: then nobody restored anything.
  for (exchange::Anchor& anchor : anchors_)
    anchor.told_at = clock_() + std::chrono::hours(1);
  EXPECT_THAT(compare().broken, ElementsAre(HasSubstr("nor anything of its line")));
}

}  // namespace
}  // namespace sluice::test
