#include "reconciliation/schema_standing.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::reconciliation {
namespace {

using SchemaState = SchemaStanding::State;
using ::testing::HasSubstr;

record::Dataset approvals() {
  return {.id = record::DatasetId("approval"),
          .owner = record::BureauId("park"),
          .schema = {.fields = {{.name = "code", .constraints = {.required = true}},
                                {.name = "name"},
                                {.name = "staff", .type = record::FieldType::integer}},
                     .primary_key = {"code"}}};
}

SchemaStanding standing_after(const std::function<void(record::TableSchema&)>& change) {
  record::TableSchema asked = approvals().schema;
  change(asked);
  return standing_of(asked, approvals());
}

TEST(SchemaStanding, WhatTheCenterHasOrCanReadIsInNobodysWay) {
  EXPECT_EQ(standing_after([](auto&) {}).state, SchemaState::same);
  EXPECT_EQ(standing_after([](auto& s) { std::swap(s.fields[1], s.fields[2]); }).state,
            SchemaState::readable);
  EXPECT_EQ(standing_after([](auto& s) { s.fields[1].constraints.max_length = 3; }).state,
            SchemaState::readable);
  // The center was the first to have the field.
  EXPECT_EQ(standing_after([](auto& s) { s.fields.pop_back(); }).state, SchemaState::readable);
}

TEST(SchemaStanding, WhatTheCentersTablesCanFollowIsMerelyNewer) {
  const auto standing = standing_after([](auto& s) { s.fields.push_back({.name = "phone"}); });
  EXPECT_EQ(standing.state, SchemaState::newer);
  EXPECT_THAT(standing.reason, HasSubstr("has a field phone"));
}

TEST(SchemaStanding, WhatTheyCanNotIsAConflictWithWhatToDo) {
  const std::vector<std::pair<std::function<void(record::TableSchema&)>, std::string>> edits = {
      {[](auto& s) { s.fields[1].name = "title"; }, "name was removed"},
      {[](auto& s) { s.fields.push_back({.name = "mail", .constraints = {.required = true}}); },
       "mail is required"},
      {[](auto& s) { s.fields[2].type = record::FieldType::string; }, "staff is of type string"},
      {[](auto& s) {
         s.primary_key = {"code", "name"};
       },
       "primary key is (code, name)"},
  };
  for (const auto& [edit, why] : edits) {
    const auto standing = standing_after(edit);
    EXPECT_EQ(standing.state, SchemaState::conflict) << why;
    EXPECT_THAT(standing.reason, HasSubstr(why));
    EXPECT_THAT(standing.reason, HasSubstr("dataset approval"));
  }
}

TEST(SchemaStanding, IsReadAsItWasWritten) {
  for (const SchemaStanding& standing : {SchemaStanding{SchemaState::same, ""},
                                         {SchemaState::readable, ""},
                                         {SchemaState::newer, "a \"field\""},
                                         {SchemaState::conflict, "名"}})
    EXPECT_EQ(parse_schema_standing(to_json(standing)), standing);
  for (const char* other : {"", "[]", "{}", R"({"state":"later"})", R"({"state":1})"})
    EXPECT_EQ(parse_schema_standing(other), std::nullopt) << other;
}

}  // namespace
}  // namespace sluice::reconciliation
