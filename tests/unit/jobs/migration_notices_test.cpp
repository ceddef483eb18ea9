// Who is in the way of a migration's last step is told at first and then each minute; and how long
// it waits.
#include "jobs/migration_notices.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace sluice::jobs::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class MigrationNoticesTest : public testing::Test {
 protected:
  MigrationNotices notices(std::optional<std::chrono::seconds> limit = std::nullopt) {
    return {limit, [this](const std::string& sentence) { told_.push_back(sentence); }};
  }
  static store::TableUser dump() {
    return {.process = 4711,
            .program = "pg_dump",
            .user = "backup",
            .since = record::parse_time("2026-11-30T04:44:00.000Z")};
  }
  std::vector<std::string> told_;
};

TEST_F(MigrationNoticesTest, SaysWhoIsInTheWayAtFirstAndThenEachMinute) {
  auto notices = this->notices();
  EXPECT_TRUE(notices.goes_on({1500ms, {dump()}}));
  ASSERT_THAT(told_, ElementsAre(AllOf(HasSubstr("pg_dump (process 4711, user backup, since "
                                                 "2026-11-30T04:44:00.000Z)"),
                                       HasSubstr("Ctrl-C leaves all as it was"))));
  EXPECT_TRUE(notices.goes_on({11500ms, {dump()}}));
  EXPECT_TRUE(notices.goes_on({61499ms, {dump()}}));
  EXPECT_THAT(told_, testing::SizeIs(1)) << "a minute is not over";
  EXPECT_TRUE(notices.goes_on({61500ms, {}}));
  EXPECT_TRUE(notices.goes_on({71500ms, {dump()}}));
  ASSERT_THAT(told_, testing::SizeIs(2));
  EXPECT_THAT(told_[1], AllOf(StartsWith("waiting for 1 min"), HasSubstr("gone by now")));
  EXPECT_TRUE(notices.goes_on({121500ms, {{.process = 12}, {.process = 0}}}));
  EXPECT_THAT(told_[2], AllOf(StartsWith("waiting for 2 min"),
                              HasSubstr("a nameless program (process 12), a prepared transaction"),
                              Not(HasSubstr("user")), Not(HasSubstr("since"))));
}

TEST_F(MigrationNoticesTest, WaitsWithoutEndUnlessALimitIsSaid) {
  EXPECT_TRUE(notices().goes_on({std::chrono::hours(100), {dump()}}));
  auto limited = notices(10s);
  EXPECT_TRUE(limited.goes_on({9999ms, {dump()}}));
  told_.clear();
  EXPECT_FALSE(limited.goes_on({10000ms, {dump()}}));
  EXPECT_THAT(told_, ElementsAre(HasSubstr("pg_dump (process 4711")))
      << "whoever reads why it ended reads who was in the way";
  told_.clear();
  EXPECT_FALSE(notices(0s).goes_on({0ms, {dump()}})) << "one attempt";
  EXPECT_THAT(told_, Not(IsEmpty()));
}

}  // namespace
}  // namespace sluice::jobs::test
