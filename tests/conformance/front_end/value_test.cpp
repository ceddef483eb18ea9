// What each type of a database becomes: docs/odbc.md has the table that this is the proof of.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/front_end/table_query.h"
#include "conformance/front_end/exchange_homes.h"

namespace sluice::adapters::front_end::conformance {
namespace {

// One value, as SQL is given it, of a column of this type; and what the intake is told: nothing for
// NULL, or `!rule` for a problem.
struct Example {
  std::string type;
  std::string sql;
  std::optional<std::string> told;
};

struct Examples {
  Product product;
  std::vector<Example> examples;
};

const std::string emoji = "𠮷野家 😀";

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i)
    all += text;
  return all;
}

const std::vector<Example> everywhere = {
    {"INTEGER", "-2147483648", "-2147483648"},
    {"BIGINT", "9223372036854775807", "9223372036854775807"},
    {"SMALLINT", "7", "7"},
    {"INTEGER", "NULL", std::nullopt},
    {"DOUBLE PRECISION", "0.1", "0.1"},
    {"DOUBLE PRECISION", "1e22", "10000000000000000000000"},
    {"VARCHAR(40)", "'海淀区中关村'", "海淀区中关村"},
    {"VARCHAR(40)", "''", ""},
    {"VARCHAR(40)", "NULL", std::nullopt},
    {"VARCHAR(40)", "'tab\there and \"quotes\"'", "tab\there and \"quotes\""},
    {"VARCHAR(4000)", "'long enough to be bound'", "long enough to be bound"},
    {"TEXT", "'fetched in pieces'", "fetched in pieces"},
    {"DATE", "'2024-02-29'", "2024-02-29"},
    {"DATE", "'1949-10-01'", "1949-10-01"},
};

std::vector<Example> with(std::vector<Example> more) {
  more.insert(more.begin(), everywhere.begin(), everywhere.end());
  return more;
}

// Written in Shanghai's time, where the clock went forward in the night to 1986-05-04 and is eight
// hours ahead of UTC today.
const std::vector<Examples> all = {
    {Product::postgresql,
     with({{"DECIMAL(20,4)", "1234567890123456.7891", "1234567890123456.7891"},
           {"DECIMAL(6,2)", "-0.50", "-0.50"},
           {"VARCHAR(40)", "'back\\slash'", "back\\slash"},
           {"TIMESTAMP", "'2026-11-23 12:44:05.123456'", "2026-11-23T04:44:05.123456Z"},
           {"TIMESTAMP", "'2026-11-23 12:44:05'", "2026-11-23T04:44:05Z"},
           {"TIMESTAMP", "'1986-07-01 12:00:00'", "1986-07-01T03:00:00Z"},
           {"TIMESTAMPTZ", "'2026-11-23 12:44:05+08'", "2026-11-23T04:44:05Z"},
           {"TIMESTAMPTZ", "'2026-11-23 12:44:05.5+08'", "2026-11-23T04:44:05.5Z"},
           {"DATE", "'12026-01-01'", "!out-of-range"},
           {"DATE", "'infinity'", "!out-of-range"},
           {"DATE", "'0044-03-15 BC'", "!out-of-range"},
           {"TIMESTAMP", "'infinity'", "!out-of-range"},
           {"TIMESTAMP", "'0044-03-15 12:00:00 BC'", "!out-of-range"},
           {"TIMESTAMPTZ", "'-infinity'", "!out-of-range"},
           {"VARCHAR", "'" + repeated("税", 5000) + "'", repeated("税", 5000)},
           {"VARCHAR(300)", "'" + repeated("税", 300) + "'", repeated("税", 300)},
           {"TIME", "'08:30:00'", "08:30:00"},
           {"BOOLEAN", "true", "true"},
           {"BOOLEAN", "false", "false"},
           {"BYTEA", "'\\x00ff41'", "AP9B"},
           {"NUMERIC", "12345678901234567890.12345678901234567890",
            "12345678901234567890.12345678901234567890"},
           {"NUMERIC(5,2)", "'NaN'", "NaN"},
           {"UUID", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
           {"CHAR(4)", "'ab'", "ab  "},
           {"JSONB", "'{\"a\": 1}'", "{\"a\": 1}"},
           {"VARCHAR(40)", "'" + emoji + "'", emoji},
           {"TEXT", "'" + emoji + "'", emoji},
           {"REAL", "0.1", "0.1"}})},
    {Product::mariadb,
     with({{"DECIMAL(20,4)", "1234567890123456.7891", "1234567890123456.7891"},
           {"DECIMAL(6,2)", "-0.50", "-0.50"},
           {"DATETIME", "'0000-00-00 00:00:00'", "!out-of-range"},
           {"DATE", "'0000-00-00'", "!out-of-range"},
           {"DATETIME(6)", "'2026-11-23 12:44:05.123456'", "2026-11-23T04:44:05.123456Z"},
           {"DATETIME", "'2026-11-23 12:44:05'", "2026-11-23T04:44:05Z"},
           {"TIMESTAMP NULL", "'2026-11-23 12:44:05'", "2026-11-23T12:44:05Z"},
           {"TIME", "'08:30:00'", "08:30:00"},
           {"TINYINT(1)", "1", "1"},
           {"BIT(1)", "b'1'", "true"},
           {"BIGINT UNSIGNED", "18446744073709551615", "18446744073709551615"},
           {"VARBINARY(20)", "x'00ff41'", "AP9B"},
           {"BLOB", "x'00ff41'", "AP9B"},
           {"CHAR(4)", "'ab'", "ab"},
           {"YEAR", "2026", "2026"},
           {"ENUM('approved','refused')", "'refused'", "refused"},
           {"LONGTEXT", "'" + emoji + "'", emoji},
           {"VARCHAR(40)", "'" + emoji + "'", emoji}})},
    {Product::mariadb_gbk, with({{"CHAR(4)", "'税务'", "税务"}})},
    {Product::sqlite,
     with({{"TIMESTAMP", "'2026-11-23 12:44:05'", "2026-11-23T04:44:05Z"},
           {"INTEGER", "'not a number'", "not a number"},
           {"VARCHAR(3)", "'longer than it declares'", "longer than it declares"},
           {"BLOB", "x'00ff41'", "AP9B"},
           {"", "'no type at all'", "no type at all"},
           {"DECIMAL(20,2)", "1e20", "100000000000000000000"},
           {"VARCHAR(40)", "'back\\slash'", "back\\slash"},
           // As bytes: the driver loses what is beyond the BMP in the text of a statement.
           {"VARCHAR(40)", "CAST(x'f0a0aeb7e9878ee5aeb620f09f9880' AS TEXT)", emoji}})},
};

// As a capture reads it.
std::expected<odbc::Cursor, odbc::OdbcFailure> read(odbc::Connection& connection,
                                                    const std::string& table, Columns columns,
                                                    const Query& condition = {}) {
  const Query query =
      select(connection.dialect(), columns, {.name = table}, condition, columns.subspan(0, 1), 10);
  return connection.query(query.sql, query.parameters, columns, {});
}

class ValueConformance : public testing::TestWithParam<Examples> {};

TEST_P(ValueConformance, AreToldAsTheTableOfTypesSays) {
  const auto home = make_home(GetParam().product);
  auto connection = odbc::Connection::open(home->access()).value();
  int number = 0;
  for (const Example& example : GetParam().examples) {
    SCOPED_TRACE(example.type + " " + example.sql);
    const std::string table = fmt::format("t{}", ++number);
    if (GetParam().product == Product::mariadb && number == 1) {
      ASSERT_TRUE(connection.execute("SET sql_mode = ''", {}));
    }
    const auto created = connection.execute(
        fmt::format("CREATE TABLE {} (id INTEGER NOT NULL PRIMARY KEY, v {})", table, example.type),
        {});
    ASSERT_TRUE(created) << record::to_string(created.error());
    const auto inserted =
        connection.execute(fmt::format("INSERT INTO {} VALUES (1, {})", table, example.sql), {});
    if (!inserted) {
      ADD_FAILURE() << record::to_string(inserted.error());
      continue;
    }
    const auto columns = connection.columns({.name = table}).value();
    auto cursor = read(connection, table, columns);
    ASSERT_TRUE(cursor) << record::to_string(cursor.error());
    const auto rows = cursor->next_block();
    ASSERT_TRUE(rows) << record::to_string(rows.error());
    ASSERT_EQ(*rows, 1U);
    EXPECT_EQ(cursor->exact(0, 0), "1");
    const odbc::Value value = cursor->value(0, 1);
    if (value.problem != nullptr) {
      EXPECT_EQ(example.told, "!" + value.problem->rule.text()) << value.problem->sentence;
    } else {
      EXPECT_EQ(value.text, example.told);
    }
    EXPECT_EQ(cursor->next_block().value(), 0U);
  }
}

TEST_P(ValueConformance, AreFoundAgainByTheirExactText) {
  const auto home = make_home(GetParam().product);
  auto connection = odbc::Connection::open(home->access()).value();
  int number = 0;
  for (const Example& example : GetParam().examples) {
    const bool is_comparable =
        example.type.find("JSON") == std::string::npos && example.type != "REAL";
    if (!example.told || !is_comparable || example.told->starts_with('!')) continue;
    SCOPED_TRACE(example.type + " " + example.sql);
    const std::string table = fmt::format("t{}", ++number);
    ASSERT_TRUE(connection.execute(
        fmt::format("CREATE TABLE {} (id INTEGER NOT NULL PRIMARY KEY, v {})", table, example.type),
        {}));
    ASSERT_TRUE(
        connection.execute(fmt::format("INSERT INTO {} VALUES (1, {})", table, example.sql), {}));
    const auto columns = connection.columns({.name = table}).value();
    std::string exact;
    {
      auto all_rows = read(connection, table, columns);
      ASSERT_TRUE(all_rows && all_rows->next_block().value_or(0) == 1U);
      exact = all_rows->exact(0, 1).value();
    }
    const std::vector<odbc::Parameter> parameters{{exact, columns[1]}};
    auto found = read(connection, table, columns, {"v = ?", parameters});
    ASSERT_TRUE(found) << record::to_string(found.error());
    EXPECT_EQ(found->next_block().value(), 1U) << exact;
  }
}

INSTANTIATE_TEST_SUITE_P(Every, ValueConformance, testing::ValuesIn(all),
                         [](const testing::TestParamInfo<Examples>& examples) {
                           return to_string(examples.param.product);
                         });

class DriverConformance : public testing::TestWithParam<Product> {};

// Quotes, spaces, keywords, 汉字, and what would be a statement if names were ever SQL.
std::size_t next_block(odbc::Cursor& cursor) {
  const auto rows = cursor.next_block();
  if (!rows) throw std::runtime_error(record::to_string(rows.error()));
  return *rows;
}

TEST_P(DriverConformance, HostileNamesAreNamesAndNothingElse) {
  const auto home = make_home(GetParam());
  auto connection = odbc::Connection::open(home->access()).value();
  const odbc::Dialect& dialect = connection.dialect();
  ASSERT_TRUE(connection.execute("CREATE TABLE x (id INTEGER)", {}));
  for (const std::string name :
       {"select", "two words", "缴税 记录", "o'clock", "a\"b", "a`b", "a\"; DROP TABLE x; --",
        "a`; DROP TABLE x; --", "a%_", "半角ｶﾅ"}) {
    SCOPED_TRACE(name);
    const std::string quoted = odbc::quoted(dialect, name);
    const auto created = connection.execute(
        fmt::format("CREATE TABLE {} ({} INTEGER NOT NULL PRIMARY KEY)", quoted, quoted), {});
    ASSERT_TRUE(created) << record::to_string(created.error());
    ASSERT_TRUE(connection.execute(fmt::format("INSERT INTO {} VALUES (7)", quoted), {}));
    const auto columns = connection.columns({.name = name});
    ASSERT_TRUE(columns) << record::to_string(columns.error());
    ASSERT_EQ(columns->size(), 1U);
    EXPECT_EQ(columns->front().name, name);
    const auto key = connection.primary_key({.name = name});
    ASSERT_TRUE(key) << record::to_string(key.error());
    EXPECT_THAT(*key, testing::ElementsAre(name));
    auto cursor =
        connection.query(fmt::format("SELECT {} FROM {}", quoted, quoted), {}, *columns, {});
    ASSERT_TRUE(cursor) << record::to_string(cursor.error());
    ASSERT_EQ(cursor->next_block().value(), 1U);
    EXPECT_EQ(cursor->exact(0, 0), "7");
  }
  EXPECT_TRUE(connection.columns({.name = "x"})) << "somebody dropped it";
}

TEST_P(DriverConformance, ATableThatIsNotThereIsNamedWithThoseThatAre) {
  const auto home = make_home(GetParam());
  auto connection = odbc::Connection::open(home->access()).value();
  ASSERT_TRUE(connection.execute("CREATE TABLE payments (id INTEGER)", {}));
  const auto columns = connection.columns({.name = "payment"});
  ASSERT_FALSE(columns);
  EXPECT_EQ(columns.error().code, odbc::OdbcProblem::no_table);
  EXPECT_THAT(columns.error().sentence, testing::HasSubstr("payments"));
}

TEST_P(DriverConformance, AThousandRowsComeInBlocksAndAreAllThere) {
  const auto home = make_home(GetParam());
  auto connection = odbc::Connection::open(home->access()).value();
  ASSERT_TRUE(connection.execute(
      "CREATE TABLE numbers (n INTEGER NOT NULL PRIMARY KEY, text VARCHAR(30))", {}));
  for (int i = 0; i < 25; ++i) {
    std::string values;
    for (int k = 0; k < 100; ++k) {
      values += fmt::format("{}({}, '第{}行')", k == 0 ? "" : ",", i * 100 + k, i * 100 + k);
    }
    ASSERT_TRUE(connection.execute("INSERT INTO numbers VALUES " + values, {}));
  }
  const auto columns = connection.columns({.name = "numbers"}).value();
  auto cursor = connection.query("SELECT n, text FROM numbers ORDER BY n", {}, columns, {});
  ASSERT_TRUE(cursor);
  int next = 0;
  while (const std::size_t rows = next_block(*cursor)) {
    for (std::size_t row = 0; row < rows; ++row, ++next) {
      ASSERT_EQ(cursor->exact(row, 0), fmt::to_string(next));
      ASSERT_EQ(cursor->value(row, 1).text, fmt::format("第{}行", next));
    }
  }
  EXPECT_EQ(next, 2500);
}

// Around the room that a value has in a block, and the sizes in which longer ones are fetched; more
// of them than are kept in memory at once.
TEST_P(DriverConformance, LongAndShortValuesComeWholeSideBySide) {
  const auto home = make_home(GetParam());
  auto connection = odbc::Connection::open(home->access()).value();
  const bool is_mariadb = GetParam() == Product::mariadb || GetParam() == Product::mariadb_gbk;
  ASSERT_TRUE(connection.execute(
      fmt::format(
          "CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, note {}, brief VARCHAR(3000))",
          is_mariadb ? "LONGTEXT" : "TEXT"),
      {}));
  const auto columns = connection.columns({.name = "notes"}).value();
  constexpr std::size_t sizes[] = {0,   1,   84,  85,  86,     126,    127,    128,    170,
                                   254, 255, 256, 257, 10'922, 10'923, 32'767, 400'000};
  std::vector<std::string> notes;
  for (const std::size_t size : sizes) {
    for (const std::string_view unit : {"x", "税"}) {
      std::string note;
      for (std::size_t i = 0; i < size; ++i)
        note += unit;
      notes.push_back(std::move(note));
      const std::string id = fmt::to_string(notes.size());
      std::string brief;
      for (std::size_t i = 0; i < size % 3000; ++i)
        brief += unit;
      const auto inserted = connection.execute(
          "INSERT INTO notes (id, note, brief) VALUES (?, ?, ?)",
          std::vector<odbc::Parameter>{
              {id, columns[0]}, {notes.back(), columns[1]}, {brief, columns[2]}});
      ASSERT_TRUE(inserted) << record::to_string(inserted.error());
    }
  }
  for (int copies = 0; copies < 3; ++copies) {
    const auto copied = connection.execute(
        fmt::format("INSERT INTO notes (id, note, brief) SELECT id + {}, note, brief FROM notes",
                    1000 << copies),
        {});
    ASSERT_TRUE(copied) << record::to_string(copied.error());
  }
  ASSERT_TRUE(connection.execute("INSERT INTO notes (id) VALUES (500)", {}));
  auto cursor = connection.query("SELECT id, note, brief FROM notes ORDER BY id", {}, columns,
                                 {.max_value_bytes = std::uint64_t{2} << 20});
  ASSERT_TRUE(cursor);
  std::size_t seen = 0;
  while (const std::size_t rows = next_block(*cursor)) {
    for (std::size_t row = 0; row < rows; ++row, ++seen) {
      const int id = std::stoi(std::string(cursor->exact(row, 0).value()));
      if (id == 500) {
        EXPECT_FALSE(cursor->exact(row, 1) || cursor->exact(row, 2));
        continue;
      }
      const std::string& expected = notes.at(static_cast<std::size_t>(id % 1000 - 1));
      const odbc::Value value = cursor->value(row, 1);
      ASSERT_EQ(value.problem, nullptr) << value.problem->sentence;
      ASSERT_EQ(value.text, expected) << "row " << id << " of " << expected.size() << " bytes";
      const odbc::Value brief = cursor->value(row, 2);
      ASSERT_EQ(brief.problem, nullptr) << brief.problem->sentence;
      ASSERT_EQ(brief.text, expected.size() > 9000 ? brief.text : expected);
    }
  }
  EXPECT_EQ(seen, notes.size() * 8 + 1);
}

TEST_P(DriverConformance, AValueOverTheLimitIsAProblemOfItsRowOnly) {
  const auto home = make_home(GetParam());
  auto connection = odbc::Connection::open(home->access()).value();
  ASSERT_TRUE(
      connection.execute("CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, note TEXT)", {}));
  ASSERT_TRUE(connection.execute("INSERT INTO notes VALUES (1, 'short'), (2, '" +
                                     std::string(60'000, 'x') + "'), (3, 'short')",
                                 {}));
  const auto columns = connection.columns({.name = "notes"}).value();
  auto cursor = connection.query("SELECT id, note FROM notes ORDER BY id", {}, columns,
                                 {.max_value_bytes = 20'000});
  ASSERT_TRUE(cursor);
  std::vector<std::string> seen;
  while (const std::size_t rows = next_block(*cursor)) {
    for (std::size_t row = 0; row < rows; ++row) {
      const odbc::Value value = cursor->value(row, 1);
      seen.emplace_back(value.problem != nullptr ? value.problem->rule.text()
                                                 : std::string(value.text.value()));
    }
  }
  EXPECT_THAT(seen, testing::ElementsAre("short", "too-large", "short"));
}

INSTANTIATE_TEST_SUITE_P(Every, DriverConformance, testing::ValuesIn(products),
                         [](const testing::TestParamInfo<Product>& product) {
                           return to_string(product.param);
                         });

}  // namespace
}  // namespace sluice::adapters::front_end::conformance
