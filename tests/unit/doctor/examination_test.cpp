#include "doctor/examination.h"

#include <future>
#include <memory>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/doctor/examined_node.h"

namespace sluice::doctor::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Check check(const std::string& name, std::function<Findings()> look,
            std::vector<std::string> needs = {}) {
  return {.name = name,
          .group = "any",
          .about = name,
          .needs = std::move(needs),
          .look = std::move(look)};
}
Check well(const std::string& name, std::vector<std::string> needs = {}) {
  return check(
      name, [name] { return Findings{ok(name, "good")}; }, std::move(needs));
}
Check broken(const std::string& name) {
  return check(name, [name] { return Findings{wrong(name, "bad", "mend it")}; });
}

struct Told {
  std::vector<std::string> lines;
  Examined examined;
};
Told examined(const std::vector<Check>& checks) {
  Told all;
  all.examined = examine(checks, [&](const Check&, const Findings& findings) {
    for (const Finding& finding : findings)
      all.lines.push_back(std::string(to_string(finding.verdict)) + " " + finding.about);
  });
  return all;
}

TEST(Examination, IsToldInTheOrderOfTheChecksWhicheverEndsFirst) {
  auto second_ended = std::make_shared<std::promise<void>>();
  const auto waits = check("first", [second_ended] {
    second_ended->get_future().wait();
    return Findings{ok("first", "good")};
  });
  const auto ends = check("second", [second_ended] {
    second_ended->set_value();
    return Findings{warning("second", "so so", "look")};
  });
  const Told told = examined({waits, ends});
  EXPECT_THAT(told.lines, ElementsAre("ok first", "warning second"));
  EXPECT_EQ(told.examined.worst, Verdict::warning);
  EXPECT_FALSE(told.examined.is_cut_short);
}

TEST(Examination, WhatNeedsSomethingThatIsWrongIsSkippedAndSoIsWhatNeedsThat) {
  const Told told = examined(
      {broken("key"), well("certificate", {"key"}), well("center", {"certificate"}), well("disk")});
  EXPECT_THAT(told.lines,
              ElementsAre("wrong key", "skipped certificate", "skipped center", "ok disk"));
  EXPECT_EQ(told.examined.worst, Verdict::wrong);
}

TEST(Examination, ACheckThatHangsCostsItsOwnLineAndNoOther) {
  auto never = std::make_shared<std::promise<void>>();
  auto hangs = check("hangs", [never] {
    never->get_future().wait();
    return Findings{ok("hangs", "good")};
  });
  hangs.limit = std::chrono::milliseconds(20);
  const Told told = examined({hangs, well("disk")});
  EXPECT_THAT(told.lines, ElementsAre("wrong hangs", "ok disk"));
  EXPECT_TRUE(told.examined.is_cut_short);
  never->set_value();
}

TEST(Examination, ACheckThatThrowsIsWrongAndSaysWhatWasThrown) {
  std::string found;
  const Examined whole =
      examine({check("throws", []() -> Findings { throw std::runtime_error("no memory"); })},
              [&](const Check&, const Findings& findings) { found = findings.front().found; });
  EXPECT_EQ(whole.worst, Verdict::wrong);
  EXPECT_THAT(found, HasSubstr("no memory"));
}

TEST(Examination, OfAHundredChecksEachIsTold) {
  std::vector<Check> checks;
  for (int number = 0; number < 100; ++number)
    checks.push_back(well(std::to_string(number)));
  EXPECT_EQ(examined(checks).lines.size(), 100U);
}

TEST(Findings, AreReadAsTheyAreWritten) {
  const Findings findings{ok("a", "b"), skipped("c", "d"), warning("表", "\"f\"", "g"),
                          wrong("h", "i\nj", "k")};
  EXPECT_EQ(parse_findings(to_json(findings)), findings);
  for (const char* other :
       {"", "{}", "[1]", R"([{"verdict":"fine","about":"","found":"","remedy":""}])",
        R"([{"verdict":"ok","about":"","found":""}])"}) {
    EXPECT_EQ(parse_findings(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace sluice::doctor::test
