#include "edges/quarantine_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::edges::test {
namespace {

using journal::QuarantineState;
using journal::QuarantineTally;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

record::Time at(std::string_view minute) {
  return record::parse_time("2026-11-23T04:" + std::string(minute) + ":00.000Z").value();
}

QuarantineReport report() {
  using enum QuarantineState;
  const record::DatasetId register_("register");
  return {.as_of = at("44"),
          .groups = {{waiting, register_, "minLength", 2, at("10"), at("20")},
                     {waiting, register_, "uscc", 12, at("01"), at("40")},
                     {replayed, record::DatasetId("approval"), "uscc", 1, at("02"), at("02")},
                     {discarded, record::DatasetId("approval"), "date", 7, at("03"), at("04")}},
          .left_out = 0};
}

// The report's text, with `from` as `to`.
std::string changed(const std::string& from, const std::string& to) {
  std::string text = to_json(report());
  const std::size_t place = text.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  return text.replace(place, from.size(), to);
}

TEST(QuarantineReport, IsReadAsItIsWritten) {
  EXPECT_EQ(parse_report(to_json(report())), report());
  EXPECT_EQ(parse_report(to_json({.as_of = at("44")})).value().groups.size(), 0U);
}

TEST(QuarantineReport, SaysWhatWaits) {
  const record::DatasetId register_("register");
  EXPECT_THAT(waiting_in(report()),
              ElementsAre(journal::QuarantineCount{register_, "minLength", 2, at("10")},
                          journal::QuarantineCount{register_, "uscc", 12, at("01")}));
}

// A member that is not known may hold what must not leave the edge.
TEST(QuarantineReport, WithAnythingMoreOrLessOrOtherIsNone) {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {R"("left_out":0)", R"("left_out":0,"original":"A1,name")"},
      {R"("entries":2)", R"("entries":2,"key":"A1")"},
      {R"("left_out":0)", R"("left_out":0,"left_out":0)"},
      {R"(,"left_out":0)", ""},
      {R"("entries":2,)", ""},
      {R"("entries":2)", R"("entries":0)"},
      {R"("entries":2)", R"("entries":-2)"},
      {R"("entries":2)", R"("entries":2.5)"},
      {R"("entries":2)", R"("entries":"2")"},
      {R"("rule":"minLength")", R"("rule":"min length")"},
      {R"("rule":"minLength")", R"("rule":"")"},
      {R"("rule":"minLength")", R"("rule":"京海")"},
      {R"("rule":"minLength")", R"("rule":")" + std::string(64, 'r') + "\""},
      {R"("dataset":"register")", R"("dataset":"Register")"},
      {R"("state":"waiting")", R"("state":"lost")"},
      {"2026-11-23T04:10", "2026-13-23T04:10"},
      {"2026-11-23T04:44:00.000Z", "today"},
      {"sluice-quarantine/1", "sluice-quarantine/2"},
      {R"("groups":[)", R"("groups":[7,)"},
      {R"("rule":"minLength")", R"("rule":"uscc")"},       // which comes again
      {R"("state":"replayed")", R"("state":"waiting")"}};  // behind "register"
  for (const auto& [from, to] : changes)
    EXPECT_FALSE(parse_report(changed(from, to))) << to;
  EXPECT_FALSE(parse_report(""));
  EXPECT_FALSE(parse_report("[]"));
}

TEST(QuarantineReport, WhatIsWrongIsSaidAndNotQuoted) {
  const auto refused = parse_report(changed(R"("rule":"minLength")", R"("rule":"91110108 X0")"));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr("group 1: expected `rule` to be the name"));
  EXPECT_THAT(refused.error().sentence, Not(HasSubstr("91110108")));
}

TEST(QuarantineReport, IsBoundedAndKeepsWhatWaits) {
  std::vector<QuarantineTally> tallies;
  const auto dataset = [](std::size_t number) {
    return record::DatasetId("d" + std::to_string(100'000 + number) + std::string(56, 'x'));
  };
  for (std::size_t i = 0; i < most_groups; ++i)
    tallies.push_back({QuarantineState::waiting, dataset(i), std::string(63, 'r'),
                       std::uint64_t{1} << 62, at("10"), at("20")});
  tallies.push_back({QuarantineState::replayed, dataset(0), "uscc", 1, at("10"), at("20")});
  const QuarantineReport bounded = report_of(tallies, at("44"));
  EXPECT_EQ(bounded.groups.size(), most_groups);
  EXPECT_EQ(bounded.groups.back().state, QuarantineState::waiting);
  EXPECT_EQ(bounded.left_out, 1U);
  const std::string text = to_json(bounded);
  EXPECT_LT(text.size(), most_report_bytes);
  EXPECT_EQ(parse_report(text), bounded);
  EXPECT_FALSE(parse_report(to_json({.as_of = at("44"), .groups = tallies})));
}

}  // namespace
}  // namespace sluice::edges::test
