#include "intake/conversion.h"

#include <gtest/gtest.h>

namespace sluice::intake {
namespace {

struct Sum {
  const char* text;
  const char* amount;
  const char* currency;
};

class ReadMoney : public testing::TestWithParam<Sum> {};

// Spellings found in the real register of Beijing.
INSTANTIATE_TEST_SUITE_P(
    RealSpellings, ReadMoney,
    testing::Values(Sum{"1,000(万元人民币)", "10000000", "CNY"}, Sum{"10(万元)", "100000", "CNY"},
                    Sum{"3万人民币", "30000", "CNY"}, Sum{"100万元人民币", "1000000", "CNY"},
                    Sum{"50(万美元)", "500000", "USD"}, Sum{"14(万元美元)", "140000", "USD"},
                    Sum{"5(万)", "50000", "CNY"}, Sum{"17万人民币元", "170000", "CNY"},
                    Sum{"11(万香港元)", "110000", "HKD"}, Sum{"6(万欧元)", "60000", "EUR"},
                    Sum{"4(万元日元)", "40000", "JPY"}, Sum{"9（万元）", "90000", "CNY"},
                    Sum{"2(万德国马克)", "20000", "DEM"}, Sum{"1.5(万元)", "15000", "CNY"},
                    Sum{"0.00005(万元)", "0.5", "CNY"}, Sum{"0.5亿元", "50000000", "CNY"},
                    Sum{"12.345678(万元)", "123456.78", "CNY"}, Sum{"300", "300", "CNY"},
                    Sum{"6(万日元)", "60000", "JPY"}, Sum{"1,234,567.8(元)", "1234567.8", "CNY"},
                    Sum{" 5 万元 ", "50000", "CNY"}, Sum{"007万元", "70000", "CNY"},
                    Sum{"0(万元)", "0", "CNY"}));

// Every form that the capital column has in the registers that we know: brackets within brackets,
// of either width, blanks anywhere, unit and currency in either order.
INSTANTIATE_TEST_SUITE_P(
    EveryForm, ReadMoney,
    testing::Values(
        Sum{"3,700(万元(人民币))", "37000000", "CNY"}, Sum{"300( 万人民币元)", "3000000", "CNY"},
        Sum{"1,065(万元(港币))", "10650000", "HKD"}, Sum{"12.5(万元(美元))", "125000", "USD"},
        Sum{"400(万人民币 )", "4000000", "CNY"},
        Sum{"8,866.1000(万元（人民币）)", "88661000", "CNY"},
        Sum{"8,866.1000（万元(人民币)）", "88661000", "CNY"},
        Sum{"770(万元美元)", "7700000", "USD"}, Sum{"17.5000(万美元)", "175000", "USD"},
        Sum{"326.5070(万)", "3265070", "CNY"}, Sum{"50万人民币元", "500000", "CNY"},
        Sum{"100万美元", "1000000", "USD"}, Sum{"6,630(万香港元)", "66300000", "HKD"},
        Sum{"500(万欧元)", "5000000", "EUR"}, Sum{"38,000(万元日元)", "380000000", "JPY"},
        Sum{"20,000(万日元)", "200000000", "JPY"}, Sum{"50(万元港元)", "500000", "HKD"},
        Sum{"400(万元欧元)", "4000000", "EUR"}, Sum{"42.9380(万德国马克)", "429380", "DEM"},
        Sum{"262298（万元）", "2622980000", "CNY"}, Sum{"500万港元", "5000000", "HKD"},
        Sum{"100(人民币万元)", "1000000", "CNY"}, Sum{"100(美元万元)", "1000000", "USD"},
        Sum{"100(美元(万))", "1000000", "USD"}, Sum{"100 ( 万 元 ( 人民币 ) ) ", "1000000", "CNY"},
        Sum{"　100　（万元）　", "1000000", "CNY"}, Sum{"100(万)(美元)", "1000000", "USD"},
        Sum{"100万元(人民币元)", "1000000", "CNY"}, Sum{"100元(人民币)", "100", "CNY"},
        Sum{"3千万元", "30000000", "CNY"}, Sum{"3百万美元", "3000000", "USD"},
        Sum{"1.2万亿元", "1200000000000", "CNY"}));

TEST_P(ReadMoney, GivesAmountAndCurrency) {
  const auto money = read_money(GetParam().text);
  ASSERT_TRUE(money) << GetParam().text;
  EXPECT_EQ(money->amount, GetParam().amount) << GetParam().text;
  EXPECT_EQ(money->currency, GetParam().currency) << GetParam().text;
}

TEST(ReadMoney, RefusesWhatIsNoSum) {
  for (const char* text : {"",
                           "-",
                           "CHUNHONANDY）",
                           "万元",
                           "1.2.3万元",
                           "5(万元",
                           "5万元)",
                           "5(万贝壳)",
                           "1,5万元",
                           "1,0000元",
                           "12,34,567元",
                           "1,000,万元",
                           ",100元",
                           "1.000,5元",
                           "-5万元",
                           "1000000000000000000000000000001元",
                           "5(万元(人民币)",
                           "5(万元))",
                           "5)万元(",
                           "5()万元",
                           "5(万元( ))",
                           "5万万元",
                           "5(万元)(万元)",
                           "5人民币美元",
                           "5(万元(人民币)(美元))",
                           "5(元万)",
                           "5(万元[人民币])",
                           "N/A",
                           "5 000万元"}) {
    const auto money = read_money(text);
    ASSERT_FALSE(money) << text;
    EXPECT_EQ(money.error().rule, "amount");
  }
}

std::string converted(const Step& step, std::string_view text) {
  std::string buffer;
  const auto result = convert(step, text, buffer);
  return result ? std::string(*result) : "refused: " + result.error().rule.text();
}

TEST(Conversion, TrimsAsciiAndIdeographicSpace) {
  EXPECT_EQ(converted(step::Trim{}, "\t 　海淀 店　 \r\n"), "海淀 店");
  EXPECT_EQ(converted(step::Trim{}, "　 "), "");
}

TEST(Conversion, TurnsFullWidthAsciiIntoAsciiAndLeavesTheRest) {
  EXPECT_EQ(converted(step::HalfWidth{}, "ＡＢＣ（１２３）～！　海淀。"), "ABC(123)~! 海淀。");
  EXPECT_EQ(converted(step::HalfWidth{}, "｟plain"), "｟plain") << "U+FF5F has no ASCII";
}

TEST(Conversion, ReadsDatesByTheirFormat) {
  EXPECT_EQ(converted(step::DateFormat{"%Y年%m月%d日"}, "2003年1月2日"), "2003-01-02");
  EXPECT_EQ(converted(step::DateFormat{"%Y/%m/%d %H:%M"}, "2003/01/02 09:30"),
            "2003-01-02T09:30:00+08:00");
  EXPECT_EQ(converted(step::DateFormat{"%Y-%m-%d"}, "2003-02-30"), "refused: date");
  EXPECT_EQ(converted(step::DateFormat{"%Y-%m-%d"}, "2003-02-03x"), "refused: date");
}

TEST(Conversion, TakesTheOffsetFromTheTextWhereTheFormatHasOne) {
  EXPECT_EQ(converted(step::DateFormat{"%Y-%m-%d %H:%M:%S%z"}, "2003-01-02 09:30:15-0330"),
            "2003-01-02T09:30:15-03:30");
}

TEST(Conversion, ReadsAYearOrAMonthAsItsFirstDay) {
  EXPECT_EQ(converted(step::DateFormat{"%Y年"}, "2003年"), "2003-01-01");
  EXPECT_EQ(converted(step::DateFormat{"%Y%m"}, "200312"), "2003-12-01");
}

TEST(Conversion, RefusesDatesThatTheCalendarDoesNotHave) {
  for (const char* text :
       {"2003-13-01", "2003-00-10", "2003-01-32", "1900-02-29", "0000-01-01", "", "今天"}) {
    EXPECT_EQ(converted(step::DateFormat{"%Y-%m-%d"}, text), "refused: date") << text;
  }
  EXPECT_EQ(converted(step::DateFormat{"%Y-%m-%d"}, "2000-02-29"), "2000-02-29");
}

TEST(Conversion, TurnsAsciiLettersIntoCapitals) {
  EXPECT_EQ(converted(step::UpperCase{}, "ma05é海x"), "MA05é海X");
}

TEST(Conversion, TurnsEveryFullWidthCharacterIntoItsOwnHalf) {
  for (unsigned wide = 0xFF01; wide <= 0xFF5E; ++wide) {
    const std::string text = {static_cast<char>(0xE0 | (wide >> 12)),
                              static_cast<char>(0x80 | ((wide >> 6) & 0x3F)),
                              static_cast<char>(0x80 | (wide & 0x3F))};
    EXPECT_EQ(converted(step::HalfWidth{}, text), std::string(1, static_cast<char>(wide - 0xFEE0)));
  }
}

TEST(Conversion, RefusesACodeThatIsNotInTheTable) {
  const step::CodeTable table{{{"1", "存续"}}};
  EXPECT_EQ(converted(table, "1"), "存续");
  EXPECT_EQ(converted(table, "2"), "refused: codes");
}

}  // namespace
}  // namespace sluice::intake
