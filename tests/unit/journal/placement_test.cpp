// Into which batch a small call's rows go, and in which order batches are closed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/journal_builder.h"

namespace sluice::journal::test {
namespace {

using testing::SizeIs;

class PlacementTest : public testing::Test {
 protected:
  Placement commit(Journal& journal, const Submission& call) {
    return journal.commit(std::span(&call, 1)).value().front();
  }
  Desk desk;
};

TEST_F(PlacementTest, AFullBatchIsClosedAndTheNextCallOpensAnother) {
  desk.limits.batch_rows = 3;
  Journal journal = desk.open();
  EXPECT_EQ(commit(journal, submission("a", 2)).sequence.value, 1U);
  EXPECT_FALSE(journal.close_open_batches(Journal::Close::due).value());
  EXPECT_EQ(commit(journal, submission("b", 1)).sequence.value, 1U);
  EXPECT_EQ(commit(journal, submission("c", 1)).sequence.value, 2U);
  EXPECT_TRUE(journal.close_open_batches(Journal::Close::due).value());
  ASSERT_THAT(waiting(journal), SizeIs(1)) << "the second has room";
  EXPECT_EQ(text_of(waiting(journal)[0]), lines("a", 2) + lines("b", 1));
}

TEST_F(PlacementTest, ABatchWithEnoughBytesIsClosed) {
  desk.limits.batch_bytes = lines("a", 2).size();
  Journal journal = desk.open();
  commit(journal, submission("a", 1));
  EXPECT_FALSE(journal.close_open_batches(Journal::Close::due).value());
  commit(journal, submission("b", 1));
  EXPECT_TRUE(journal.close_open_batches(Journal::Close::due).value());
  EXPECT_THAT(waiting(journal), SizeIs(1));
}

TEST_F(PlacementTest, ABatchThatIsDueTakesTheOnesBeforeItAlong) {
  desk.limits.batch_rows = 3;
  Journal journal = desk.open();
  commit(journal, submission("early", 1));
  commit(journal, submission("full", 3, "licence"));
  EXPECT_TRUE(journal.close_open_batches(Journal::Close::due).value());
  const auto batches = waiting(journal);
  ASSERT_THAT(batches, SizeIs(2));
  EXPECT_EQ(text_of(batches[0]), lines("early", 1));
  EXPECT_EQ(text_of(batches[1]), lines("full", 3));
}

TEST_F(PlacementTest, APayloadIsABatchOfItsOwnBetweenWhatIsCommittedBeforeAndAfterIt) {
  Journal journal = desk.open();
  Submission large{.origin = origin(), .upserts = {2}, .payload = payload("large", 2)};
  large.cursors.push_back({"direct", "key", "answer", Cursor::Keep::as_an_answer});
  const std::vector<Submission> calls{submission("a", 1), submission("b", 2), large,
                                      submission("c", 1)};
  const auto places = journal.commit(calls).value();
  ASSERT_THAT(places, SizeIs(4));
  EXPECT_EQ(places[1].first_row, 2U);
  EXPECT_EQ(places[2].sequence.value, 2U);
  EXPECT_EQ(places[2].first_row, 1U);
  EXPECT_EQ(places[3].sequence.value, 3U);
  EXPECT_EQ(journal.cursor("direct", "key").value()->placement.sequence.value, 2U);
  const auto sealed = waiting(journal);
  ASSERT_THAT(sealed, SizeIs(2)) << "what comes after it takes more rows";
  EXPECT_EQ(text_of(sealed[0]), lines("a", 1) + lines("b", 2));
  EXPECT_EQ(text_of(sealed[1]), lines("large", 2));
  ASSERT_TRUE(journal.close_open_batches(Journal::Close::all));
  EXPECT_EQ(text_of(waiting(journal).at(2)), lines("c", 1));
}

TEST_F(PlacementTest, RowsOfADatasetAreNeverPlacedBeforeRowsThatCameEarlier) {
  Journal journal = desk.open();
  Submission keyed = submission("keyed", 1);
  keyed.origin.mode = record::Mode::manual_entry;
  EXPECT_EQ(commit(journal, submission("called", 1)).sequence.value, 1U);
  EXPECT_EQ(commit(journal, keyed).sequence.value, 2U);
  EXPECT_EQ(commit(journal, submission("called", 1)).sequence.value, 3U)
      << "in batch 1 it would be overwritten by the older row of batch 2";
}

TEST_F(PlacementTest, ACallWithoutGoodRowsHasNoPlaceAndKeepsTheRest) {
  Journal journal = desk.open();
  Submission call = submission("", 0);
  call.quarantined.push_back({.dataset = record::DatasetId("approval"), .rule = "uscc"});
  call.cursors.push_back({"direct", "key", "answer", Cursor::Keep::as_an_answer});
  EXPECT_EQ(commit(journal, call).sequence.value, 0U);
  EXPECT_EQ(journal.status()->quarantine_waiting, 1U);
  EXPECT_EQ(journal.cursor("direct", "key").value()->value, "answer");
  EXPECT_FALSE(journal.close_open_batches(Journal::Close::all).value());
}

TEST_F(PlacementTest, ACursorKnowsWhereTheRowsWentThatItCameWith) {
  Journal journal = desk.open();
  commit(journal, submission("a", 2));
  Submission call = submission("b", 1);
  call.cursors.push_back({"direct", "key", "answer", Cursor::Keep::as_an_answer});
  commit(journal, call);
  const auto cursor = journal.cursor("direct", "key").value();
  ASSERT_TRUE(cursor);
  EXPECT_EQ(cursor->placement.sequence.value, 1U);
  EXPECT_EQ(cursor->placement.first_row, 3U);
}

}  // namespace
}  // namespace sluice::journal::test
