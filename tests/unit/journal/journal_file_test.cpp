// The journal as a file that others may open, replace or hold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sqlite/database.h"
#include "support/journal_builder.h"

namespace sluice::journal::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class JournalFile : public testing::Test {
 protected:
  void execute(const std::string& sql) {
    auto database = sqlite::Database::open(desk.file());
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->execute(sql));
  }
  JournalFailure failure_to_open() {
    auto journal = Journal::open(desk.file(), record::BureauId("park"), {}, desk.keyring,
                                 [&] { return desk.now; });
    EXPECT_FALSE(journal);
    return journal ? JournalFailure{} : journal.error();
  }
  Desk desk;
};

TEST_F(JournalFile, OfALaterVersionIsRefusedWithWhatToDo) {
  { const Journal journal = desk.open(); }
  execute("PRAGMA user_version=9");
  EXPECT_EQ(failure_to_open().code, JournalProblem::unreadable);
  EXPECT_THAT(failure_to_open().sentence, HasSubstr("upgrade"));
}

TEST_F(JournalFile, OfVersionOneIsOpenedAndCounts) {
  { const Journal journal = desk.open(); }
  execute(
      "DROP TABLE tally; DROP TABLE quarantine_settlement; DROP INDEX quarantine_group;"
      "CREATE INDEX quarantine_waiting ON quarantine(id) WHERE state = 0;"
      "ALTER TABLE stream DROP COLUMN follows; ALTER TABLE stream DROP COLUMN refused;"
      "PRAGMA user_version=1");
  Journal journal = desk.open();
  Submission call = submission("a", 1);
  call.tally = RowTally{.rows = 1};
  ASSERT_TRUE(journal.commit(std::span(&call, 1)));
  EXPECT_EQ(journal.tallies(call.origin.dataset, desk.now)->size(), 1U);
}

TEST_F(JournalFile, ThatIsADatabaseOfSomethingElseIsLeftAsItIs) {
  execute("CREATE TABLE payroll(name TEXT)");
  EXPECT_EQ(failure_to_open().code, JournalProblem::unreadable);
  auto database = sqlite::Database::open(desk.file()).value();
  EXPECT_FALSE(database.prepare("SELECT * FROM stream"));
}

TEST_F(JournalFile, IsReadableByItsOwnerOnly) {
  { const Journal journal = desk.open(); }
  EXPECT_EQ(std::filesystem::status(desk.file()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(JournalFile, AJournalThatIsMadeAgainBeginsANewEpoch) {
  const auto epoch = [&] { return desk.open().status()->stream.epoch; };
  const record::Epoch first = epoch();
  std::filesystem::remove(desk.file());
  desk.now += std::chrono::milliseconds(1);
  EXPECT_GT(epoch(), first);
}

TEST_F(JournalFile, TwoProcessesNumberAndChainTheirBatchesTogether) {
  constexpr int rounds = 20;
  { const Journal journal = desk.open(); }
  const pid_t import = fork();
  if (import == 0) {
    Journal journal = desk.open();
    for (int i = 0; i < rounds; ++i) {
      if (!journal.append(origin(), payload("file", 1), {}, {})) _exit(1);
    }
    _exit(0);
  }
  Journal journal = desk.open();
  for (int i = 0; i < rounds; ++i) {
    ASSERT_TRUE(journal.commit(std::vector{submission("call", 1)}));
  }
  int status = -1;
  ASSERT_EQ(waitpid(import, &status, 0), import);
  ASSERT_EQ(status, 0);
  ASSERT_TRUE(journal.close_open_batches(Journal::Close::all));
  std::uint64_t rows = 0;
  record::ChainHead head;
  for (const record::Batch& batch : waiting(journal)) {
    const auto manifest = record::parse_manifest(batch.manifest).value();
    ASSERT_EQ(manifest.sequence.value, head.sequence.value + 1);
    ASSERT_EQ(manifest.previous, head.manifest);
    head = {manifest.sequence, record::sha256(batch.manifest)};
    rows += manifest.upserts.value;
  }
  EXPECT_EQ(rows, 2U * rounds);
}

TEST_F(JournalFile, TellsWhatWaitsAndSinceWhen) {
  Journal journal = desk.open();
  const record::Time first = desk.now;
  ASSERT_TRUE(journal.append(origin(), payload("a", 1), {}, {}));
  desk.now += std::chrono::minutes(1);
  ASSERT_TRUE(journal.append(origin(), payload("b", 1), {}, {}));
  const Status status = journal.status().value();
  EXPECT_EQ(status.backlog.batches, 2U);
  EXPECT_EQ(status.backlog.oldest, first);
  EXPECT_EQ(status.acknowledged.value, 0U);
}

TEST_F(JournalFile, RefusesReceiptsForBatchesThatItNeverHadAndForOtherStreams) {
  Journal journal = desk.open();
  ASSERT_TRUE(journal.append(origin(), payload("a", 1), {}, {}));
  record::Receipt unknown = receipt_for(waiting(journal).front());
  unknown.sequence = {2};
  EXPECT_EQ(journal.acknowledge(unknown, {}).error().code, JournalProblem::broken);
  record::Receipt foreign = receipt_for(waiting(journal).front());
  ++foreign.stream.epoch.value;
  EXPECT_EQ(journal.acknowledge(foreign, {}).error().code, JournalProblem::broken);
  EXPECT_THAT(waiting(journal), SizeIs(1));
}

TEST_F(JournalFile, ForgetsReceiptsAfterTheirTime) {
  desk.limits.answer_age = std::chrono::hours(24);
  Journal journal = desk.open();
  const auto take_receipt = [&] {
    ASSERT_TRUE(journal.append(origin(), payload("a", 1), {}, {}));
    ASSERT_TRUE(journal.acknowledge(receipt_for(waiting(journal).front()), {"{}", "s"}));
  };
  take_receipt();
  EXPECT_TRUE(journal.receipt({1}).value());
  desk.now += std::chrono::hours(25);
  take_receipt();
  EXPECT_FALSE(journal.receipt({1}).value());
  EXPECT_TRUE(journal.receipt({2}).value());
}

}  // namespace
}  // namespace sluice::journal::test
