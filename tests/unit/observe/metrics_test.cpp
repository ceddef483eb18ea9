#include "observe/metrics.h"

#include <fstream>
#include <regex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, AreExposedWithTheirLabels) {
  observe::Metrics metrics;
  metrics.rows_collected("park", "enterprise", "direct").Increment(3);
  metrics.journal_backlog_bytes("park").Set(17);
  const std::string text = metrics.exposition();
  EXPECT_THAT(text, HasSubstr("# TYPE sluice_rows_collected_total counter\n"));
  EXPECT_THAT(text, HasSubstr("sluice_rows_collected_total{bureau=\"park\",dataset=\"enterprise\","
                              "mode=\"direct\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("sluice_journal_backlog_bytes{bureau=\"park\"} 17\n"));
}

TEST(Metrics, OneThatIsHiddenIsNotToldUntilItIsSetAgain) {
  observe::Metrics metrics;
  metrics.journal_backlog_bytes("park").Set(17);
  metrics.journal_backlog_bytes("tax").Set(18);
  metrics.journal_backlog_bytes.hide("park");
  EXPECT_THAT(metrics.exposition(), Not(HasSubstr("bytes{bureau=\"park\"}")));
  EXPECT_THAT(metrics.exposition(), HasSubstr("bytes{bureau=\"tax\"} 18\n"));
  metrics.journal_backlog_bytes("park");
  EXPECT_THAT(metrics.exposition(), Not(HasSubstr("17"))) << "shown, and not yet set";
  metrics.journal_backlog_bytes("park").Set(19);
  EXPECT_THAT(metrics.exposition(), HasSubstr("bytes{bureau=\"park\"} 19\n"));
}

TEST(Metrics, OfABureauThatIsGoneNothingIsToldAndItsCountersGoOnWhenItComesBack) {
  observe::Metrics metrics;
  observe::Metrics::Counter& kept = metrics.rows_collected("park", "enterprise", "direct");
  kept.Increment(3);
  metrics.runs("park", "collect", "failed").Increment();
  metrics.run_seconds("park", "collect").Observe(2);
  metrics.link_up("park").Set(1);
  metrics.link_up("tax").Set(1);
  metrics.forget_bureau("park");
  kept.Increment(1);  // of who has not heard of it yet
  EXPECT_THAT(metrics.exposition(), Not(HasSubstr("\"park\"")));
  EXPECT_THAT(metrics.exposition(), HasSubstr("sluice_link_up{bureau=\"tax\"} 1\n"));
  metrics.rows_collected("park", "enterprise", "direct").Increment(1);
  EXPECT_THAT(metrics.exposition(),
              HasSubstr("{bureau=\"park\",dataset=\"enterprise\",mode=\"direct\"} 5\n"));
  EXPECT_THAT(metrics.exposition(), Not(HasSubstr("sluice_link_up{bureau=\"park\"}")));
}

TEST(Metrics, ACounterIsBroughtToATotalAndNeverBack) {
  observe::Metrics metrics;
  observe::Metrics::Counter& rows = metrics.rows_collected("park", "enterprise", "disk");
  observe::Metrics::advance(rows, 7);
  observe::Metrics::advance(rows, 7);
  EXPECT_EQ(rows.Value(), 7);
  observe::Metrics::advance(rows, 5);
  EXPECT_EQ(rows.Value(), 7);
}

TEST(Metrics, SayWhichVersionTheyAreOf) {
  const observe::Metrics metrics;
  EXPECT_THAT(metrics.exposition(),
              HasSubstr("sluice_build_info{version=\"" SLUICE_VERSION "\"} 1\n"));
}

TEST(Metrics, SameLabelsAreTheSameMetric) {
  observe::Metrics metrics;
  EXPECT_EQ(&metrics.http_requests("api", 200), &metrics.http_requests("api", 200));
  EXPECT_NE(&metrics.http_requests("api", 200), &metrics.http_requests("api", 404));
}

// The page's table is made from the declarations; below it are alarms, which people write.
TEST(Metrics, ThatTheirPageNamesAreDeclared) {
  const observe::Metrics metrics;
  std::set<std::string> declared;
  for (const observe::MetricDeclaration& metric : metrics.declarations())
    declared.emplace(metric.name);
  std::ifstream in(std::string(SLUICE_SOURCE_DIR) + "/docs/metrics.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  const std::regex name("sluice_[a-z_]+");
  std::set<std::string> named;
  for (std::sregex_iterator at(page.begin(), page.end(), name), end; at != end; ++at)
    named.insert(at->str());
  EXPECT_EQ(named, declared);
}

}  // namespace
}  // namespace sluice::test
