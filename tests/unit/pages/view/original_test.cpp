#include "pages/view/original.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::pages {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::optional<Pairs> laid_out(std::string_view original, std::string_view columns,
                              std::optional<char> delimiter = std::nullopt) {
  const auto cells = cells_of(original, columns, delimiter);
  if (!cells) return std::nullopt;
  Pairs pairs;
  for (const Cell& cell : *cells)
    pairs.emplace_back(cell.column, cell.value);
  return pairs;
}

TEST(Original, OfCsvIsLaidOutByItsColumns) {
  const Pairs expected = {{"a", "1"}, {"b", "x, \"y\"\nz"}, {"c", ""}};
  EXPECT_EQ(laid_out("1,\"x, \"\"y\"\"\nz\",\r\n", R"(["a","b","c"])"), expected);
  EXPECT_EQ(laid_out("1;\"x, \"\"y\"\"\nz\";", R"(["a","b","c"])"), expected);
  EXPECT_EQ(laid_out("1#2", R"(["a","b"])", '#'), (Pairs{{"a", "1"}, {"b", "2"}}));
}

TEST(Original, OfJsonIsLaidOutByItsMembers) {
  EXPECT_EQ(laid_out(R"({"a":"x","b":{"c":[1,null]}})", ""),
            (Pairs{{"a", "x"}, {"b", R"({"c":[1,null]})"}}));
  EXPECT_EQ(laid_out(R"(["x",null])", R"(["a","b"])"), (Pairs{{"a", "x"}, {"b", "null"}}));
}

TEST(Original, ThatDoesNotFitItsColumnsIsNotLaidOut) {
  EXPECT_EQ(laid_out("1,2,3", R"(["a","b"])"), std::nullopt);
  EXPECT_EQ(laid_out("1,2", R"(["a","b"])", ';'), std::nullopt);
  EXPECT_EQ(laid_out("1,\"2", R"(["a","b"])"), std::nullopt);
  EXPECT_EQ(laid_out("1,\"2\"x", R"(["a","b"])"), std::nullopt);
  EXPECT_EQ(laid_out("1,2", ""), std::nullopt);
  EXPECT_EQ(laid_out("1,\xFF", R"(["a","b"])"), std::nullopt);
}

TEST(Original, ShowsTheBeginningOfALongValue) {
  const auto cells = cells_of("1," + std::string(5000, 'x'), R"(["a","b"])", std::nullopt);
  ASSERT_TRUE(cells);
  EXPECT_FALSE(cells->at(0).is_cut);
  EXPECT_TRUE(cells->at(1).is_cut);
  EXPECT_EQ(cells->at(1).value, std::string(600, 'x'));
}

TEST(Original, IsDumpedInLinesOfSixteenBytes) {
  EXPECT_EQ(hex_dump(std::string_view("0123456789abcdef\0\xFF<", 19)),
            "000000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef\n"
            "000010  00 ff 3c                                         ..<\n");
  EXPECT_EQ(hex_dump(""), "");
}

TEST(LineBreak, IsTheOneThatTheTextHasThroughout) {
  EXPECT_EQ(line_break_of("a"), LineBreak::lf);
  EXPECT_EQ(line_break_of("a\nb\n"), LineBreak::lf);
  EXPECT_EQ(line_break_of("a\r\nb\r\n"), LineBreak::crlf);
  for (const char* unfit : {"a\nb\r\n", "a\rb", "a\r", "\x1B", "\xFF", "\x7F"})
    EXPECT_EQ(line_break_of(unfit), std::nullopt);
}

}  // namespace
}  // namespace sluice::pages
