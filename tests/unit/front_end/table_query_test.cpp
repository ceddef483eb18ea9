#include "adapters/front_end/table_query.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sluice::adapters::front_end {
namespace {

const std::vector<odbc::SourceColumn> order{{.name = "changed"}, {.name = "id"}};

std::vector<std::string> values_of(const Query& query) {
  std::vector<std::string> values;
  for (const odbc::Parameter& parameter : query.parameters)
    values.push_back(parameter.text);
  return values;
}

TEST(TableQuery, WhatComesBehindARowIsFoundByAnIndexOnAllColumnsWhereTheDatabaseCan) {
  for (const char* product : {"PostgreSQL", "KingbaseES", "SQLite"}) {
    const odbc::Dialect dialect = odbc::dialect_of({.product = product, .quote = "\""});
    const Query after = beyond(dialect, order, std::vector<std::string>{"2026-01-01", "7"});
    EXPECT_EQ(after.sql, R"(("changed", "id") > (?, ?))");
    EXPECT_EQ(values_of(after), (std::vector<std::string>{"2026-01-01", "7"}));
    EXPECT_EQ(up_to(dialect, order, std::vector<std::string>{"2026-01-01", "7"}).sql,
              R"(("changed", "id") <= (?, ?))");
  }
}

TEST(TableQuery, WhatComesBehindARowIsToldInSmallStepsToTheOthers) {
  for (const char* product : {"MariaDB", "Oracle", "something new"}) {
    const odbc::Dialect dialect = odbc::dialect_of({.product = product, .quote = "`"});
    const Query after = beyond(dialect, order, std::vector<std::string>{"2026-01-01", "7"});
    EXPECT_EQ(after.sql, "(`changed` >= ? AND (`changed` > ? OR (`changed` = ? AND `id` > ?)))");
    EXPECT_EQ(values_of(after),
              (std::vector<std::string>{"2026-01-01", "2026-01-01", "2026-01-01", "7"}));
    EXPECT_EQ(up_to(dialect, order, std::vector<std::string>{"2026-01-01", "7"}).sql,
              "(`changed` <= ? AND (`changed` < ? OR (`changed` = ? AND `id` <= ?)))");
  }
}

TEST(TableQuery, OneColumnIsComparedByItself) {
  const odbc::Dialect dialect = odbc::dialect_of({.product = "PostgreSQL", .quote = "\""});
  const std::vector<odbc::SourceColumn> id{{.name = "id"}};
  EXPECT_EQ(beyond(dialect, id, std::vector<std::string>{"7"}).sql, R"("id" > ?)");
}

}  // namespace
}  // namespace sluice::adapters::front_end
