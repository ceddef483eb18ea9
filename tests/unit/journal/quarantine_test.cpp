// The journal's quarantine: what is settled, counted and told in pages.
#include <algorithm>
#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/quarantine_tables.h"
#include "sqlite/database.h"
#include "support/journal_builder.h"

namespace sluice::journal::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const QuarantineDecision li_wei{.by = "li.wei", .note = ""};

class Quarantine : public testing::Test {
 protected:
  // Ids are given from 1 on.
  void refuse(const std::string& dataset, const std::string& rule, std::string original = "bytes") {
    const std::vector<QuarantinedRow> rows = {{.dataset = record::DatasetId(dataset),
                                               .place = 7,
                                               .rule = rule,
                                               .columns = "[\"number\"]",
                                               .original = std::move(original)}};
    ASSERT_TRUE(journal.append(origin(dataset), payload("none", 0), rows, {}));
  }
  Result<Placement> replay(std::int64_t id) {
    return journal.replay(id, submission("corrected", 1), li_wei);
  }
  static std::vector<std::int64_t> ids_of(const Result<std::vector<QuarantineEntry>>& page) {
    std::vector<std::int64_t> ids;
    for (const QuarantineEntry& entry : page.value())
      ids.push_back(entry.id);
    return ids;
  }
  void open_again() { journal = Journal(desk.open()); }

  Desk desk;
  Journal journal = desk.open();
};

TEST_F(Quarantine, ARowIsReplayedOnce) {
  refuse("approval", "uscc");
  EXPECT_EQ(journal.status()->quarantine_waiting, 1U);
  desk.now += std::chrono::minutes(1);
  EXPECT_EQ(replay(1).value().sequence.value, 1U);
  EXPECT_EQ(journal.status()->quarantine_waiting, 0U);
  EXPECT_EQ(replay(1).error().code, JournalProblem::not_waiting);
  const auto entry = journal.quarantine_entry(1).value().value();
  EXPECT_EQ(entry.state, QuarantineState::replayed);
  EXPECT_EQ(entry.settlement, (QuarantineSettlement{desk.now, li_wei}));
}

TEST_F(Quarantine, ADiscardedRowStaysWithItsBytesAndWithWhoAndWhy) {
  refuse("approval", "uscc", "the bytes");
  const record::Time came = desk.now;
  desk.now += std::chrono::minutes(1);
  const QuarantineDecision decision{"li.wei", "the bureau closed it: 91100000710930026Y"};
  ASSERT_TRUE(journal.discard(1, decision));
  EXPECT_EQ(journal.status()->quarantine_waiting, 0U);
  open_again();
  const auto entry = journal.quarantine_entry(1).value().value();
  EXPECT_EQ(entry.state, QuarantineState::discarded);
  EXPECT_EQ(entry.at, came);
  EXPECT_EQ(entry.row.original, "the bytes");
  EXPECT_EQ(entry.row.place, 7U);
  EXPECT_EQ(entry.settlement, (QuarantineSettlement{desk.now, decision}));
}

TEST_F(Quarantine, WhatIsSettledIsSettledOnce) {
  refuse("approval", "uscc");
  refuse("approval", "uscc");
  const QuarantineDecision first{"li.wei", "first"};
  const QuarantineDecision second{"wang.fang", "second"};
  ASSERT_TRUE(journal.discard(1, first));
  EXPECT_EQ(journal.discard(1, second).error().code, JournalProblem::not_waiting);
  EXPECT_EQ(replay(1).error().code, JournalProblem::not_waiting);
  EXPECT_EQ(journal.quarantine_entry(1).value()->settlement->decision, first);
  ASSERT_TRUE(replay(2));
  EXPECT_EQ(journal.discard(2, second).error().code, JournalProblem::not_waiting);
  EXPECT_EQ(journal.quarantine_entry(2).value()->state, QuarantineState::replayed);
  EXPECT_EQ(journal.discard(3, second).error().code, JournalProblem::not_waiting);
  ASSERT_TRUE(journal.close_open_batches(Journal::Close::all));
  EXPECT_THAT(waiting(journal), SizeIs(1)) << "nothing of what was discarded was sent";
}

TEST_F(Quarantine, CountsWhatWaitsByDatasetAndRuleSinceTheFirst) {
  const record::Time first = desk.now;
  refuse("register", "required");
  desk.now += std::chrono::minutes(1);
  const record::Time second = desk.now;
  refuse("approval", "uscc");
  desk.now += std::chrono::minutes(1);
  refuse("register", "required");
  refuse("register", "date");
  refuse("approval", "required");
  ASSERT_TRUE(replay(5));
  ASSERT_TRUE(journal.discard(4, li_wei));
  const auto counts = journal.quarantine_counts().value();
  EXPECT_THAT(counts,
              ElementsAre(QuarantineCount{record::DatasetId("approval"), "uscc", 1, second},
                          QuarantineCount{record::DatasetId("register"), "required", 2, first}));
  ASSERT_TRUE(journal.discard(1, li_wei));
  EXPECT_EQ(journal.quarantine_counts().value().back().oldest, desk.now);
}

TEST_F(Quarantine, TalliesAllOfItByStateDatasetAndRuleFromTheFirstToTheLast) {
  EXPECT_THAT(journal.quarantine_tallies().value(), IsEmpty());
  const record::Time first = desk.now;
  refuse("register", "required");
  desk.now += std::chrono::minutes(1);
  const record::Time second = desk.now;
  refuse("approval", "uscc");
  refuse("register", "required");
  desk.now += std::chrono::minutes(1);
  refuse("register", "required");
  refuse("register", "date");
  ASSERT_TRUE(replay(5));
  ASSERT_TRUE(journal.discard(1, li_wei));
  ASSERT_TRUE(journal.discard(4, li_wei));
  using enum QuarantineState;
  const record::DatasetId approval("approval");
  const record::DatasetId registered("register");
  EXPECT_THAT(journal.quarantine_tallies().value(),
              ElementsAre(QuarantineTally{waiting, approval, "uscc", 1, second, second},
                          QuarantineTally{waiting, registered, "required", 1, second, second},
                          QuarantineTally{replayed, registered, "date", 1, desk.now, desk.now},
                          QuarantineTally{discarded, registered, "required", 2, first, desk.now}));
}

TEST_F(Quarantine, TellsTheRulesOfAllStates) {
  EXPECT_THAT(journal.quarantine_rules().value(), IsEmpty());
  refuse("register", "required");
  refuse("approval", "uscc");
  refuse("approval", "required");
  refuse("approval", "date");
  ASSERT_TRUE(replay(2));
  ASSERT_TRUE(journal.discard(4, li_wei));
  EXPECT_THAT(journal.quarantine_rules().value(), ElementsAre("date", "required", "uscc"));
}

TEST_F(Quarantine, PagesLeaveTheBytesWhereTheyAre) {
  refuse("approval", "uscc", std::string(100'000, 'x'));
  ASSERT_TRUE(journal.discard(1, {"li.wei", "too long"}));
  const auto page = journal.quarantine_page({}, {}).value();
  ASSERT_THAT(page, SizeIs(1));
  EXPECT_THAT(page[0].row.original, IsEmpty());
  EXPECT_EQ(page[0].row.columns, "[\"number\"]");
  EXPECT_EQ(page[0].settlement->decision.note, "too long");
}

std::vector<QuarantineFilter> every_filter() {
  using enum QuarantineState;
  const std::optional<std::string> any;
  std::vector<QuarantineFilter> filters;
  for (const auto& state :
       std::vector<std::optional<QuarantineState>>{{}, waiting, replayed, discarded}) {
    for (const auto& dataset :
         {any, std::optional<std::string>("payment"), std::optional<std::string>("none")}) {
      for (const auto& rule :
           {any, std::optional<std::string>("date"), std::optional<std::string>("none")}) {
        filters.push_back({.rule = rule, .state = state});
        if (dataset) filters.back().dataset = record::DatasetId(*dataset);
      }
    }
  }
  return filters;
}

// Every filter, to both sides of many ids: what a walk over all rows gives.
TEST_F(Quarantine, EachPageHasTheNearestOfWhatIsAskedForInOrder) {
  constexpr std::array datasets{"approval", "payment", "register"};
  constexpr std::array rules{"date", "required"};
  constexpr std::int64_t rows = 36;
  std::vector<QuarantineEntry> all;
  for (std::int64_t id = 1; id <= rows; ++id) {
    refuse(datasets.at(static_cast<std::size_t>(id * 7 % 3)),
           rules.at(static_cast<std::size_t>(id * 5 % 7 % 2)));
    if (id % 4 == 1) {
      ASSERT_TRUE(replay(id));
    } else if (id % 4 == 2) {
      ASSERT_TRUE(journal.discard(id, li_wei));
    }
    all.push_back(journal.quarantine_entry(id).value().value());
  }
  for (const QuarantineFilter& filter : every_filter()) {
    std::vector<std::int64_t> fitting;
    for (const QuarantineEntry& entry : all) {
      if (filter.state.value_or(entry.state) == entry.state &&
          filter.dataset.value_or(entry.row.dataset) == entry.row.dataset &&
          filter.rule.value_or(entry.row.rule) == entry.row.rule) {
        fitting.push_back(entry.id);
      }
    }
    for (std::int64_t id = 0; id <= rows + 1; id += 5) {
      const auto behind = std::ranges::upper_bound(fitting, id);
      const auto from = std::ranges::lower_bound(fitting, id);
      const std::vector<std::int64_t> after(
          behind, behind + std::min<std::ptrdiff_t>(4, fitting.end() - behind));
      const std::vector<std::int64_t> before(
          from - std::min<std::ptrdiff_t>(4, from - fitting.begin()), from);
      EXPECT_EQ(ids_of(journal.quarantine_page(filter, {QuarantineCut::Side::after, id, 4})),
                after);
      EXPECT_EQ(ids_of(journal.quarantine_page(filter, {QuarantineCut::Side::before, id, 4})),
                before);
    }
  }
}

TEST_F(Quarantine, EachReadIsASeek) {
  auto database = sqlite::Database::open(desk.file()).value();
  for (const std::string_view sql : QuarantineTables::reads()) {
    auto plan = database.prepare("EXPLAIN QUERY PLAN " + std::string(sql)).value();
    while (plan.step().value()) {
      const std::string step(plan.text(3));
      EXPECT_THAT(step, HasSubstr("SEARCH")) << sql;
      if (step.find("PRIMARY KEY") == std::string::npos) {
        EXPECT_THAT(step, HasSubstr("COVERING INDEX")) << "or it would read the rows: " << sql;
      }
    }
  }
}

TEST_F(Quarantine, OfAFileOfVersionTwoIsCountedAndPagedAndSettled) {
  refuse("approval", "uscc");
  refuse("approval", "uscc");
  ASSERT_TRUE(replay(1));
  {
    auto database = sqlite::Database::open(desk.file()).value();
    ASSERT_TRUE(database.execute(
        "DROP TABLE quarantine_settlement; DROP INDEX quarantine_group;"
        "CREATE INDEX quarantine_waiting ON quarantine(id) WHERE state = 0;"
        "ALTER TABLE stream DROP COLUMN follows; ALTER TABLE stream DROP COLUMN refused;"
        "PRAGMA user_version=2"));
  }
  open_again();
  EXPECT_EQ(journal.status()->quarantine_waiting, 1U);
  EXPECT_EQ(journal.quarantine_counts().value().at(0).waiting, 1U);
  EXPECT_THAT(ids_of(journal.quarantine_page({}, {})), ElementsAre(1, 2));
  EXPECT_FALSE(journal.quarantine_entry(1).value()->settlement) << "nobody had noted it";
  ASSERT_TRUE(journal.discard(2, li_wei));
  auto database = sqlite::Database::open(desk.file()).value();
  auto version = database.prepare("PRAGMA user_version").value();
  ASSERT_TRUE(version.step().value());
  EXPECT_EQ(version.integer(0), 8);
  auto index =
      database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'quarantine_waiting'").value();
  EXPECT_FALSE(index.step().value()) << "it would be written for nothing";
}

TEST_F(Quarantine, CountsItsBytesInAFileOfVersionThreeAndFromThenOn) {
  const auto bytes_of = [](std::size_t original) { return original + 10 + 256; };
  refuse("approval", "uscc", std::string(1000, 'x'));
  EXPECT_EQ(journal.kept()->quarantine_bytes, bytes_of(1000));
  {
    auto database = sqlite::Database::open(desk.file()).value();
    ASSERT_TRUE(
        database.execute("DROP TABLE kept; DROP TRIGGER quarantine_comes; DROP TRIGGER "
                         "quarantine_goes; DROP TRIGGER answer_comes; DROP TRIGGER answer_goes; "
                         "DROP TRIGGER answer_changes; DROP INDEX quarantine_settled; "
                         "PRAGMA user_version=3"));
  }
  open_again();
  EXPECT_EQ(journal.kept()->quarantine_bytes, bytes_of(1000));
  refuse("approval", "uscc", std::string(50, 'x'));
  EXPECT_EQ(journal.kept()->quarantine_bytes, bytes_of(1000) + bytes_of(50));
  EXPECT_EQ(journal.status()->kept, journal.kept().value());
}

TEST_F(Quarantine, ThatIsFullTakesNoMoreUntilSomebodyHasDealtWithSomeOfIt) {
  desk.limits.quarantine_bytes = 1000;
  open_again();
  for (int i = 0; i < 2; ++i)
    refuse("approval", "uscc", std::string(300, 'x'));
  const std::vector<QuarantinedRow> bad = {
      {.dataset = record::DatasetId("approval"), .rule = "uscc"}};
  const auto full = journal.append(origin(), payload("good", 1), bad, {});
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, JournalProblem::backlog_full);
  EXPECT_THAT(full.error().sentence, HasSubstr("sluice quarantine counts park"));
  Submission call = submission("good", 1);
  call.quarantined = bad;
  EXPECT_EQ(journal.commit(std::span(&call, 1)).error().code, JournalProblem::backlog_full);
  EXPECT_TRUE(journal.append(origin(), payload("good", 1), {}, {})) << "good rows go on";
  ASSERT_TRUE(journal.discard(1, li_wei));
  desk.now += std::chrono::milliseconds(1);
  EXPECT_TRUE(journal.append(origin(), payload("good", 1), bad, {}));
  EXPECT_THAT(ids_of(journal.quarantine_page({}, {})), ElementsAre(2, 3));
}

TEST_F(Quarantine, WhatSomebodyHasDealtWithGoesWhenItIsOldAndWhatWaitsStays) {
  desk.limits.quarantine_age = std::chrono::hours(24);
  open_again();
  for (int i = 0; i < 3; ++i)
    refuse("approval", "uscc");
  ASSERT_TRUE(replay(1));
  ASSERT_TRUE(journal.discard(3, li_wei));
  const std::uint64_t before = journal.kept()->quarantine_bytes;
  const auto call = [&] {
    Submission next = submission("next", 1);
    next.cursors.push_back({"direct", "key", "value", Cursor::Keep::as_an_answer});
    ASSERT_TRUE(journal.commit(std::span(&next, 1)));
  };
  call();
  EXPECT_THAT(ids_of(journal.quarantine_page({}, {})), ElementsAre(1, 2, 3));
  desk.now += std::chrono::hours(25);
  call();
  EXPECT_THAT(ids_of(journal.quarantine_page({}, {})), ElementsAre(2));
  EXPECT_EQ(journal.kept()->quarantine_bytes, before / 3);
}

TEST_F(Quarantine, StatesHaveNames) {
  using enum QuarantineState;
  for (const QuarantineState state : {waiting, replayed, discarded})
    EXPECT_EQ(parse_quarantine_state(to_string(state)), state);
  EXPECT_EQ(parse_quarantine_state("all"), std::nullopt);
}

}  // namespace
}  // namespace sluice::journal::test
