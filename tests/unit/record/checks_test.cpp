#include "record/checks.h"

#include <gtest/gtest.h>

namespace sluice::record {
namespace {

TEST(CreditCodes, WithARightCheckCharacterAreTaken) {
  EXPECT_TRUE(is_uscc("91350100M000100Y43"));
  EXPECT_TRUE(is_uscc("91110108MA000016X0"));  // the sum leaves no remainder
}

TEST(CreditCodes, WithAWrongOneAreRefused) {
  EXPECT_FALSE(is_uscc("91350100M000100Y4Z"));
  EXPECT_FALSE(is_uscc("91350100M000100Y44"));
  EXPECT_FALSE(is_uscc("91110108MA000016X1"));
}

TEST(CreditCodes, OfAnotherLengthOrAlphabetAreRefused) {
  for (const std::string_view text :
       {"", "91350100M000100Y4", "91350100M000100Y433", "91350100m000100y43", "91350100M000100I43",
        "９1350100M000100Y43", "91350100M000100Y4 ", "91350100-000100Y43"}) {
    EXPECT_FALSE(is_uscc(text)) << text;
  }
}

TEST(CreditCodes, EveryWrongCharacterAtAnyPlaceIsSeen) {
  const std::string right = "91350100M000100Y43";
  for (std::size_t at = 0; at < right.size(); ++at) {
    for (const char c : std::string_view("0123456789ABCDEFGHJKLMNPQRTUWXY")) {
      std::string text = right;
      text[at] = c;
      EXPECT_EQ(is_uscc(text), c == right[at]) << text;
    }
  }
}

TEST(CreditCodes, GetTheirCheckCharacterFromTheFirstSeventeen) {
  EXPECT_EQ(uscc_check_character("91350100M000100Y4"), '3');
  EXPECT_EQ(uscc_check_character("91110108MA000016X"), '0');
  EXPECT_EQ(uscc_check_character("91350100M000100I4"), std::nullopt);
  EXPECT_EQ(uscc_check_character("9135"), std::nullopt);
}

TEST(CitizenNumbers, OfTheStandardsExamplesAreTaken) {
  EXPECT_TRUE(is_citizen_id("11010519491231002X"));
  EXPECT_TRUE(is_citizen_id("440524188001010014"));
}

TEST(CitizenNumbers, WithAWrongPartAreRefused) {
  for (const std::string_view text :
       {"", "110105194912310021", "11010519491231002x", "1101051949123100", "440524188001010015",
        "990105194912310025", "11010519491331002X", "11010519490229002X", "A1010519491231002X",
        "11010517491231002X"}) {
    EXPECT_FALSE(is_citizen_id(text)) << text;
  }
}

TEST(RegionCodes, AreSixNineOrTwelveDigitsUnderAProvince) {
  for (const std::string_view text :
       {"110108", "110108001", "110108001002", "710000", "810000", "820000"}) {
    EXPECT_TRUE(is_region_code(text)) << text;
  }
  for (const std::string_view text :
       {"", "11", "1101081", "11010800", "990000", "000000", "11010X", "160000", "1101080010021"}) {
    EXPECT_FALSE(is_region_code(text)) << text;
  }
}

TEST(FailedChecks, AreToldWithoutTheValue) {
  for (const Check check : {Check::uscc, Check::citizen_id, Check::region_code}) {
    const auto sentence = failed_check(check, "SECRET");
    ASSERT_TRUE(sentence);
    EXPECT_EQ(sentence->find("SECRET"), std::string::npos);
  }
  EXPECT_EQ(failed_check(Check::none, "SECRET"), std::nullopt);
  EXPECT_EQ(failed_check(Check::uscc, "91350100M000100Y43"), std::nullopt);
}

using Kind = CheckFault::Kind;

TEST(CheckFaults, OfACreditCodeNameThePlaceAndTheRightCheckCharacter) {
  EXPECT_EQ(find_fault(Check::uscc, "91110108MA000016X1"),
            (CheckFault{.kind = Kind::check_character, .position = 18, .expected = '0'}));
  EXPECT_EQ(find_fault(Check::uscc, "91110108MA000016X"),
            (CheckFault{.kind = Kind::length, .count = 17}));
  EXPECT_EQ(find_fault(Check::uscc, "9111010IMA000016X0"),
            (CheckFault{.kind = Kind::character, .position = 8}));
  EXPECT_EQ(find_fault(Check::uscc, "91110108MA000016X0"), std::nullopt);
}

TEST(CheckFaults, OfACitizenNumberNameTheFirstPartThatIsWrong) {
  const auto fault = [](std::string_view text) {
    return find_fault(Check::citizen_id, text).value();
  };
  EXPECT_EQ(fault("110108197830120028"),
            (CheckFault{.kind = Kind::birth_date, .position = 11, .count = 2}));
  EXPECT_EQ(fault("110108197802300028"),
            (CheckFault{.kind = Kind::birth_date, .position = 13, .count = 2}));
  EXPECT_EQ(fault("110108179912120028"),
            (CheckFault{.kind = Kind::birth_date, .position = 7, .count = 4}));
  EXPECT_EQ(fault("990105194912310025"),
            (CheckFault{.kind = Kind::province, .position = 1, .count = 2}));
  EXPECT_EQ(fault("11010519491231002x"), (CheckFault{.kind = Kind::character, .position = 18}));
  EXPECT_EQ(fault("110105194912310021"),
            (CheckFault{.kind = Kind::check_character, .position = 18, .expected = 'X'}));
}

TEST(CheckFaults, CountCharactersAndNotBytes) {
  EXPECT_EQ(find_fault(Check::uscc, "9111０108MA000016X0"),
            (CheckFault{.kind = Kind::character, .position = 5}));
  EXPECT_EQ(find_fault(Check::citizen_id, "\U00020087\U00020087"),
            (CheckFault{.kind = Kind::length, .count = 2}));
  EXPECT_EQ(find_fault(Check::region_code, "海淀区110108"),
            (CheckFault{.kind = Kind::character, .position = 1}));
}

TEST(CheckFaults, ThereAreNoneWithoutACheck) {
  EXPECT_EQ(find_fault(Check::none, "anything"), std::nullopt);
  EXPECT_EQ(find_fault(Check::region_code, "110108"), std::nullopt);
}

}  // namespace
}  // namespace sluice::record
