#include "adapters/direct/json_scanner.h"

#include <string>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace sluice::adapters::direct {
namespace {

bool is_valid(std::string_view text) {
  JsonScanner scanner(text);
  return scanner.value().has_value() && scanner.at_end();
}

std::size_t fault_offset(std::string_view text) {
  JsonScanner scanner(text);
  const auto value = scanner.value();
  return value ? scanner.offset() : value.error().offset;
}

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

std::string unescaped(std::string_view raw) {
  std::string buffer;
  return std::string(unescape(raw, buffer).value());
}

TEST(JsonScanner, TakesEveryKindOfValueAndGivesItsText) {
  for (const std::string_view text :
       {"null", "true", "false", "0", "-0", "10", "-1.5e+3", "1E400", "0.1000", "\"\"",
        "\"\\u00e9\\n\"", "[]", "{}", "[1,[2,{\"a\":[]}]]", "{\"a\":1,\"b\":{\"c\":null}}",
        "123456789012345678901234567890.12"}) {
    JsonScanner scanner(text);
    const auto value = scanner.value();
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(*value, text);
  }
}

TEST(JsonScanner, ValueEndsWhereItsTextEndsWhateverFollows) {
  JsonScanner scanner("  {\"a\": [1, 2]} \n , 7");
  EXPECT_EQ(scanner.value().value(), "{\"a\": [1, 2]}");
  EXPECT_TRUE(scanner.take(','));
  EXPECT_EQ(scanner.value().value(), "7");
  EXPECT_TRUE(scanner.at_end());
}

TEST(JsonScanner, RefusesWhatTheGrammarDoesNotAllow) {
  for (const std::string_view text : {"",
                                      " ",
                                      "nul",
                                      "nulll",
                                      "True",
                                      "NaN",
                                      "Infinity",
                                      "+1",
                                      "01",
                                      "-",
                                      "-a",
                                      "1.",
                                      ".5",
                                      "1e",
                                      "1e+",
                                      "0x10",
                                      "'a'",
                                      "\"",
                                      "\"a",
                                      "\"\\\"",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\\u12g4\"",
                                      "\"a\nb\"",
                                      "\"\t\"",
                                      "[",
                                      "]",
                                      "[1",
                                      "[1,",
                                      "[1,]",
                                      "[,1]",
                                      "[1 2]",
                                      "{",
                                      "}",
                                      "{\"a\"",
                                      "{\"a\":",
                                      "{\"a\":1",
                                      "{\"a\":1,}",
                                      "{a:1}",
                                      "{\"a\" 1}",
                                      "{1:2}",
                                      "{\"a\":1]",
                                      "[1}",
                                      "[1]]",
                                      "{} {}",
                                      "1 2",
                                      "/**/1",
                                      "[1]//",
                                      "\xEF\xBB\xBF[]"}) {
    EXPECT_FALSE(is_valid(text)) << text;
  }
}

TEST(JsonScanner, RefusesNulOutsideAndInsideStrings) {
  EXPECT_FALSE(is_valid(std::string_view("\0", 1)));
  EXPECT_FALSE(is_valid(std::string_view("[1]\0", 4)));
  EXPECT_FALSE(is_valid(std::string_view("\"a\0b\"", 5)));
}

TEST(JsonScanner, AgreesWithBoostOnEveryTruncationOfADocument) {
  const std::string_view whole =
      R"( {"a": [1, -2.5e-3, "x\"\\\u00e9\ud83d\ude00", {"b": null}], "c": {"": [true, false, []]}} )";
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const std::string_view text = whole.substr(0, length);
    boost::json::error_code error;
    (void)boost::json::parse({text.data(), text.size()}, error);
    EXPECT_EQ(is_valid(text), !error) << text;
  }
}

TEST(JsonScanner, AgreesWithBoostWhenAnyOneByteIsAnother) {
  const std::string whole = R"({"a":[1,-2.5e3,"\u00e9\n"],"b":{"c":null,"d":true}})";
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int byte = 0; byte < 128; ++byte) {
      std::string text = whole;
      text[at] = static_cast<char>(byte);
      boost::json::error_code error;
      (void)boost::json::parse(text, error);
      EXPECT_EQ(is_valid(text), !error) << text;
    }
  }
}

TEST(JsonScanner, TellsTheOffsetOfTheFault) {
  EXPECT_EQ(fault_offset("[1, x]"), 4U);
  EXPECT_EQ(fault_offset("{\"a\":1,}"), 7U);
  EXPECT_EQ(fault_offset("[1,2"), 4U);
  EXPECT_EQ(fault_offset("\"ab\\q\""), 4U);
  EXPECT_EQ(fault_offset(""), 0U);
}

TEST(JsonScanner, TakesThirtyTwoLevelsAndRefusesMoreWithoutRecursing) {
  EXPECT_TRUE(is_valid(nested(32)));
  EXPECT_FALSE(is_valid(nested(33)));
  EXPECT_EQ(fault_offset(nested(33)), 32U);
  EXPECT_FALSE(is_valid(nested(1000)));
  EXPECT_FALSE(is_valid(nested(1'000'000)));
  EXPECT_FALSE(is_valid(std::string(1'000'000, '[')));
}

TEST(JsonScanner, TellsTheBracketsOfMixedNestingApart) {
  EXPECT_TRUE(is_valid(R"([{"a":[{"b":[]}]}])"));
  EXPECT_FALSE(is_valid(R"([{"a":[{"b":[]]}}])"));
}

TEST(Unescape, GivesTheTextThatEscapesStandFor) {
  EXPECT_EQ(unescaped(R"(a\"\\\/\b\f\n\r\tz)"), "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(unescaped(R"(\u0041\u00e9\u6d77\ud83d\uDE00)"),
            "A\xC3\xA9\xE6\xB5\xB7\xF0\x9F\x98\x80");
  EXPECT_EQ(unescaped(R"(\\u0000)"), "\\u0000");
}

TEST(Unescape, RefusesLoneSurrogatesAndNul) {
  std::string buffer;
  for (const std::string_view raw : {R"(\ud800)", R"(\udc00)", R"(\ud800x)", R"(\ud800\n)",
                                     R"(\ud800\ud800)", R"(\ud800\u0041)", R"(\ude00\ud83d)"}) {
    EXPECT_EQ(unescape(raw, buffer).error(), TextFlaw::lone_surrogate) << raw;
    EXPECT_EQ(check_escapes(raw).error(), TextFlaw::lone_surrogate) << raw;
  }
  EXPECT_EQ(unescape(R"(a\u0000)", buffer).error(), TextFlaw::nul);
  EXPECT_EQ(check_escapes(R"(["a\u0000"])").error(), TextFlaw::nul);
  EXPECT_TRUE(check_escapes(R"(["\\ud800", "\ud83d\ude00", "\""])"));
}

TEST(JsonString, IsWrittenSoThatAnyParserReadsItBack) {
  std::string text;
  for (int byte = 0; byte < 128; ++byte)
    text.push_back(static_cast<char>(byte));
  text += "海淀";
  std::string json;
  append_json_string(json, text);
  EXPECT_EQ(boost::json::value_to<std::string>(boost::json::parse(json)), text);
}

}  // namespace
}  // namespace sluice::adapters::direct
