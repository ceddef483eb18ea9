#include "trust/denials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audit_directory.h"

namespace sluice::test {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using trust::Denial;
using trust::Denials;

class DenialsTest : public testing::Test {
 protected:
  // What is in the log once everything that was noted has been written.
  template <class Note>
  std::vector<std::string> lines_after(const Note& note) {
    {
      Denials denials(log, [this](const trust::AuditFailure&) { ++failures; });
      note(denials);
    }
    return directory.lines();
  }

  AuditDirectory directory;
  trust::AuditLog log = directory.open();
  int failures = 0;
};

const Denial park_enterprise{"publish-denied", "park", "enterprise", "not-granted"};
const Denial park_licence{"publish-denied", "park", "licence", "not-granted"};

TEST_F(DenialsTest, DifferentDenialsAreALineEach) {
  const auto lines = lines_after([](Denials& denials) {
    EXPECT_TRUE(denials.note(park_enterprise));
    EXPECT_TRUE(denials.note(park_licence));
  });
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_THAT(lines[0],
              HasSubstr(R"("event":"publish-denied","actor":"park","target":"enterprise",)"
                        R"("reason":"not-granted")"));
  EXPECT_THAT(lines, Each(Not(HasSubstr("count"))));
}

TEST_F(DenialsTest, RepeatedDenialIsOneLineAndThenACount) {
  const auto lines = lines_after([](Denials& denials) {
    EXPECT_TRUE(denials.note(park_enterprise));
    for (int i = 0; i < 10'000; ++i)
      EXPECT_FALSE(denials.note(park_enterprise));
  });
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_THAT(lines[1], HasSubstr(R"("count":"10000")"));
}

TEST_F(DenialsTest, FloodOfDifferentDenialsIsCountedTogether) {
  constexpr int many = 5000;
  const auto lines = lines_after([](Denials& denials) {
    for (int i = 0; i < many; ++i) {
      denials.note({"certificate-refused", "CN=" + std::to_string(i), "", ""});
    }
  });
  EXPECT_THAT(lines, SizeIs(trust::max_distinct_denials + 1));
  EXPECT_THAT(lines.back(),
              HasSubstr(R"("count":")" + std::to_string(many - trust::max_distinct_denials) + '"'));
}

TEST_F(DenialsTest, LineThatCanNotBeWrittenIsReported) {
  directory.tamper("DROP TABLE line");
  lines_after([](Denials& denials) { denials.note(park_enterprise); });
  EXPECT_EQ(failures, 1);
}

}  // namespace
}  // namespace sluice::test
