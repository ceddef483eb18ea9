#include "edges/kept_reports.h"

#include <gtest/gtest.h>

namespace sluice::edges::test {
namespace {

TEST(KeptReportTest, IsOldAfterAnHourAndWhenItIsFromTheFuture) {
  using std::chrono::milliseconds;
  using std::chrono::minutes;
  const record::Time now{std::chrono::hours(1000)};
  const auto is_old_at_age = [&](milliseconds age) {
    return is_old({.bureau = record::BureauId("park"),
                   .node = record::NodeId("front-1"),
                   .received_at = now - age,
                   .report = {}},
                  now);
  };
  EXPECT_FALSE(is_old_at_age(milliseconds(0)));
  EXPECT_FALSE(is_old_at_age(minutes(60) - milliseconds(1)));
  EXPECT_TRUE(is_old_at_age(minutes(60)));
  EXPECT_FALSE(is_old_at_age(minutes(-1))) << "clocks of two centers differ a little";
  EXPECT_TRUE(is_old_at_age(minutes(-1) - milliseconds(1)));
}

}  // namespace
}  // namespace sluice::edges::test
