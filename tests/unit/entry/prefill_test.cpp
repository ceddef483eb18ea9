#include "entry/prefill.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "licence_desk.h"

namespace sluice::entry::test {
namespace {

using record::Dataset;
using record::DatasetId;
using record::Field;
using record::FieldReference;
using record::FieldType;
using testing::ElementsAre;
using testing::IsEmpty;
using Values = std::vector<std::optional<std::string>>;

Dataset dataset_of(const std::string& id, std::vector<Field> fields, std::vector<std::string> key) {
  return {.id = DatasetId(id),
          .owner = record::BureauId("tax"),
          .title = id,
          .schema = {.fields = std::move(fields), .primary_key = std::move(key)}};
}

// A form whose fields are filled in from others, and these.
class KnownDesk {
 public:
  void other(Dataset other) { others_.insert_or_assign(other.id, std::move(other)); }

  Field& field(const std::string& name, FieldType type = FieldType::string) {
    return dataset.schema.fields.emplace_back(Field{.name = name, .type = type});
  }
  // The field that was added last is filled in from another dataset's.
  void from(const std::string& other, const std::string& field) {
    dataset.schema.fields.back().keying.prefill = FieldReference{DatasetId(other), field};
  }
  const Prefill& prefill() {
    record_checker_.emplace(record::RecordChecker::compile(dataset.schema).value());
    checker_.emplace(FormChecker::make({dataset,
                                        *record_checker_,
                                        mapping,
                                        tables_,
                                        {dataset.id, record::sha256("schema"),
                                         record::Mode::manual_entry, false}})
                         .value());
    prefill_.emplace(*checker_, [this](const DatasetId& id) {
      const auto found = others_.find(id);
      return found == others_.end() ? nullptr : &found->second;
    });
    return *prefill_;
  }

  // What the only field that is filled in would have by the register's record of the only value.
  std::string known(const std::string& canonical) {
    const auto known = prefill().known(DatasetId("register"), {"key", canonical});
    return known.empty() ? "(nothing)" : known.front().typed;
  }

  Dataset dataset = dataset_of("licence", {}, {"code"});
  intake::Mapping mapping;

 private:
  CodeTables tables_ = code_tables();
  std::map<DatasetId, Dataset> others_;
  std::optional<record::RecordChecker> record_checker_;
  std::optional<FormChecker> checker_;
  std::optional<Prefill> prefill_;
};

// Of a licence by its code, from a register that has a value of this type.
KnownDesk desk_with(FieldType type) {
  KnownDesk desk;
  desk.field("code");
  desk.field("here", type);
  desk.from("register", "there");
  desk.other(dataset_of("register", {{.name = "code"}, {.name = "there", .type = type}}, {"code"}));
  return desk;
}

TEST(Prefill, AsksForTheRecordWhoseKeyIsTypedWholeAndRightly) {
  KnownDesk desk = desk_with(FieldType::string);
  desk.dataset.schema.fields[0].check = record::Check::uscc;
  desk.mapping.fields = {
      {.field = "code",
       .steps = {intake::step::HalfWidth{}, intake::step::Trim{}, intake::step::UpperCase{}}}};
  const Prefill& prefill = desk.prefill();
  EXPECT_TRUE(prefill.leads("code"));
  EXPECT_FALSE(prefill.leads("here"));
  EXPECT_TRUE(prefill.fills("here"));
  EXPECT_FALSE(prefill.fills("code"));
  EXPECT_THAT(prefill.wanted({}), IsEmpty());
  EXPECT_THAT(prefill.wanted({{{"code", "91110108MA000016X"}}}), IsEmpty());
  EXPECT_THAT(prefill.wanted({{{"code", "91110108MA000016X1"}}}), IsEmpty());
  // By what is meant, not by how it was typed.
  EXPECT_THAT(prefill.wanted({{{"code", " ９１１１０１０８ma000016x0"}}}),
              ElementsAre(WantedRecord{DatasetId("register"), {"91110108MA000016X0"}}));
}

TEST(Prefill, FollowsAForeignKeyWhateverItsFieldsAreCalledAndInTheKeysOrder) {
  KnownDesk desk;
  desk.field("code");
  desk.field("seller");
  desk.field("sold_on", FieldType::date);
  desk.field("street");
  desk.from("visit", "street");
  desk.mapping.fields = {{.field = "sold_on", .steps = {intake::step::DateFormat{"%Y年%m月%d日"}}}};
  desk.dataset.schema.foreign_keys = {
      {{"seller", "sold_on"}, DatasetId("visit"), {"company", "day"}}};
  desk.other(dataset_of(
      "visit", {{.name = "day", .type = FieldType::date}, {.name = "company"}, {.name = "street"}},
      {"day", "company"}));
  const Prefill& prefill = desk.prefill();
  EXPECT_THAT(prefill.wanted({{{"seller", "A"}}}), IsEmpty());
  EXPECT_THAT(prefill.wanted({{{"seller", "A"}, {"sold_on", "2026年11月29日"}}}),
              ElementsAre(WantedRecord{DatasetId("visit"), {"2026-11-29", "A"}}));
  EXPECT_TRUE(prefill.leads("seller"));
  EXPECT_TRUE(prefill.leads("sold_on"));
  EXPECT_THAT(prefill.known(DatasetId("visit"), {"2026-11-29", "A", "中关村大街1号"}),
              ElementsAre(KnownText{"street", "中关村大街1号"}));
}

TEST(Prefill, AConstantOfTheMappingMayBePartOfTheKey) {
  KnownDesk desk;
  desk.field("code");
  desk.field("district");
  desk.field("street");
  desk.from("register", "street");
  desk.mapping.fields = {{.field = "district", .constant = "110108"}};
  desk.other(dataset_of("register", {{.name = "district"}, {.name = "code"}, {.name = "street"}},
                        {"district", "code"}));
  EXPECT_THAT(desk.prefill().wanted({{{"code", "A"}}}),
              ElementsAre(WantedRecord{DatasetId("register"), {"110108", "A"}}));
}

TEST(Prefill, AsksNoDatasetToWhichNothingLeadsOrThatIsNotThere) {
  KnownDesk desk;
  desk.field("code");
  desk.field("here");
  desk.from("register", "there");
  EXPECT_THAT(desk.prefill().wanted({{{"code", "A"}}}), IsEmpty());
  EXPECT_FALSE(desk.prefill().leads("code"));
  // The names fit, the types do not.
  desk.other(dataset_of(
      "register", {{.name = "code", .type = FieldType::integer}, {.name = "there"}}, {"code"}));
  EXPECT_THAT(desk.prefill().wanted({{{"code", "1"}}}), IsEmpty());
}

TEST(Prefill, AsksNoMoreThanAFewDatasets) {
  KnownDesk desk;
  desk.field("code");
  for (const std::string name : {"a", "b", "c", "d", "e", "f"}) {
    desk.other(dataset_of(name, {{.name = "code"}, {.name = "there"}}, {"code"}));
    desk.field(name);
    desk.from(name, "there");
  }
  EXPECT_EQ(desk.prefill().wanted({{{"code", "A"}}}).size(), Prefill::most_datasets);
}

TEST(Prefill, AValueIsAsAPersonWouldTypeIt) {
  KnownDesk text = desk_with(FieldType::string);
  EXPECT_EQ(text.known("中关村大街\u200F1号"), "中关村大街\u200F1号");
  text.mapping.fields = {{.field = "here", .steps = {intake::step::Trim{}}}};
  EXPECT_EQ(text.known("  中关村大街1号　"), "中关村大街1号");
  EXPECT_EQ(text.known("　"), "(nothing)");

  KnownDesk day = desk_with(FieldType::date);
  EXPECT_EQ(day.known("2001-02-03"), "2001-02-03");
  day.mapping.fields = {{.field = "here", .steps = {intake::step::DateFormat{"%Y年%m月%d日"}}}};
  EXPECT_EQ(day.known("2001-02-03"), "2001年02月03日");

  KnownDesk number = desk_with(FieldType::number);
  EXPECT_EQ(number.known("-1234.5"), "-1234.5");
  number.dataset.schema.fields[1].decimal_char = ',';
  EXPECT_EQ(number.known("1234.5"), "1234,5");

  KnownDesk yes_no = desk_with(FieldType::boolean);
  EXPECT_EQ(yes_no.known("t"), "true");
  EXPECT_EQ(yes_no.known("f"), "false");
}

TEST(Prefill, AMomentIsInTheZoneThatTheMappingReads) {
  KnownDesk desk = desk_with(FieldType::datetime);
  EXPECT_EQ(desk.known("2026-11-29T01:30:00Z"), "2026-11-29T01:30:00Z");
  desk.mapping.fields = {{.field = "here", .steps = {intake::step::DateFormat{"%Y-%m-%dT%H:%M"}}}};
  EXPECT_EQ(desk.known("2026-11-29T01:30:00Z"), "2026-11-29T09:30");
  EXPECT_EQ(desk.known("2026-11-28T16:00:00Z"), "2026-11-29T00:00");
  // The seconds would be lost.
  EXPECT_EQ(desk.known("2026-11-29T01:30:01Z"), "(nothing)");
}

TEST(Prefill, ACodeIsFoundInItsTableByCodeOrName) {
  KnownDesk desk = desk_with(FieldType::string);
  desk.dataset.schema.fields[1].keying.codes = "codes/type.csv";
  EXPECT_EQ(desk.known("1100"), "1100 有限责任公司");
  EXPECT_EQ(desk.known("有限责任公司（自然人投资或控股）"), "1130 有限责任公司(自然人投资或控股)");
  EXPECT_EQ(desk.known("9999"), "(nothing)");
}

TEST(Prefill, AChoiceIsTheOneThatTheMappingMakesThisValueOf) {
  KnownDesk desk = desk_with(FieldType::string);
  desk.mapping.fields = {
      {.field = "here", .steps = {intake::step::CodeTable{{{"1", "男"}, {"2", "女"}}}}}};
  EXPECT_EQ(desk.known("女"), "2");
  EXPECT_EQ(desk.known("2"), "(nothing)");
  KnownDesk listed = desk_with(FieldType::string);
  listed.dataset.schema.fields[1].constraints.enumeration = {"CNY", "USD"};
  EXPECT_EQ(listed.known("USD"), "USD");
  EXPECT_EQ(listed.known("EUR"), "(nothing)");
}

TEST(Prefill, WhatTheFormWouldNotTakeIsNotOffered) {
  KnownDesk desk = desk_with(FieldType::string);
  desk.dataset.schema.fields[1].constraints.max_length = 3;
  EXPECT_EQ(desk.known("abc"), "abc");
  EXPECT_EQ(desk.known("abcd"), "(nothing)");
  EXPECT_THAT(desk.prefill().known(DatasetId("register"), {"key", std::nullopt}), IsEmpty());
  EXPECT_THAT(desk.prefill().known(DatasetId("register"), {"key"}), IsEmpty());
  EXPECT_THAT(desk.prefill().known(DatasetId("other"), {"key", "abc"}), IsEmpty());
}

TEST(Prefill, ASumIsOfferedInItsCurrencyOrNotAtAll) {
  KnownDesk desk;
  desk.field("code");
  desk.field("capital", FieldType::number);
  desk.from("register", "sum");
  desk.field("currency");
  desk.mapping.fields = {
      {.field = "capital", .steps = {intake::step::Amount{}}},
      {.field = "currency", .from = "capital", .steps = {intake::step::Currency{}}}};
  desk.other(dataset_of(
      "register", {{.name = "code"}, {.name = "sum", .type = FieldType::number}, {.name = "unit"}},
      {"code"}));
  const auto known = [&](const Values& values) {
    return desk.prefill().known(DatasetId("register"), values);
  };
  // Whose currency nobody says.
  EXPECT_THAT(known({"A", "10000000", "USD"}), IsEmpty());
  desk.from("register", "unit");
  EXPECT_THAT(known({"A", "10000000", "USD"}), ElementsAre(KnownText{"capital", "10000000美元"}));
  EXPECT_THAT(known({"A", "0.5", "CNY"}), ElementsAre(KnownText{"capital", "0.5人民币"}));
  EXPECT_THAT(known({"A", "10000000", "XAU"}), IsEmpty());
  EXPECT_THAT(known({"A", "10000000", std::nullopt}), IsEmpty());
}

}  // namespace
}  // namespace sluice::entry::test
