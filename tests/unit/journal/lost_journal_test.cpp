// A journal that is gone, or is as it was earlier, and the way to begin anew.
#include <fstream>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/stream_marks.h"
#include "support/journal_builder.h"

namespace sluice::journal::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const record::BureauId park("park");

class LostJournal : public testing::Test {
 protected:
  Result<Journal> try_open() {
    return Journal::open(desk.file(), park, desk.limits, desk.keyring, [this] { return desk.now; },
                         {.marks = marks.get()});
  }
  Journal open() { return try_open().value(); }
  std::string objection() {
    const auto opened = try_open();
    EXPECT_FALSE(opened);
    if (opened) return {};
    EXPECT_EQ(opened.error().code, JournalProblem::lost);
    return opened.error().sentence;
  }
  static void append(Journal& journal, const std::string& name,
                     const std::vector<Cursor>& cursors = {}) {
    ASSERT_TRUE(journal.append(origin(), payload(name, 1), {}, cursors));
  }
  static void acknowledge_all(Journal& journal) {
    for (const record::Batch& batch : waiting(journal))
      ASSERT_TRUE(journal.acknowledge(receipt_for(batch), {"{}", "s"}));
  }
  // Everything that belongs to the journal's file.
  void each_part(const std::function<void(const std::string&)>& done) const {
    for (const char* part : {"", "-wal", "-shm"})
      done(part);
  }
  void remove() const {
    each_part(
        [this](const std::string& part) { std::filesystem::remove(desk.file().string() + part); });
  }
  void keep_copy() const {
    auto database = sqlite::Database::open(desk.file()).value();
    std::filesystem::remove(copy());
    ASSERT_TRUE(database.execute("VACUUM INTO '" + copy().string() + "'"));
  }
  void put_copy_back() const {
    remove();
    std::filesystem::copy_file(copy(), desk.file());
  }
  std::filesystem::path copy() const { return desk.node.directory / "copy"; }

  Desk desk;
  std::unique_ptr<StreamMarks> marks =
      StreamMarks::open(desk.node.directory / "remembered.sqlite").value();
};

TEST_F(LostJournal, ThatIsGoneIsNotMadeAgain) {
  append(*std::make_unique<Journal>(open()), "a");
  remove();
  EXPECT_THAT(objection(), HasSubstr("is gone"));
  EXPECT_THAT(objection(), HasSubstr("batches up to 1"));
  EXPECT_FALSE(std::filesystem::exists(desk.file()));
}

TEST_F(LostJournal, ThatIsEmptyIsLeftAsItIs) {
  append(*std::make_unique<Journal>(open()), "a");
  remove();
  std::ofstream(desk.file()).close();
  EXPECT_THAT(objection(), HasSubstr("has 0 bytes"));
  EXPECT_EQ(std::filesystem::file_size(desk.file()), 0U);
}

TEST_F(LostJournal, ThatIsOlderThanTheNumbersGivenOutIsRefused) {
  {
    Journal journal = open();
    append(journal, "a");
    keep_copy();
    append(journal, "b");
  }
  put_copy_back();
  EXPECT_THAT(objection(), HasSubstr("its last batch is 1"));
  EXPECT_THAT(objection(), HasSubstr("numbers up to 2"));
}

TEST_F(LostJournal, OfAnotherEpochIsRefused) {
  { const Journal journal = open(); }
  remove();
  desk.now += std::chrono::milliseconds(1);
  { const Journal other = desk.open(); }
  EXPECT_THAT(objection(), HasSubstr("it is of epoch"));
}

TEST_F(LostJournal, OneThatBeganAnewJustBeforeItsNodeEndedIsNoOther) {
  {
    Journal journal = open();
    append(journal, "a");
    const auto unmarked = StreamMarks::open(desk.node.directory / "elsewhere.sqlite").value();
    const record::Epoch before = journal.status()->stream.epoch;
    ASSERT_TRUE(journal.begin_epoch({.after = before}, *unmarked));
  }
  const auto epoch = open().status()->stream.epoch;
  EXPECT_EQ(marks->find(park).value()->epoch, epoch);
}

TEST_F(LostJournal, AnOpenBatchCountsAsGivenOut) {
  {
    Journal journal = open();
    keep_copy();
    ASSERT_TRUE(journal.commit(std::vector{submission("call", 1)}));
  }
  put_copy_back();
  EXPECT_THAT(objection(), HasSubstr("its last batch is 0"));
}

TEST_F(LostJournal, OneThatWasThereBeforeMarksWereKeptIsRemembered) {
  append(*std::make_unique<Journal>(desk.open()), "a");
  const Journal journal = open();
  EXPECT_EQ(marks->find(park).value()->numbered.value, 1U);
}

TEST_F(LostJournal, WhatWasRolledBackIsNotRememberedAsGivenOut) {
  desk.limits.backlog_bytes = 1;
  Journal journal = open();
  append(journal, "a");
  EXPECT_FALSE(journal.append(origin(), payload("b", 1), {}, {}));
  EXPECT_EQ(marks->find(park).value()->numbered.value, 1U);
}

// What a journal is told of the ledger.
LedgerPlace at(const Status& status, std::uint64_t sequence) {
  return {.head = {{sequence}, status.head.manifest},
          .latest = status.stream.epoch,
          .latest_sequence = {sequence}};
}
std::string compared(Journal& journal, const std::optional<LedgerPlace>& place) {
  const auto ask = [&](const record::StreamId&) { return place; };
  return journal.compare(ask).value().value_or("");
}

TEST_F(LostJournal, ALedgerThatIsAheadRefusesRowsUntilItIsNot) {
  Journal journal = open();
  append(journal, "a");
  acknowledge_all(journal);
  const Status status = journal.status().value();
  EXPECT_EQ(compared(journal, at(status, 1)), "");
  EXPECT_THAT(compared(journal, at(status, 2)), HasSubstr("batches up to 2"));
  const auto refused = journal.append(origin(), payload("b", 1), {}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, JournalProblem::lost);
  EXPECT_EQ(open().commit(std::vector{submission("b", 1)}).error().code, JournalProblem::lost)
      << "in another process too";
  EXPECT_NE(compared(journal, std::nullopt), "") << "a ledger that is away settles nothing";
  EXPECT_EQ(compared(journal, at(status, 1)), "");
  append(journal, "b");
}

TEST_F(LostJournal, ALedgerThatLacksWhatItGaveReceiptsForAndIsNotRetainedIsTold) {
  desk.limits.retention_bytes = 1;
  Journal journal = open();
  append(journal, "a");
  acknowledge_all(journal);
  EXPECT_THAT(compared(journal, LedgerPlace{}), HasSubstr("central store was lost"));
}

TEST_F(LostJournal, AnotherBatchUnderTheLastNumberIsTold) {
  Journal journal = open();
  append(journal, "a");
  LedgerPlace place = at(journal.status().value(), 1);
  EXPECT_EQ(compared(journal, place), "");
  place.head.manifest = record::sha256("another");
  EXPECT_THAT(compared(journal, place), HasSubstr("is another one"));
}

TEST_F(LostJournal, AnotherBatchUnderANumberThatWaitsIsTold) {
  Journal journal = open();
  append(journal, "a");
  append(journal, "b");
  const auto first = waiting(journal).front();
  LedgerPlace place = at(journal.status().value(), 1);
  place.head.manifest = record::sha256(first.manifest);
  EXPECT_EQ(compared(journal, place), "");
  place.head.manifest = record::sha256("another");
  EXPECT_THAT(compared(journal, place), HasSubstr("its batch 1 is another one"));
}

TEST_F(LostJournal, AnEarlierEpochThatIsNotKnownHereIsTold) {
  Journal journal = open();
  append(journal, "a");
  const LedgerPlace place{
      .head = {}, .latest = {journal.status()->stream.epoch.value - 1}, .latest_sequence = {7}};
  EXPECT_THAT(compared(journal, place), HasSubstr("knows nothing"));
  ASSERT_TRUE(journal.begin_epoch({.after = place.latest}, *marks));
  EXPECT_EQ(compared(journal, place), "") << "it is known now";
}

class BeginningAnew : public LostJournal {
 protected:
  // Three batches with a cursor each, of which the first has its receipt.
  Journal three() {
    Journal journal = open();
    for (const char* name : {"a", "b", "c"}) {
      append(journal, name, {{.channel = "disk", .key = name, .value = "read"}});
      if (waiting(journal).size() == 1 && name[0] == 'a') acknowledge_all(journal);
    }
    return journal;
  }
  static std::string cursors(Journal& journal) {
    std::string found;
    for (const char* name : {"a", "b", "c"}) {
      const auto cursor = journal.cursor("disk", name).value();
      if (cursor) found += name + std::to_string(cursor->placement.sequence.value);
    }
    return found;
  }
};

TEST_F(BeginningAnew, SealsWhatWaitsWithNewNumbersInOneChain) {
  Journal journal = three();
  const record::StreamId before = journal.status()->stream;
  const auto epoch = journal.begin_epoch({.after = before.epoch, .confirmed = {1}}, *marks);
  ASSERT_TRUE(epoch) << record::to_string(epoch.error());
  EXPECT_GT(*epoch, before.epoch);
  record::ChainHead head;
  std::vector<std::string> texts;
  for (const record::Batch& batch : waiting(journal)) {
    const auto manifest = record::verify(batch, desk.node.verifier(), desk.now).value().manifest;
    EXPECT_EQ(manifest.stream, (record::StreamId{park, *epoch}));
    EXPECT_EQ(manifest.sequence.value, head.sequence.value + 1);
    EXPECT_EQ(manifest.previous, head.manifest);
    head = {manifest.sequence, record::sha256(batch.manifest)};
    texts.push_back(text_of(batch));
  }
  EXPECT_THAT(texts, ElementsAre(HasSubstr("b-1"), HasSubstr("c-1")));
  EXPECT_EQ(journal.status()->head, head);
  EXPECT_EQ(journal.status()->acknowledged.value, 0U);
  EXPECT_EQ(cursors(journal), "a0b1c2");
  acknowledge_all(journal);
  EXPECT_EQ(journal.status()->backlog.batches, 0U);
  EXPECT_EQ(journal.status()->backlog.bytes, 0U);
  append(journal, "d");
  EXPECT_EQ(open().status()->head.sequence.value, 3U) << "the mark goes with it";
}

// The way out for what was sealed while the clock was wrong.
TEST_F(BeginningAnew, SealsAsOfNowAndNotBeforeTheLastBatchThatHasAReceipt) {
  const record::Time right = desk.now;
  Journal journal = open();
  desk.now = right + std::chrono::minutes(1);
  append(journal, "a");
  acknowledge_all(journal);
  desk.now = right + std::chrono::hours(24 * 365);
  append(journal, "b");
  desk.now = right;
  append(journal, "c");
  ASSERT_TRUE(journal.begin_epoch({.confirmed = {1}}, *marks));
  append(journal, "d");
  for (const record::Batch& batch : waiting(journal)) {
    EXPECT_EQ(record::parse_manifest(batch.manifest)->collected_at,
              right + std::chrono::minutes(1));
  }
  EXPECT_EQ(waiting(journal).size(), 3U);
  desk.now = right + std::chrono::minutes(2);
  append(journal, "e");
  EXPECT_EQ(record::parse_manifest(waiting(journal).back().manifest)->collected_at, desk.now);
}

TEST_F(BeginningAnew, ForgetsTheCursorsOfWhatTheLedgerHasNoMore) {
  desk.limits.retention_bytes = 1;
  Journal journal = three();
  acknowledge_all(journal);
  ASSERT_TRUE(journal.begin_epoch({.confirmed = {1}}, *marks));
  EXPECT_EQ(cursors(journal), "a0");
}

TEST_F(BeginningAnew, WithAGapBeforeItACursorOfWhatWaitsIsForgottenToo) {
  desk.limits.retention_bytes = 1;
  Journal journal = three();
  ASSERT_TRUE(journal.begin_epoch({.confirmed = {0}}, *marks));
  EXPECT_EQ(cursors(journal), "") << "the file of b may have begun in a";
  EXPECT_EQ(waiting(journal).size(), 2U);
}

TEST_F(BeginningAnew, SealsAnewWhatIsRetainedAndTheLedgerHasNot) {
  Journal journal = three();
  acknowledge_all(journal);
  ASSERT_TRUE(journal.begin_epoch({.confirmed = {1}}, *marks));
  EXPECT_EQ(cursors(journal), "a0b1c2");
  ASSERT_EQ(waiting(journal).size(), 2U);
  EXPECT_THAT(text_of(waiting(journal).front()), HasSubstr("b-1"));
  EXPECT_EQ(journal.status()->retained.batches, 2U);
  acknowledge_all(journal);
  EXPECT_EQ(journal.status()->acknowledged.value, 2U);
}

TEST_F(BeginningAnew, FromTheStartForgetsAllCursors) {
  Journal journal = three();
  ASSERT_TRUE(journal.begin_epoch({.confirmed = {1}, .from_start = true}, *marks));
  EXPECT_EQ(cursors(journal), "");
  EXPECT_EQ(waiting(journal).size(), 2U);
}

TEST_F(BeginningAnew, ForgetsAChannelWhoseOwnFilesAreLater) {
  Journal journal = three();
  ASSERT_TRUE(journal.begin_epoch({.confirmed = {1}, .forgotten_channels = {"disk"}}, *marks));
  EXPECT_EQ(cursors(journal), "");
}

TEST_F(BeginningAnew, RowsOfOpenBatchesGoAlong) {
  Journal journal = open();
  ASSERT_TRUE(journal.commit(std::vector{submission("call", 2)}));
  ASSERT_TRUE(journal.begin_epoch({}, *marks));
  ASSERT_EQ(waiting(journal).size(), 1U);
  EXPECT_THAT(text_of(waiting(journal).front()), HasSubstr("call-2"));
}

TEST_F(BeginningAnew, AfterAnEpochOfAClockThatWasAheadComesALaterOne) {
  Journal journal = open();
  const record::Epoch ahead{journal.status()->stream.epoch.value + 1'000'000};
  EXPECT_GT(*journal.begin_epoch({.after = ahead}, *marks), ahead);
}

}  // namespace
}  // namespace sluice::journal::test
