#include "observe/metrics.h"

#include <fstream>
#include <regex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::test {
namespace {

using testing::HasSubstr;

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
