#include "adapters/front_end/fitting_text.h"

#include <gtest/gtest.h>
#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>

namespace sluice::adapters::front_end::test {
namespace {

std::string cut(std::string_view text, short sql_type, std::uint64_t size, std::uint64_t octets) {
  return cut_to_fit(text, {.sql_type = sql_type, .size = size, .octets = octets});
}

TEST(FittingText, AColumnWithoutALimitTakesAll) {
  EXPECT_EQ(cut("纳税人识别号", SQL_LONGVARCHAR, 0, 0), "纳税人识别号");
}

TEST(FittingText, CharactersAreCountedWhereTheColumnCountsThem) {
  EXPECT_EQ(cut("纳税人识别号", SQL_VARCHAR, 3, 12), "纳税人") << "MariaDB, utf8mb4";
  EXPECT_EQ(cut("纳税人识别号", SQL_VARCHAR, 3, 6), "纳税人") << "MariaDB, GBK";
  EXPECT_EQ(cut("ab", SQL_VARCHAR, 3, 12), "ab");
}

TEST(FittingText, BytesAreCountedWhereTheColumnCountsThem) {
  EXPECT_EQ(cut("纳税人识别号", SQL_VARCHAR, 10, 10), "纳税人") << "Oracle's VARCHAR2(10 BYTE)";
  EXPECT_EQ(cut("id: 纳税", SQL_VARCHAR, 8, 8), "id: 纳");
  EXPECT_EQ(cut("plain", SQL_VARCHAR, 3, 3), "pla");
  EXPECT_EQ(cut("\u3400\u3400", SQL_VARCHAR, 7, 7), "\u3400") << "four bytes in GB 18030";
}

TEST(FittingText, UnitsOfUtf16AreCountedWhereTheColumnCountsThem) {
  EXPECT_EQ(cut("𠮷𠮷𠮷", SQL_WVARCHAR, 5, 10), "𠮷𠮷") << "SQL Server's NVARCHAR(5)";
  EXPECT_EQ(cut("纳税人识别号", SQL_WVARCHAR, 5, 10), "纳税人识别");
}

}  // namespace
}  // namespace sluice::adapters::front_end::test
