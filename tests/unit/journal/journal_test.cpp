#include "journal/journal.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/journal_builder.h"

namespace sluice::journal::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class JournalTest : public testing::Test {
 protected:
  // All batches verify, and each follows the one before it.
  void expect_chain(Journal& journal) {
    record::ChainHead head;
    for (const record::Batch& batch : waiting(journal)) {
      const auto verified = record::verify(batch, desk.node.verifier(), desk.now);
      ASSERT_TRUE(verified) << record::to_string(verified.error());
      EXPECT_EQ(verified->manifest.sequence.value, head.sequence.value + 1);
      EXPECT_EQ(verified->manifest.previous, head.manifest);
      head = {verified->manifest.sequence, record::sha256(batch.manifest)};
    }
  }

  record::Sequence append(Journal& journal, const std::string& name, int rows = 2) {
    return journal.append(origin(), payload(name, rows), {}, {}).value();
  }

  Desk desk;
};

TEST_F(JournalTest, NumbersAndChainsBatches) {
  Journal journal = desk.open();
  for (std::uint64_t i = 1; i <= 3; ++i)
    EXPECT_EQ(append(journal, "a").value, i);
  EXPECT_THAT(waiting(journal), SizeIs(3));
  expect_chain(journal);
}

TEST_F(JournalTest, GoesOnWithItsEpochAndChainWhenOpenedAgain) {
  record::StreamId stream;
  {
    Journal journal = desk.open();
    append(journal, "a");
    stream = journal.status()->stream;
  }
  desk.now += std::chrono::hours(1);
  Journal journal = desk.open();
  EXPECT_EQ(journal.status()->stream, stream);
  EXPECT_EQ(append(journal, "b").value, 2U);
  expect_chain(journal);
}

TEST_F(JournalTest, SealsWithTheKeyThatWasRenewedSinceItWasOpened) {
  Journal journal = desk.open();
  append(journal, "a");
  desk.keyring.replace(
      desk.node.credentials_of("renewed", {record::test::moment("2026-01-01T00:00:00.000Z"),
                                           record::test::moment("2028-01-01T00:00:00.000Z")}));
  append(journal, "b");
  std::vector<std::string> signers;
  for (const record::Batch& batch : waiting(journal)) {
    signers.push_back(record::verify(batch, desk.node.verifier(), desk.now)->signatory.subject);
  }
  EXPECT_THAT(signers, testing::ElementsAre("CN=front-end-1", "CN=renewed"));
}

std::vector<record::Time> sealing_times(Journal& journal) {
  std::vector<record::Time> times;
  for (const record::Batch& batch : waiting(journal))
    times.push_back(record::parse_manifest(batch.manifest)->collected_at);
  return times;
}

// The center takes none that was sealed before the one in front of it.
TEST_F(JournalTest, SealsNothingBeforeTheBatchInFrontOfItThoughTheClockIsSetBack) {
  const record::Time first = desk.now;
  {
    Journal journal = desk.open();
    append(journal, "a");
  }
  desk.now -= std::chrono::hours(1);
  Journal journal = desk.open();
  append(journal, "b");
  journal.acknowledge(receipt_for(waiting(journal)[0]), {}).value();
  journal.acknowledge(receipt_for(waiting(journal)[0]), {}).value();
  append(journal, "c");
  desk.now += std::chrono::hours(2);
  append(journal, "d");
  EXPECT_THAT(sealing_times(journal), testing::ElementsAre(first, first + std::chrono::hours(1)))
      << "whether or not the one in front of it is still there";
}

TEST_F(JournalTest, SaysWhatToDoWhereItCanNotSealBeforeItsCertificateEnds) {
  using record::test::moment;
  desk.keyring.replace(desk.node.credentials_of(
      "node", {moment("2026-11-01T00:00:00.000Z"), moment("2028-12-01T00:00:00.000Z")}));
  Journal journal = desk.open();
  const record::Time right = desk.now;
  desk.now = moment("2028-11-30T00:00:00.000Z");
  append(journal, "a");
  desk.now = right;
  EXPECT_TRUE(journal.append(origin(), payload("b", 1), {}, {})) << "it is taken all the same";
  desk.keyring.replace(desk.node.credentials_of(
      "node", {moment("2026-11-01T00:00:00.000Z"), moment("2027-12-01T00:00:00.000Z")}));
  const auto refused = journal.append(origin(), payload("c", 1), {}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, JournalProblem::not_certified);
  EXPECT_THAT(refused.error().sentence,
              testing::AllOf(HasSubstr("sealed at 2028-11-30T00:00:00.000Z"),
                             HasSubstr("sluice journal new-epoch park")));
  const auto call = std::vector{submission("d", 1)};
  EXPECT_EQ(journal.commit(call).error().code, JournalProblem::not_certified);
}

TEST_F(JournalTest, TakesAndSealsNothingOutsideItsCertificatesTimeAndGoesOnByItself) {
  using record::test::moment;
  desk.keyring.replace(desk.node.credentials_of(
      "node", {moment("2026-11-01T00:00:00.000Z"), moment("2026-12-01T00:00:00.000Z")}));
  Journal journal = desk.open();
  const auto taken = std::vector{submission("a", 1)};
  ASSERT_TRUE(journal.commit(taken));
  for (const char* outside : {"2026-12-01T00:00:00.001Z", "2026-10-31T23:59:59.999Z"}) {
    desk.now = moment(outside);
    const auto failed = journal.commit(taken);
    ASSERT_FALSE(failed) << outside;
    EXPECT_EQ(failed.error().code, JournalProblem::not_certified);
    EXPECT_EQ(failed.error().place, "CN=node");
    EXPECT_THAT(failed.error().sentence, HasSubstr("until one that holds is in its place"));
    EXPECT_EQ(journal.append(origin(), payload("b", 1), {}, {}).error().code,
              JournalProblem::not_certified);
    EXPECT_EQ(journal.replay(1, taken.front(), {}).error().code, JournalProblem::not_certified);
    EXPECT_EQ(journal.check_backlog().error().code, JournalProblem::not_certified);
    EXPECT_FALSE(journal.close_open_batches(Journal::Close::all).value());
    EXPECT_THAT(waiting(journal), IsEmpty());
  }
  desk.keyring.replace(desk.node.credentials_of(
      "node", {moment("2026-10-01T00:00:00.000Z"), moment("2028-12-01T00:00:00.000Z")}));
  EXPECT_TRUE(journal.commit(taken));
  EXPECT_TRUE(journal.close_open_batches(Journal::Close::all).value());
  EXPECT_EQ(text_of(waiting(journal).front()), lines("a", 1) + lines("a", 1));
  expect_chain(journal);
}

TEST_F(JournalTest, PutsSmallSubmissionsOfADatasetIntoOneBatch) {
  Journal journal = desk.open();
  const std::vector<Submission> calls = {submission("a", 1), submission("b", 2),
                                         submission("x", 1, "licence"), submission("c", 1)};
  const auto places = journal.commit(calls).value();
  EXPECT_EQ(places[0].sequence.value, 1U);
  EXPECT_EQ(places[1].first_row, 2U);
  EXPECT_EQ(places[2].sequence.value, 2U);
  EXPECT_EQ(places[3].first_row, 4U);
  EXPECT_THAT(waiting(journal), IsEmpty()) << "open batches are not sent";
  ASSERT_TRUE(journal.close_open_batches(Journal::Close::all).value());
  const auto batches = waiting(journal);
  ASSERT_THAT(batches, SizeIs(2));
  EXPECT_EQ(text_of(batches[0]), lines("a", 1) + lines("b", 2) + lines("c", 1));
  EXPECT_EQ(text_of(batches[1]), lines("x", 1));
  expect_chain(journal);
}

TEST_F(JournalTest, KeepsTheRowsOfManyCommitsInTheOrderInWhichTheyCame) {
  Journal journal = desk.open();
  std::string expected;
  for (int i = 0; i < 20; ++i) {
    const std::string name = "call" + std::to_string(i);
    ASSERT_TRUE(journal.commit(std::vector{submission(name, 3)}));
    expected += lines(name, 3);
  }
  ASSERT_TRUE(journal.close_open_batches(Journal::Close::all).value());
  EXPECT_EQ(text_of(waiting(journal).front()), expected);
}

TEST_F(JournalTest, ClosesAnOpenBatchOnlyWhenItIsDue) {
  desk.limits.batch_age = std::chrono::seconds(1);
  Journal journal = desk.open();
  ASSERT_TRUE(journal.commit(std::vector{submission("a", 1)}));
  EXPECT_FALSE(journal.close_open_batches(Journal::Close::due).value());
  desk.now += std::chrono::seconds(1);
  EXPECT_TRUE(journal.close_open_batches(Journal::Close::due).value());
  EXPECT_THAT(waiting(journal), SizeIs(1));
}

TEST_F(JournalTest, ClosesAnOpenBatchThoughTheClockWasPutBack) {
  desk.limits.batch_age = std::chrono::seconds(1);
  Journal journal = desk.open();
  ASSERT_TRUE(journal.commit(std::vector{submission("a", 1)}));
  EXPECT_FALSE(journal.close_open_batches(Journal::Close::due).value());
  desk.now -= std::chrono::hours(24);
  EXPECT_FALSE(journal.close_open_batches(Journal::Close::due).value());
  desk.steady += std::chrono::seconds(1);
  EXPECT_TRUE(journal.close_open_batches(Journal::Close::due).value());
  EXPECT_THAT(waiting(journal), SizeIs(1));
}

TEST_F(JournalTest, ClosesOpenBatchesWithLowerNumbersBeforeALargeOne) {
  Journal journal = desk.open();
  ASSERT_TRUE(journal.commit(std::vector{submission("a", 1), submission("x", 1, "licence")}));
  EXPECT_EQ(append(journal, "large").value, 3U);
  EXPECT_THAT(waiting(journal), SizeIs(3));
  expect_chain(journal);
}

TEST_F(JournalTest, OpenBatchesSurviveARestart) {
  {
    Journal journal = desk.open();
    ASSERT_TRUE(journal.commit(std::vector{submission("a", 2)}));
  }
  Journal journal = desk.open();
  EXPECT_EQ(journal.commit(std::vector{submission("b", 1)}).value().front().first_row, 3U);
  ASSERT_TRUE(journal.close_open_batches(Journal::Close::all).value());
  EXPECT_EQ(text_of(waiting(journal).front()), lines("a", 2) + lines("b", 1));
}

TEST_F(JournalTest, TwoHandlesOnOneFileTakeTurns) {
  Journal daemon = desk.open();
  Journal import = desk.open();
  ASSERT_TRUE(daemon.commit(std::vector{submission("a", 1)}));
  append(import, "file");
  ASSERT_TRUE(daemon.commit(std::vector{submission("b", 1)}));
  append(import, "file2");
  EXPECT_THAT(waiting(daemon), SizeIs(4));
  expect_chain(daemon);
}

TEST_F(JournalTest, KeepsTheSourcesCursorInTheBatchsTransaction) {
  Journal journal = desk.open();
  const std::vector<Cursor> cursors = {{"disk", "digest", "rows=2"}};
  ASSERT_TRUE(journal.append(origin(), payload("a", 2), {}, cursors));
  EXPECT_EQ(journal.cursor("disk", "digest").value()->value, "rows=2");
  EXPECT_FALSE(journal.cursor("disk", "another").value());
}

TEST_F(JournalTest, NothingOfASubmissionStaysWhenTheBacklogIsFull) {
  desk.limits.backlog_bytes = 1;
  Journal journal = desk.open();
  append(journal, "a");
  Submission call = submission("b", 1);
  call.cursors.push_back({"direct", "key", "value"});
  const auto refused = journal.commit(std::vector{call});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, JournalProblem::backlog_full);
  EXPECT_THAT(refused.error().sentence, HasSubstr("at most 1 may be"));
  EXPECT_FALSE(journal.cursor("direct", "key").value());
  EXPECT_FALSE(journal.append(origin(), payload("c", 1), {}, {}));
  EXPECT_THAT(waiting(journal), SizeIs(1));
}

Submission call_with_answer(int number, std::string value = "answer") {
  Submission call = submission("row", 1);
  call.cursors.push_back(
      {"direct", "key-" + std::to_string(number), std::move(value), Cursor::Keep::as_an_answer});
  return call;
}

TEST_F(JournalTest, RememberedAnswersAndQuarantinedRowsCountToWhatABureauMayHaveKept) {
  desk.limits.backlog_bytes = 10'000;
  Journal journal = desk.open();
  ASSERT_TRUE(journal.commit(std::vector{call_with_answer(1, std::string(6000, 'x'))}));
  ASSERT_TRUE(journal.check_backlog());
  const std::vector<QuarantinedRow> rows = {
      {.dataset = record::DatasetId("approval"), .original = std::string(5000, 'x')}};
  ASSERT_TRUE(journal.append(origin(), payload("none", 0), rows, {}));
  const auto full = journal.check_backlog();
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, JournalProblem::backlog_full);
  EXPECT_THAT(full.error().sentence, HasSubstr("quarantine"));
  EXPECT_FALSE(journal.append(origin(), payload("none", 0), rows, {})) << "no more bad rows";
}

TEST_F(JournalTest, AnswersAreForgottenAsFastAsNewOnesCome) {
  desk.limits.answer_age = std::chrono::hours(1);
  Journal journal = desk.open();
  std::vector<Submission> calls;
  for (int i = 0; i < 1000; ++i)
    calls.push_back(call_with_answer(i));
  ASSERT_TRUE(journal.commit(calls));
  const std::uint64_t of_thousand = journal.kept()->answer_bytes;
  EXPECT_GT(of_thousand, 100'000U);
  desk.now += std::chrono::hours(2);
  for (Submission& call : calls)
    call.cursors.at(0).key += "-later";
  const std::span all(calls);
  ASSERT_TRUE(journal.commit(all.first(250)));
  EXPECT_LT(journal.kept()->answer_bytes, of_thousand) << "more go than come";
  ASSERT_TRUE(journal.commit(all.subspan(250, 250)));
  EXPECT_FALSE(journal.cursor("direct", "key-999").value());
  EXPECT_TRUE(journal.cursor("direct", "key-499-later").value());
  EXPECT_LT(journal.kept()->answer_bytes, of_thousand * 3 / 5);
}

TEST_F(JournalTest, AnAnswerThatIsGivenAnewCountsOnce) {
  Journal journal = desk.open();
  ASSERT_TRUE(journal.commit(std::vector{call_with_answer(1, "short")}));
  const std::uint64_t once = journal.kept()->answer_bytes;
  ASSERT_TRUE(journal.commit(std::vector{call_with_answer(1, "longer")}));
  EXPECT_EQ(journal.kept()->answer_bytes, once + 1);
}

TEST_F(JournalTest, ABacklogThatIsTooOldIsFullToo) {
  desk.limits.backlog_age = std::chrono::hours(1);
  Journal journal = desk.open();
  append(journal, "a");
  EXPECT_TRUE(journal.check_backlog());
  desk.now += std::chrono::hours(1);
  EXPECT_EQ(journal.check_backlog().error().code, JournalProblem::backlog_full);
}

TEST_F(JournalTest, LetsGoOfABatchWhenItsReceiptIsThere) {
  Journal journal = desk.open();
  append(journal, "a");
  append(journal, "b");
  const record::Batch first = waiting(journal).front();
  ASSERT_TRUE(journal.acknowledge(receipt_for(first), {"json", "signature"}));
  EXPECT_THAT(waiting(journal), SizeIs(1));
  EXPECT_EQ(journal.receipt({1}).value()->json, "json");
  const Status status = journal.status().value();
  EXPECT_EQ(status.acknowledged.value, 1U);
  EXPECT_EQ(status.head.sequence.value, 2U);
  EXPECT_EQ(status.backlog.batches, 1U);
  EXPECT_EQ(status.backlog.bytes, waiting(journal).front().payload.size());
  EXPECT_TRUE(journal.acknowledge(receipt_for(first), {"json", "signature"})) << "once more";
}

TEST_F(JournalTest, RefusesAReceiptForOtherContentThanItHolds) {
  Journal journal = desk.open();
  append(journal, "a");
  record::Receipt receipt = receipt_for(waiting(journal).front());
  receipt.manifest = record::sha256("another manifest");
  EXPECT_EQ(journal.acknowledge(receipt, {}).error().code, JournalProblem::broken);
  EXPECT_THAT(waiting(journal), SizeIs(1));
}

TEST_F(JournalTest, ForgetsAnswersAfterTheirTimeAndSourcesNever) {
  desk.limits.answer_age = std::chrono::hours(24);
  Journal journal = desk.open();
  Submission call = submission("a", 1);
  call.cursors = {{"direct", "key", "answer", Cursor::Keep::as_an_answer},
                  {"disk", "file", "complete"}};
  ASSERT_TRUE(journal.commit(std::vector{call}));
  EXPECT_EQ(journal.cursor("direct", "key").value()->placement.sequence.value, 1U);
  desk.now += std::chrono::hours(25);
  append(journal, "b");
  ASSERT_TRUE(journal.acknowledge(receipt_for(waiting(journal).front()), {"{}", "s"}));
  EXPECT_FALSE(journal.cursor("direct", "key").value());
  EXPECT_TRUE(journal.cursor("disk", "file").value());
}

TEST_F(JournalTest, RefusesAnotherBureausFileAndAFileThatIsNoJournal) {
  { Journal journal = desk.open(); }
  const auto other = Journal::open(desk.file(), record::BureauId("quality"), {}, desk.keyring,
                                   [&] { return desk.now; });
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, JournalProblem::unreadable);
  EXPECT_THAT(other.error().sentence, HasSubstr("another bureau"));
  const auto text = desk.node.directory / "text";
  std::ofstream(text) << std::string(10'000, 'x');
  EXPECT_EQ(
      Journal::open(text, record::BureauId("park"), {}, desk.keyring, [&] { return desk.now; })
          .error()
          .code,
      JournalProblem::unreadable);
}

// A limit counts over processes and restarts by them.
TEST(JournalTallies, AddUpByTheMinuteOverCallsBatchesAndProcesses) {
  Desk desk;
  const std::chrono::sys_time<std::chrono::minutes> minute =
      std::chrono::floor<std::chrono::minutes>(desk.now);
  {
    Journal journal = desk.open();
    Submission call = submission("a", 2);
    call.tally = RowTally{.rows = 3, .failed = 1};
    const std::vector<Submission> calls{call, call, submission("b", 1)};
    ASSERT_TRUE(journal.commit(calls));
  }
  desk.now += std::chrono::minutes(2);
  Journal journal = desk.open();
  ASSERT_TRUE(journal.append(origin(), payload("c", 4), {}, {}, RowTally{.rows = 4}));
  ASSERT_TRUE(journal.append(origin("other"), payload("d", 1), {}, {}, RowTally{.rows = 9}));
  using Tallies = std::vector<MinuteTally>;
  const record::DatasetId dataset = origin().dataset;
  EXPECT_EQ(journal.tallies(dataset, desk.now - std::chrono::minutes(2)).value(),
            (Tallies{{minute, {.rows = 6, .failed = 2}},
                     {minute + std::chrono::minutes(2), {.rows = 4}}}));
  EXPECT_EQ(journal.tallies(dataset, desk.now).value(),
            (Tallies{{minute + std::chrono::minutes(2), {.rows = 4}}}));
}

TEST(JournalTallies, AreForgottenAfterADay) {
  Desk desk;
  Journal journal = desk.open();
  ASSERT_TRUE(journal.append(origin(), payload("a", 1), {}, {}, RowTally{.rows = 1}));
  const record::Time first = desk.now;
  desk.now += tally_age + std::chrono::minutes(1);
  ASSERT_TRUE(journal.append(origin(), payload("b", 1), {}, {}, RowTally{.rows = 1}));
  EXPECT_EQ(journal.tallies(origin().dataset, first)->size(), 1U);
}

TEST(JournalTallies, GoWithTheBatchOrNotAtAll) {
  Desk desk;
  desk.limits.backlog_bytes = 0;
  Journal journal = desk.open();
  ASSERT_FALSE(journal.append(origin(), payload("a", 1), {}, {}, RowTally{.rows = 1}));
  EXPECT_TRUE(journal.tallies(origin().dataset, desk.now)->empty());
}

}  // namespace
}  // namespace sluice::journal::test
