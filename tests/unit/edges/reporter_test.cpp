#include "edges/reporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "edges/quarantine_report.h"

namespace sluice::edges::test {
namespace {

using link::LinkFailure;
using link::LinkProblem;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// Streams of two bureaus, and a center that is as the test says.
class ReporterTest : public testing::Test {
 protected:
  // What came to the center since, as "park:3".
  std::vector<std::string> come() { return std::exchange(come_, {}); }
  std::vector<std::string> told() { return std::exchange(told_, {}); }
  void step() { next = reporter.step(); }
  void go_on(std::chrono::steady_clock::duration time) {
    for (const auto end = now + time; next <= end;) {
      now = next;
      step();
    }
  }

  ReportTimes::Moment now{std::chrono::hours(1)};
  ReportTimes::Moment next{};
  std::map<std::string, std::uint64_t> waiting{{"park", 3}, {"quality", 1}};
  std::optional<LinkFailure> failure;
  std::string only_for;  // whom the failure is for; empty: all
  Reception reception = Reception::taken;
  seconds call_takes{0};
  bool is_journal_readable = true;

 private:
  ReportedStream stream(const std::string& bureau) {
    const auto tallies = [this,
                          bureau]() -> journal::Result<std::vector<journal::QuarantineTally>> {
      if (!is_journal_readable) {
        return std::unexpected(
            journal::JournalFailure{journal::JournalProblem::busy, "journal", "it is locked"});
      }
      return std::vector<journal::QuarantineTally>{{journal::QuarantineState::waiting,
                                                    record::DatasetId("register"), "uscc",
                                                    waiting[bureau]}};
    };
    return {record::BureauId(bureau), tallies};
  }
  link::Result<Reception> bring(const record::BureauId& bureau, const std::string& json) {
    ++tries;
    now += call_takes;
    if (failure && (only_for.empty() || only_for == bureau.str())) return std::unexpected(*failure);
    const auto report = parse_report(json).value();
    if (reception == Reception::taken) {
      come_.push_back(bureau.str() + ":" + std::to_string(report.groups.at(0).entries));
    }
    return reception;
  }

  std::vector<std::string> come_;
  std::vector<std::string> told_;

 protected:
  int tries = 0;
  Reporter reporter{{stream("park"), stream("quality")},
                    {.clock = [] { return record::Time(); },
                     .moment = [this] { return now; },
                     .random = [] { return 1.0; },
                     .bring = [this](const record::BureauId& bureau,
                                     const std::string& json) { return bring(bureau, json); }},
                    {.not_told =
                         [this](const record::BureauId& bureau, const std::string& reason) {
                           told_.push_back(bureau.str() + ": " + reason);
                         },
                     .unwanted = [this] { told_.push_back("unwanted"); }}};
};

TEST_F(ReporterTest, TellsAllAtOnceThenWhatHasChangedThenSignsOfLife) {
  step();
  EXPECT_THAT(come(), ElementsAre("park:3", "quality:1"));
  EXPECT_EQ(next, now + minutes(1));
  waiting["park"] = 4;
  go_on(seconds(59));
  EXPECT_THAT(come(), IsEmpty());
  go_on(minutes(2));
  EXPECT_THAT(come(), ElementsAre("park:4"));
  go_on(minutes(11));
  EXPECT_THAT(come(), IsEmpty());
  go_on(minutes(3));
  EXPECT_THAT(come(), ElementsAre("quality:1", "park:4"));
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(ReporterTest, TellsTheCenterThatIsBackHowItIsNow) {
  step();
  come();
  failure = {LinkProblem::unavailable, "https://center:1", "nobody answers there"};
  go_on(minutes(30));
  EXPECT_THAT(told(), ElementsAre("park: https://center:1: nobody answers there")) << "once";
  failure.reset();
  go_on(minutes(1));
  EXPECT_THAT(come(), UnorderedElementsAre("park:3", "quality:1"));
  failure = {LinkProblem::unavailable, "https://center:1", "nobody answers there"};
  go_on(minutes(30));
  EXPECT_EQ(told().size(), 1U) << "another outage is told of again";
}

TEST_F(ReporterTest, DoesNotWaitForACenterThatIsAwayOnceForEachBureau) {
  failure = {LinkProblem::unavailable, "center", "nobody answers there"};
  step();
  EXPECT_EQ(tries, 1);
}

TEST_F(ReporterTest, PausesAfterACallThatTookLong) {
  failure = {LinkProblem::unavailable, "center", "it does not answer in time"};
  call_takes = seconds(30);
  step();
  EXPECT_EQ(next, now + seconds(2)) << "from its end on";
  failure.reset();
  now = next;
  step();
  EXPECT_THAT(come(), ElementsAre("park:3", "quality:1"));
  EXPECT_EQ(next, now + seconds(30)) << "a minute after the first of them was told";
}

TEST_F(ReporterTest, WhatOneBureauIsRefusedForHoldsUpNoOther) {
  failure = {LinkProblem::refused, "center", "it may not"};
  only_for = "park";
  step();
  EXPECT_THAT(come(), ElementsAre("quality:1"));
  EXPECT_THAT(told(), ElementsAre("park: center: it may not"));
}

TEST_F(ReporterTest, AnOlderCenterIsToldOfOnceAndAskedSeldom) {
  reception = Reception::unwanted;
  step();
  EXPECT_THAT(told(), ElementsAre("unwanted"));
  EXPECT_EQ(next, now + minutes(15));
  go_on(minutes(60));
  EXPECT_THAT(told(), IsEmpty());
  reception = Reception::taken;
  go_on(minutes(15));
  EXPECT_THAT(come(), ElementsAre("park:3", "quality:1"));
}

TEST_F(ReporterTest, AJournalThatIsLockedIsReadAgain) {
  is_journal_readable = false;
  step();
  EXPECT_THAT(told(), ElementsAre("park: journal: it is locked", "quality: journal: it is locked"));
  EXPECT_EQ(tries, 0);
  is_journal_readable = true;
  go_on(seconds(2));
  EXPECT_THAT(come(), ElementsAre("park:3", "quality:1"));
}

}  // namespace
}  // namespace sluice::edges::test
