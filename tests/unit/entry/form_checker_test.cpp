#include "entry/form_checker.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "licence_desk.h"

namespace sluice::entry::test {
namespace {

using adapters::manual_entry::KeyedForm;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class FormCheckerTest : public testing::Test {
 protected:
  Understood understood(std::string_view column, std::string_view typed) const {
    const auto value = checker.check_field(column, typed);
    if (!value) return {"refused", value.error().rule.text(), {}};
    return value->understood.value_or(Understood{"no value", {}, {}});
  }
  KeyingError error(std::string_view column, std::string_view typed) const {
    return checker.check_field(column, typed).error();
  }
  // What is wrong with a form, as `column:rule`.
  std::vector<std::string> errors(const KeyedForm& form) const {
    std::vector<std::string> found;
    const auto checked = checker.check(form);
    if (checked) return found;
    for (const KeyingError& one : checked.error())
      found.push_back(one.column + ":" + one.rule.text());
    return found;
  }

  LicenceDesk desk;
  FormChecker checker = desk.form_checker();
};

TEST_F(FormCheckerTest, SaysHowItUnderstandsASum) {
  EXPECT_EQ(understood("capital", "1,000 万元"), (Understood{"10000000", "10,000,000.00", "CNY"}));
  EXPECT_EQ(understood("capital", "　１，０００（万美元）"),
            (Understood{"10000000", "10,000,000.00", "USD"}));
  EXPECT_EQ(understood("capital", "1234.5"), (Understood{"1234.5", "1,234.50", "CNY"}));
}

TEST_F(FormCheckerTest, SaysHowItUnderstandsANumberAndNothingMoreWhereThereIsNothingToSay) {
  EXPECT_EQ(understood("staff", "1234567"), (Understood{"1234567", "1,234,567", ""}));
  EXPECT_EQ(understood("staff", "12"), (Understood{"12", "", ""}));
  EXPECT_EQ(understood("name", " 海淀　"), (Understood{"海淀", "", ""}));
  EXPECT_EQ(understood("name", "某㼆\U00020087"), (Understood{"某㼆\U00020087", "", ""}));
}

TEST_F(FormCheckerTest, NormalisesByTheMappingOfTheIntake) {
  EXPECT_EQ(understood("code", " ９１１１０１０８ma000016x0 ").canonical, "91110108MA000016X0");
}

TEST_F(FormCheckerTest, TellsWhichCharacterOfACodeIsWrongAndWhatWouldBeRight) {
  const KeyingError wrong = error("code", "91110108MA000016X1");
  EXPECT_EQ(wrong.column, "code");
  EXPECT_EQ(wrong.rule, "uscc");
  EXPECT_THAT(wrong.sentence, Not(HasSubstr("91110108")));
  EXPECT_EQ(wrong.fault, (record::CheckFault{.kind = record::CheckFault::Kind::check_character,
                                             .position = 18,
                                             .expected = '0'}));
  EXPECT_EQ(error("citizen_id", "11010819783012002X").fault,
            (record::CheckFault{
                .kind = record::CheckFault::Kind::birth_date, .position = 11, .count = 2}));
}

TEST_F(FormCheckerTest, RefusesByTheConstraintsOfTheSchema) {
  EXPECT_EQ(error("capital", "much").rule, "amount");
  EXPECT_EQ(error("capital", "1元").rule, "minimum");
  EXPECT_EQ(error("staff", "1.5").rule, "type");
  EXPECT_EQ(error("name", "").rule, "required");
  EXPECT_EQ(error("name", "一二三四五六七八九十一二三四五六七八九十一").rule, "maxLength");
  EXPECT_EQ(error("name", " \t　").rule, "required") << "after trimming nothing is left";
  EXPECT_EQ(understood("staff", ""), (Understood{"no value", "", ""}));
}

TEST_F(FormCheckerTest, FindsTheFieldToCorrectForOneThatIsReadFromIt) {
  const KeyingError wrong = error("capital", "50万英镑");
  EXPECT_EQ(wrong.column, "capital");
  EXPECT_EQ(wrong.field, "currency");
  EXPECT_EQ(wrong.rule, "enum");
}

TEST_F(FormCheckerTest, TakesACodeItsNameOrBothAndKeepsTheCode) {
  const Understood controlled{"1130", "有限责任公司(自然人投资或控股)", ""};
  EXPECT_EQ(understood("type", "1130"), controlled);
  EXPECT_EQ(understood("type", "有限责任公司（自然人投资或控股）"), controlled);
  EXPECT_EQ(understood("type", "1130　有限责任公司(自然人投资或控股) "), controlled);
  EXPECT_EQ(error("type", "1131").rule, "codes");
  EXPECT_EQ(error("type", "1130 联营").rule, "codes") << "the name of another code";
}

TEST_F(FormCheckerTest, RefusesHostileText) {
  EXPECT_EQ(error("name", "\xD6\xD0").rule, "encoding");
  EXPECT_EQ(error("name", std::string_view("a\0b", 3)).rule, "nul");
  EXPECT_EQ(error("type", "\xED\xA0\x80").rule, "encoding");
  EXPECT_EQ(error("no such field", "x").rule, "unknown-field");
  EXPECT_EQ(error("currency", "USD").rule, "unknown-field") << "it is read from the sum";
  EXPECT_EQ(understood("name", "'; DROP TABLE--\\").canonical, "'; DROP TABLE--\\");
}

TEST_F(FormCheckerTest, MakesOneLineOfAGoodForm) {
  const auto record = checker.check(good_form());
  ASSERT_TRUE(record);
  const journal::Submission& submission = record->submission();
  EXPECT_EQ(submission.lines,
            "U\t\\N\t北京海淀智芯科技有限公司\t91110108MA000016X0\t11010519491231002X\t1130\t"
            "10000000\tCNY\t\\N\t\\N\n");
  EXPECT_EQ(submission.upserts.value, 1U);
  EXPECT_EQ(submission.origin.mode, record::Mode::manual_entry);
  EXPECT_THAT(submission.quarantined, testing::IsEmpty());
  EXPECT_THAT(record->values(), SizeIs(7)) << "one a field of the form";
  EXPECT_THAT(record->values()[4].normal, ElementsAre("10000000", "CNY"));
}

TEST_F(FormCheckerTest, TellsAllErrorsOfAFormInItsOrder) {
  KeyedForm form = with(good_form(), "capital", "much");
  form = with(form, "code", "91110108MA000016X1");
  form = with(form, "name", "");
  EXPECT_THAT(errors(form), ElementsAre("name:required", "code:uscc", "capital:amount"));
  EXPECT_THAT(errors({}), ElementsAre("name:required", "code:required", "citizen_id:required"));
}

TEST_F(FormCheckerTest, RefusesAFormThatIsNotOneOfTheDatasets) {
  EXPECT_THAT(errors(with(good_form(), "currency", "USD")), ElementsAre(":unknown-field"));
  KeyedForm twice = good_form();
  twice.fields.push_back({"name", "x"});
  EXPECT_THAT(errors(twice), ElementsAre("name:duplicate-field"));
  const FormChecker small = desk.form_checker(100);
  EXPECT_EQ(small.check(good_form()).error().front().rule, "too-large");
}

TEST_F(FormCheckerTest, KnowsTwoFormsThatSayTheSameHoweverTheyWereTyped) {
  const auto fingerprint = [&](const KeyedForm& form) {
    return checker.check(form).value().fingerprint();
  };
  EXPECT_EQ(fingerprint(good_form()), fingerprint(with(good_form(), "capital", "10000000")));
  EXPECT_EQ(fingerprint(good_form()), fingerprint(with(good_form(), "type", "1130")));
  EXPECT_NE(fingerprint(good_form()), fingerprint(with(good_form(), "capital", "1,000 万美元")));
}

TEST_F(FormCheckerTest, KnowsTheRecordsKeyByWhatItKeepsOfTheForm) {
  const std::vector<KeyedValue> values = {
      checker.check_field("name", "智芯").value(),
      checker.check_field("code", " ９１１１０１０８ma000016x0 ").value()};
  EXPECT_EQ(checker.key_of(values), record::Key{"91110108MA000016X0"});
  EXPECT_EQ(checker.key_of({values.data(), 1}), std::nullopt);
  const std::vector<KeyedValue> no_code = {checker.check_field("code", "").value_or(KeyedValue{})};
  EXPECT_EQ(checker.key_of(no_code), std::nullopt);
}

TEST_F(FormCheckerTest, IsNotMadeWithoutACodeTableThatTheFormNames) {
  desk.tables.clear();
  const auto made = FormChecker::make({desk.dataset, desk.checker, desk.mapping, desk.tables, {}});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().sentence, HasSubstr("codes/type.csv"));
}

TEST_F(FormCheckerTest, ChecksFromManyThreadsAtATime) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 200; ++j) {
        EXPECT_TRUE(checker.check(good_form()));
        EXPECT_FALSE(checker.check_field("code", "91110108MA000016X1"));
      }
    });
  }
}

}  // namespace
}  // namespace sluice::entry::test
