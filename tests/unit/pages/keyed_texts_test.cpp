#include "pages/keyed_texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tasks/task.h"
#include "unit/entry/licence_desk.h"

namespace sluice::pages::test {
namespace {

using entry::test::LicenceDesk;
using testing::Pair;
using testing::UnorderedElementsAre;

// Of its fields `name` is verified by sight, `citizen_id` and `capital` blindly.
class KeyedTextsTest : public testing::Test {
 protected:
  LicenceDesk licences;
  entry::FormChecker checker = licences.form_checker();
  const entry::Form& form = checker.form();
  KeyedTexts first{{"name", "智芯"}, {"capital", "1,000 万元"}, {"scope", "a"}};
};

TEST_F(KeyedTextsTest, GoThroughTheDatabaseAsTheyAre) {
  const KeyedTexts texts{{"a", "<script>\u202E𠮷\n\"\\"}, {"b", ""}};
  EXPECT_EQ(from_json(to_json(texts)), texts);
  EXPECT_TRUE(from_json("").empty());
  EXPECT_TRUE(from_json("[1]").empty());
  EXPECT_THAT(from_json(R"({"a": 1, "b": "x"})"), UnorderedElementsAre(Pair("b", "x")));
}

// A line end is one byte as it is typed, and two as it is kept.
TEST_F(KeyedTextsTest, FitATaskAsTheyAreKept) {
  constexpr std::size_t around = std::string_view(R"({"a":""})").size();
  EXPECT_TRUE(fits_a_task({{"a", std::string(tasks::longest_values - around, 'x')}}));
  EXPECT_FALSE(fits_a_task({{"a", std::string(tasks::longest_values - around + 1, 'x')}}));
  EXPECT_FALSE(fits_a_task({{"a", std::string(tasks::longest_values / 2, '\n')}}));
}

TEST_F(KeyedTextsTest, OfASentFormOnlyWhatIsKeyedIsKept) {
  const Form sent =
      Form::parse(
          "csrf=t&version=3&field.name=a&field.csrf=b&confirm.name=yes&choice.capital="
          "first&note=n&field.scope=&other=x")
          .value();
  EXPECT_THAT(draft_of(sent),
              UnorderedElementsAre(Pair("field.name", "a"), Pair("field.csrf", "b"),
                                   Pair("confirm.name", "yes"), Pair("choice.capital", "first"),
                                   Pair("note", "n")));
}

TEST_F(KeyedTextsTest, TheFirstKeyingIsWhatWasTypedIntoFieldsOfTheForm) {
  const KeyedTexts draft{{"field.name", "a"}, {"field.nothing", "b"}, {"note", "n"}};
  EXPECT_THAT(first_keying(form, draft), UnorderedElementsAre(Pair("name", "a")));
}

TEST_F(KeyedTextsTest, TheSecondKeyingHasOfTheFirstWhatIsNotVerifiedOrWasConfirmed) {
  const KeyedTexts confirmed{{"field.capital", "10,000,000"},
                             {"confirm.name", "yes"},
                             {"field.name", "typed beside it"},
                             {"field.scope", "forged"}};
  EXPECT_THAT(second_keying(form, confirmed, first),
              UnorderedElementsAre(Pair("name", "智芯"), Pair("capital", "10,000,000"),
                                   Pair("scope", "a")));
  const KeyedTexts other{{"field.name", "智心"}};
  EXPECT_THAT(second_keying(form, other, first),
              UnorderedElementsAre(Pair("name", "智心"), Pair("scope", "a")))
      << "a blind field that was left empty has no value, whatever the first keyed";
}

TEST_F(KeyedTextsTest, TheSettlementIsWhatWasPicked) {
  const KeyedTexts second{{"name", "智心"}, {"capital", "1000"}};
  const KeyedTexts draft{
      {"choice.name", "second"}, {"choice.capital", "other"}, {"field.capital", "2000"}};
  EXPECT_THAT(
      settlement(form, draft, first, second),
      UnorderedElementsAre(Pair("name", "智心"), Pair("capital", "2000"), Pair("scope", "a")));
}

TEST_F(KeyedTextsTest, ValuesThatSayTheSameAreEqualHoweverTheyWereTyped) {
  const auto compared =
      entry::compare(form, values_of(checker, first),
                     values_of(checker, {{"name", "智芯 "}, {"capital", "10000000"}}));
  for (const entry::ComparedField& field : compared)
    EXPECT_EQ(field.agreement, entry::Agreement::equal) << field.column;
  EXPECT_TRUE(needs_check(form));
}

TEST_F(KeyedTextsTest, WhatIsNotUnderstoodIsComparedAsTyped) {
  const auto compared = entry::compare(form, values_of(checker, {{"capital", "a lot"}}),
                                       values_of(checker, {{"capital", "a little"}}));
  const auto capital = std::ranges::find(compared, "capital", &entry::ComparedField::column);
  ASSERT_NE(capital, compared.end());
  EXPECT_EQ(capital->agreement, entry::Agreement::different);
}

}  // namespace
}  // namespace sluice::pages::test
