#include "entry/form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "licence_desk.h"

namespace sluice::entry::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> columns_of(const FormGroup& group) {
  std::vector<std::string> columns;
  for (const FormField& field : group.fields)
    columns.push_back(field.column);
  return columns;
}

TEST(Form, PutsFieldsOfAGroupTogetherInTheOrderInWhichGroupsFirstAppear) {
  const LicenceDesk desk;
  const Form form = form_of(desk.dataset, desk.mapping);
  EXPECT_EQ(form.title, "企业设立登记");
  ASSERT_EQ(form.groups.size(), 4U);
  EXPECT_EQ(form.groups[0].title, "主体");
  EXPECT_THAT(columns_of(form.groups[0]), ElementsAre("name", "code", "type"));
  EXPECT_EQ(form.groups[1].title, "法定代表人");
  EXPECT_EQ(form.groups[2].title, "注册");
  EXPECT_EQ(form.groups[3].title, "");
  EXPECT_THAT(columns_of(form.groups[3]), ElementsAre("scope", "staff"));
}

TEST(Form, TakesTheOrderThatTheSchemaSaysBeforeItsOwn) {
  LicenceDesk desk;
  desk.dataset.schema.fields[7].keying.order = 0;  // staff, without a group
  desk.dataset.schema.fields[3].keying.order = 1;  // type: with name in one place, behind it
  const Form form = form_of(desk.dataset, desk.mapping);
  EXPECT_THAT(columns_of(form.groups[0]), ElementsAre("staff", "scope"));
  EXPECT_THAT(columns_of(form.groups[1]), ElementsAre("name", "type", "code"));
}

TEST(Form, SaysOfAFieldWhatTheSchemaDoes) {
  const LicenceDesk desk;
  const Form form = form_of(desk.dataset, desk.mapping);
  const FormField& name = *form.find("name");
  EXPECT_EQ(name.label, "企业名称");
  EXPECT_EQ(name.help, "与营业执照一致，含括号");
  EXPECT_TRUE(name.required);
  EXPECT_EQ(name.verify, record::Verify::sight);
  EXPECT_EQ(name.max_length, std::nullopt) << "it is trimmed: a longer text may pass";
  EXPECT_EQ(form.find("scope")->max_length, 4000U);
  EXPECT_EQ(form.find("code")->check, record::Check::uscc);
  EXPECT_EQ(form.find("citizen_id")->sensitivity, record::Sensitivity::personal);
  EXPECT_EQ(form.find("scope")->label, "scope") << "its name, where it has no title";
  EXPECT_FALSE(form.find("scope")->required);
  EXPECT_EQ(form.find("currency"), nullptr) << "it is read from the capital";
}

Control control_of(const record::Field& field, std::vector<intake::Step> steps = {}) {
  const record::Dataset dataset{.id = record::DatasetId("d"),
                                .schema = {.fields = {field}, .primary_key = {field.name}}};
  const intake::Mapping mapping{.fields = {{.field = field.name, .steps = std::move(steps)}}};
  return form_of(dataset, mapping).groups.at(0).fields.at(0).control;
}

TEST(Form, GivesEachTypeItsControl) {
  using record::FieldType;
  EXPECT_EQ(control_of({.name = "x"}), Control::text);
  EXPECT_EQ(control_of({.name = "x", .constraints = {.max_length = 499}}), Control::text);
  EXPECT_EQ(control_of({.name = "x", .constraints = {.max_length = 500}}), Control::long_text);
  EXPECT_EQ(control_of({.name = "x", .constraints = {.enumeration = {"a"}}}), Control::choice);
  EXPECT_EQ(control_of({.name = "x", .keying = {.codes = "c"}}), Control::code_table);
  EXPECT_EQ(control_of({.name = "x", .type = FieldType::number}), Control::number);
  EXPECT_EQ(control_of({.name = "x", .type = FieldType::integer}), Control::number);
  EXPECT_EQ(control_of({.name = "x", .type = FieldType::boolean}), Control::yes_no);
  EXPECT_EQ(control_of({.name = "x", .type = FieldType::date}), Control::date);
  EXPECT_EQ(control_of({.name = "x", .type = FieldType::datetime}), Control::text);
  EXPECT_EQ(control_of({.name = "x", .type = FieldType::object}), Control::long_text);
}

TEST(Form, LooksAtTheStepsThatReadWhatIsTyped) {
  using record::FieldType;
  using namespace intake::step;
  EXPECT_EQ(control_of({.name = "x", .type = FieldType::number}, {Amount{}}), Control::amount);
  EXPECT_EQ(control_of({.name = "x", .type = FieldType::datetime}, {DateFormat{"%Y-%m-%dT%H:%M"}}),
            Control::datetime);
  EXPECT_EQ(control_of({.name = "x", .type = FieldType::date}, {DateFormat{"%Y-%m-%d"}}),
            Control::date);
  EXPECT_EQ(control_of({.name = "x", .type = FieldType::date}, {DateFormat{"%Y年%m月%d日"}}),
            Control::text);
  EXPECT_EQ(control_of({.name = "x"}, {intake::step::CodeTable{{{"1", "存续"}}}}), Control::choice);
}

TEST(Form, GivesAChoiceItsValuesAndLabels) {
  const record::Dataset dataset{
      .id = record::DatasetId("d"),
      .schema = {.fields = {{.name = "state"},
                            {.name = "kind", .constraints = {.enumeration = {"甲", "乙"}}},
                            {.name = "open",
                             .type = record::FieldType::boolean,
                             .true_values = {"是", "1"},
                             .false_values = {"否", "0"}}},
                 .primary_key = {"state"}}};
  const intake::Mapping mapping{
      .fields = {{.field = "state", .steps = {intake::step::CodeTable{{{"1", "存续"}}}}}}};
  const Form form = form_of(dataset, mapping);
  EXPECT_EQ(form.title, "d") << "its name, where it has no title";
  EXPECT_THAT(form.find("state")->choices, ElementsAre(Choice{"1", "存续"}));
  EXPECT_THAT(form.find("kind")->choices, ElementsAre(Choice{"甲", "甲"}, Choice{"乙", "乙"}));
  EXPECT_THAT(form.find("open")->choices, ElementsAre(Choice{"是", "是"}, Choice{"否", "否"}));
}

TEST(Form, HasOneFieldForAColumnOfAnotherNameThatFeedsTwo) {
  LicenceDesk desk;
  desk.mapping.fields[3].from = "资金";
  desk.mapping.fields[4].from = "资金";
  desk.dataset.schema.fields[5].keying.verify = record::Verify::blind;
  desk.dataset.schema.fields[4].keying.verify = record::Verify::none;
  const Form form = form_of(desk.dataset, desk.mapping);
  const FormField& sum = *form.find("资金");
  EXPECT_EQ(sum.field, "capital") << "the first that it feeds";
  EXPECT_EQ(sum.label, "注册资本");
  EXPECT_EQ(sum.control, Control::amount);
  EXPECT_EQ(sum.verify, record::Verify::blind) << "the strictest";
}

TEST(Form, AsksForNothingThatIsAlwaysTheSame) {
  LicenceDesk desk;
  desk.mapping.fields[4] = {.field = "currency", .constant = "CNY"};
  EXPECT_EQ(form_of(desk.dataset, desk.mapping).find("currency"), nullptr);
}

}  // namespace
}  // namespace sluice::entry::test
