#include "adapters/front_end/ordered_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::adapters::front_end::test {
namespace {

using testing::ElementsAre;

const SourceTable table{.columns = {{.name = "changed"}, {.name = "year"}, {.name = "code"}}};

std::vector<std::string> steps(const char* product, const Walk& walk) {
  const odbc::Dialect dialect = odbc::dialect_of({.product = product, .quote = "\""});
  std::vector<std::string> texts;
  for (const Step& step : steps_behind(dialect, table, walk)) {
    std::string text = step.condition.sql + " BY";
    for (const odbc::SourceColumn& column : step.order)
      text += " " + column.name;
    texts.push_back(std::move(text));
  }
  return texts;
}

TEST(OrderedWalk, BeginsWithAllInTheOrder) {
  EXPECT_THAT(steps("MariaDB", {.order_at = {0, 1, 2}, .stepped = 1}),
              ElementsAre(" BY changed year code"));
}

TEST(OrderedWalk, GoesOnInSeeksWhereADatabaseComparesNoRows) {
  EXPECT_THAT(steps("MariaDB", {.order_at = {1, 2}, .behind = {"2026", "7"}}),
              ElementsAre(R"(("year" = ? AND "code" > ?) BY code)", R"("year" > ? BY year code)"));
  EXPECT_THAT(steps("Oracle", {.order_at = {0, 1, 2}, .stepped = 1, .behind = {"t", "2026", "7"}}),
              ElementsAre(R"((("changed" = ? AND "year" = ?) AND "code" > ?) BY code)",
                          R"(("changed" = ? AND "year" > ?) BY year code)",
                          R"("changed" > ? BY changed year code)"));
}

TEST(OrderedWalk, StepsOnlyWhereAnIndexMayEndElsewhere) {
  EXPECT_THAT(steps("PostgreSQL", {.order_at = {1, 2}, .behind = {"2026", "7"}}),
              ElementsAre(R"(("year", "code") > (?, ?) BY year code)"));
  EXPECT_THAT(steps("SQLite", {.order_at = {0, 1, 2}, .stepped = 1, .behind = {"t", "2026", "7"}}),
              ElementsAre(R"(("changed" = ? AND ("year", "code") > (?, ?)) BY year code)",
                          R"("changed" > ? BY changed year code)"));
  EXPECT_THAT(steps("PostgreSQL", {.order_at = {0}, .stepped = 1, .behind = {"t"}}),
              ElementsAre(R"("changed" > ? BY changed)"));
}

}  // namespace
}  // namespace sluice::adapters::front_end::test
