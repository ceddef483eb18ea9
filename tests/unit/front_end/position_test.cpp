#include "adapters/front_end/position.h"

#include <gtest/gtest.h>

namespace sluice::adapters::front_end::test {
namespace {

TEST(Position, IsReadAgainAsItWasWritten) {
  const Position position{.capture = "snapshot",
                          .columns = {{"编号", "INTEGER"}, {"a \"b\"", "VARCHAR(20)"}},
                          .key = {"编号", "a \"b\""},
                          .loaded_up_to = RecordKey{{"7", "\xD6\xD0"}, {"7", "中"}},
                          .is_loaded = true,
                          .reached = -5,
                          .base = DigestFilePart{3, 4096, 60},
                          .base_offset = 77,
                          .held_back = 6,
                          .run = DigestFilePart{4, 128, 2},
                          .gone = {.parts = 2, .rows = 9, .told = 5}};
  EXPECT_EQ(parse_position(to_string(position)), position);
}

TEST(Position, WhatIsNotThereStaysSo) {
  const Position position{.capture = "watermark"};
  EXPECT_EQ(parse_position(to_string(position)), position);
}

TEST(Position, TextOfAnotherVersionIsNone) {
  for (const char* text : {"", "rows=3", "[]", "{}", R"({"capture":1})",
                           R"({"capture":"flag","columns":{},"key":[],"is_loaded":"yes"})"}) {
    EXPECT_EQ(parse_position(text), std::nullopt) << text;
  }
}

TEST(Position, OfALoadHasAValueForEachColumnOfItsKey) {
  const auto parses = [](const std::string& exact, const std::string& told) {
    return parse_position(R"({"capture":"snapshot","columns":{},"key":["a","b"],"is_loaded":false,)"
                          R"("loaded_up_to":{"exact":)" +
                          exact + R"(,"told":)" + told + "}}")
        .has_value();
  };
  EXPECT_TRUE(parses(R"(["30","31"])", R"(["30","31"])"));
  EXPECT_FALSE(parses(R"(["30"])", R"(["30","31"])"));
  EXPECT_FALSE(parses(R"(["30","31"])", R"([])"));
  EXPECT_FALSE(parses(R"(["30","3"])", R"(["30","31"])")) << "half a byte";
  EXPECT_FALSE(parses(R"(["30","zz"])", R"(["30","31"])")) << "no hexadecimal digits";
}

}  // namespace
}  // namespace sluice::adapters::front_end::test
