// What our side of ODBC makes of a driver that goes wrong: a failure that says what it did, never a
// read beyond a buffer, never a value that is not there. Those that end the process are tested
// where the process is a run of its own: tests/scenario/driver_faults.sh.
#include <algorithm>
#include <expected>
#include <ostream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "adapters/front_end/odbc/connection.h"
#include "record/record_checker.h"

namespace sluice::adapters::front_end::odbc::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::expected<Connection, OdbcFailure> open(const std::string& fault, int rows = 5) {
  return Connection::open({.connection = fmt::format("Driver={};Server=tax;Fault={};Rows={}",
                                                     FAULTY_DRIVER, fault, rows)});
}

// Which columns are asked for: bound in blocks, or, with one that has no bound, got in pieces.
enum class By { block, piece };

std::string select_list(By by) {
  return by == By::block ? R"("id", "name", "amount")" : R"("id", "name", "amount", "note")";
}

// The rows as `id name amount`; a problem as `!rule`.
std::expected<std::vector<std::string>, OdbcFailure> read(const std::string& fault, By by,
                                                          int rows = 5) {
  auto connection = open(fault, rows);
  if (!connection) return std::unexpected(connection.error());
  auto columns = connection->columns({.name = "payment"});
  if (!columns) return std::unexpected(columns.error());
  std::erase_if(*columns, [&](const SourceColumn& column) {
    return select_list(by).find('"' + column.name + '"') == std::string::npos;
  });
  auto cursor =
      connection->query("SELECT " + select_list(by) + " FROM \"payment\"", {}, *columns, {});
  if (!cursor) return std::unexpected(cursor.error());
  std::vector<std::string> all;
  while (true) {
    const auto block = cursor->next_block();
    if (!block) return std::unexpected(block.error());
    if (*block == 0) return all;
    for (std::size_t row = 0; row < *block; ++row) {
      std::string line;
      for (std::size_t column = 0; column < 3; ++column) {
        const Value value = cursor->value(row, column);
        line += fmt::format("{}{}", line.empty() ? "" : " ",
                            value.problem != nullptr ? "!" + value.problem->rule.text()
                                                     : value.text.value_or("NULL"));
      }
      all.push_back(std::move(line));
    }
  }
}

struct Expectation {
  std::string fault;
  By by;
  std::string sentence;
};

void PrintTo(const Expectation& expectation, std::ostream* stream) {
  *stream << expectation.fault;
}

class DriverFault : public testing::TestWithParam<Expectation> {};

const std::string ends_here = "; the run ends here, try another version of the driver";
const std::string no_length = "; expected a length or the word for NULL" + ends_here;

TEST_P(DriverFault, IsToldAsOneOfTheDriver) {
  const auto rows = read(GetParam().fault, GetParam().by);
  ASSERT_FALSE(rows) << testing::PrintToString(*rows);
  EXPECT_EQ(rows.error().code, OdbcProblem::driver_fault);
  EXPECT_EQ(rows.error().place, "tax");
  EXPECT_EQ(rows.error().sentence, GetParam().sentence);
}

const std::vector<Expectation> expectations = {
    {"silent-connect", By::block, "the driver failed and does not say why"},
    {"silent-execute", By::block, "the driver failed and does not say why"},
    {"silent-fetch", By::block, "the driver failed and does not say why"},
    {"silent-fetch", By::piece, "the driver failed and does not say why"},
    {"silent-row", By::block, "the driver failed and does not say why"},
    {"long-quote", By::block,
     "the driver says that names are quoted with \"'; expected one character; try another version "
     "of the driver"},
    {"endless-catalogue", By::block,
     "the driver's list of columns has no end; try another version of the driver"},
    {"too-many-columns", By::block,
     "the driver gives 32767 columns where 3 were asked for" + ends_here},
    {"too-few-columns", By::block, "the driver gives 1 columns where 3 were asked for" + ends_here},
    {"negative-columns", By::piece,
     "the driver gives -7 columns where 4 were asked for" + ends_here},
    {"too-many-rows", By::block,
     "the driver says that it put 1000000 rows where there is room for 1000" + ends_here},
    {"no-rows", By::block, "the driver says that there are rows, and gives none" + ends_here},
    {"huge-length", By::block,
     "the driver gives 1099511627776 bytes as a value of column name" + no_length},
    {"huge-length", By::piece,
     "the driver gives 1099511627776 bytes as a value of column name" + no_length},
    {"negative-length", By::block,
     "the driver gives -12345 bytes as a value of column name" + no_length},
    {"negative-length", By::piece,
     "the driver gives -12345 bytes as a value of column name" + no_length},
    {"odd-length", By::block, "the driver gives 13 bytes as a value of column name" + no_length},
    {"no-total", By::block,
     "the driver gives a value of column name whole and says that it does not know its length" +
         no_length},
    {"no-total", By::piece,
     "the driver gives a value of column name whole and says that it does not know its length" +
         no_length},
    {"no-length", By::block,
     "the driver does not say how long a value of column id is" + no_length},
    {"short-number", By::block,
     "the driver gives 3 bytes as a value of column amount; expected 8 bytes" + ends_here},
    {"short-number", By::piece,
     "the driver gives 3 bytes as a value of column amount; expected 8 bytes" + ends_here},
    {"value-becomes-null", By::piece,
     "the driver gives -1 bytes of column name where there is room for 32766" + ends_here},
};

std::string name_of(const testing::TestParamInfo<Expectation>& info) {
  std::string name = info.param.fault + (info.param.by == By::block ? "_in_a_block" : "_in_pieces");
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Each, DriverFault, testing::ValuesIn(expectations), name_of);

TEST(FaultyDriver, WithoutAFaultServesItsTable) {
  for (const By by : {By::block, By::piece}) {
    const auto rows = read("", by, 3);
    ASSERT_TRUE(rows) << record::to_string(rows.error());
    EXPECT_THAT(*rows, ElementsAre("1 payer 1 1.5", "2 payer 2 2.5", "3 payer 3 3.5"));
  }
}

TEST(FaultyDriver, TextThatIsNoUtf16IsAProblemOfItsRowOnly) {
  for (const By by : {By::block, By::piece}) {
    const auto rows = read("lone-surrogate", by, 3);
    ASSERT_TRUE(rows) << record::to_string(rows.error());
    EXPECT_THAT(*rows, ElementsAre("1 payer 1 1.5", "2 !encoding 2.5", "3 payer 3 3.5"));
  }
}

// Full to the brim, with no terminator: as much of it as there is room for, and no byte behind it.
TEST(FaultyDriver, TextWithoutItsTerminatorIsAProblemOfItsRowOnly) {
  const auto rows = read("unterminated", By::block, 3);
  ASSERT_TRUE(rows) << record::to_string(rows.error());
  EXPECT_THAT(*rows, ElementsAre("1 payer 1 1.5", "2 !too-large 2.5", "3 payer 3 3.5"));
}

TEST(FaultyDriver, AValueWithoutEndIsCutAtTheLimit) {
  const auto rows = read("endless-value", By::piece, 3);
  ASSERT_TRUE(rows) << record::to_string(rows.error());
  EXPECT_THAT(*rows, ElementsAre("1 payer 1 1.5", "2 !too-large 2.5", "3 payer 3 3.5"));
}

// Two thousand million digits would be as many bytes for each of a block's rows.
TEST(FaultyDriver, AColumnThatIsSaidToBeHugeTakesNoMemoryBeforehand) {
  const auto rows = read("huge-column", By::block, 3);
  ASSERT_TRUE(rows) << record::to_string(rows.error());
  EXPECT_EQ(rows->size(), 3U);
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  EXPECT_LT(used.ru_maxrss, 1 << 20) << "KiB";
}

TEST(FaultyDriver, AListOfColumnsThatBreaksOffIsNotTakenForATableOfFewer) {
  const auto rows = read("broken-catalogue", By::block);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, OdbcProblem::rejected);
  EXPECT_THAT(rows.error().sentence, HasSubstr("broken-catalogue (SQLSTATE HY000)"));
}

TEST(FaultyDriver, ALengthOfItsNameThatCanNotBeTrueIsNotBelieved) {
  const auto rows = read("huge-information", By::block, 1);
  ASSERT_TRUE(rows) << record::to_string(rows.error());
}

TEST(FaultyDriver, ALongMessageIsCutBetweenTwoCharacters) {
  const auto connection = open("wordy-connect");
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, OdbcProblem::unreachable);
  EXPECT_LT(connection.error().sentence.size(), 1000U);
  EXPECT_TRUE(record::is_valid_utf8(connection.error().sentence));
}

// The mark is what the message has in the password's place: that ended never.
TEST(FaultyDriver, APasswordThatIsTheMarkOfHiddenOnesIsHiddenToo) {
  const auto connection = Connection::open(
      {.connection = std::string("Fault=wordy-connect;Driver=") + FAULTY_DRIVER, .password = "…"});
  ASSERT_FALSE(connection);
  EXPECT_THAT(connection.error().sentence, testing::StartsWith("w…"));
}

}  // namespace
}  // namespace sluice::adapters::front_end::odbc::test
