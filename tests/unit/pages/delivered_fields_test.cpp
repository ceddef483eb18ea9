#include "pages/delivered_fields.h"

#include <gtest/gtest.h>

namespace sluice::pages::test {
namespace {

using record::Sensitivity;

TEST(DeliveredFields, AreReadInTheirOrder) {
  const auto fields = delivered_fields(
      R"([{"field": "b", "label": "乙", "group": "主体", "value": "x\u202ey\r\n", "sensitivity": "personal"},
          {"field": "a", "label": "甲", "group": "", "value": null, "sensitivity": "open"}])");
  ASSERT_TRUE(fields);
  ASSERT_EQ(fields->size(), 2U);
  EXPECT_EQ((*fields)[0].field, "b");
  EXPECT_EQ((*fields)[0].label, "乙");
  EXPECT_EQ((*fields)[0].group, "主体");
  EXPECT_EQ((*fields)[0].value, "x\u202Ey\r\n");
  EXPECT_EQ((*fields)[0].sensitivity, Sensitivity::personal);
  EXPECT_EQ((*fields)[1].value, "");
  EXPECT_EQ((*fields)[1].sensitivity, Sensitivity::open);
  EXPECT_FALSE((*fields)[1].is_ticked);
}

TEST(DeliveredFields, NeedNothingButTheName) {
  const auto fields = delivered_fields(R"([{"field": "a"}])");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->front().label, "a");
  EXPECT_EQ(fields->front().sensitivity, Sensitivity::personal);
}

TEST(DeliveredFields, AreNotGuessed) {
  for (const char* text : {"", "{}", "[1]", "[null]", R"([{"field": ""}])", R"([{"label": "x"}])",
                           R"([{"field": "a"}, 2])", "[{\"field\": \"a\"}"}) {
    EXPECT_FALSE(delivered_fields(text)) << text;
  }
}

}  // namespace
}  // namespace sluice::pages::test
