// What a schema says of how its fields are keyed by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "configuration.h"

namespace sluice::settings::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view amount = R"({"name": "amount", "type": "number"})";

// Of a field of `approval`, in place of its amount.
Configuration& with_field(Configuration& configuration, std::string_view field) {
  return configuration.with("schemas/approval.json", amount, field)
      .write("schemas/codes/kind.csv", "code,name,pinyin\n1,重庆,chong qing\n2,北京,\n");
}

std::vector<std::string> complaints_of(std::string_view field) {
  Configuration configuration;
  return with_field(configuration, field).complaints();
}

TEST(Keying, IsReadFromASchemasFields) {
  Configuration configuration;
  with_field(configuration, R"({"name": "x", "sluice:group": "主体", "sluice:order": 3,
                                "sluice:verify": "blind", "sluice:codes": "codes/kind.csv"})");
  const Settings settings = configuration.settings();
  const record::Field& field =
      settings.datasets.at(record::DatasetId("approval")).schema.fields.at(1);
  EXPECT_EQ(field.keying, (record::Keying{.group = "主体",
                                          .order = 3,
                                          .verify = record::Verify::blind,
                                          .codes = "codes/kind.csv"}));
  EXPECT_THAT(settings.code_tables.at("codes/kind.csv"),
              ElementsAre(entry::CodeEntry{"1", "重庆", {"chong qing"}},
                          entry::CodeEntry{"2", "北京", {}}));
}

TEST(Keying, IsPlainWhereTheSchemaSaysNothing) {
  EXPECT_EQ(Configuration()
                .settings()
                .datasets.at(record::DatasetId("approval"))
                .schema.fields.at(0)
                .keying,
            record::Keying());
}

TEST(Keying, RefusesValuesThatItDoesNotKnow) {
  EXPECT_THAT(complaints_of(R"({"name": "x", "sluice:verify": "twice"})"),
              ElementsAre("schemas/approval.json:5:36: found `twice`, expected one of none, sight, "
                          "blind for `sluice:verify`"));
  EXPECT_THAT(complaints_of(R"({"name": "x", "sluice:order": -1})"),
              ElementsAre(HasSubstr("schemas/approval.json:5:35: found `-1`, expected a whole "
                                    "number from 0 to 1000000 for `sluice:order`")));
  EXPECT_THAT(complaints_of(R"({"name": "x", "sluice:verfy": "none"})"),
              ElementsAre(HasSubstr("did you mean `sluice:verify`?")));
}

TEST(Keying, TakesACodeTableBesideTheSchemaOnly) {
  for (const char* file : {"/etc/passwd", "../codes/kind.csv", "codes/../../x.csv", ""}) {
    EXPECT_THAT(complaints_of(R"({"name": "x", "sluice:codes": ")" + std::string(file) + "\"}"),
                ElementsAre(HasSubstr("expected a file beside the schema")))
        << file;
  }
  EXPECT_THAT(complaints_of(R"({"name": "x", "sluice:codes": "codes/none.csv"})"),
              ElementsAre("schemas/codes/none.csv: found no file of this name, expected a readable "
                          "file"));
  EXPECT_THAT(complaints_of(R"({"name": "x", "type": "date", "sluice:codes": "codes/kind.csv"})"),
              ElementsAre("schemas/approval.json:5:51: found a field of type date, expected type "
                          "string or integer for `sluice:codes`"));
  EXPECT_THAT(complaints_of(R"({"name": "x", "sluice:codes": "codes/kind.csv",
                                "constraints": {"enum": ["1"]}})"),
              ElementsAre(HasSubstr("both a code table and `enum`")));
}

TEST(Keying, RefusesACodeTableWhoseCodesTheFieldDoesNotTake) {
  EXPECT_THAT(
      complaints_of(R"({"name": "x", "sluice:codes": "codes/kind.csv",
                        "constraints": {"minLength": 2}})"),
      ElementsAre("schemas/approval.json:5:35: found a table with the code `1`, expected codes "
                  "that the field takes and keeps as they are for `sluice:codes`"));
  Configuration configuration;
  with_field(configuration, R"({"name": "x", "sluice:codes": "codes/kind.csv"})")
      .write("schemas/codes/kind.csv", "code,name\n");
  EXPECT_THAT(configuration.complaints(),
              ElementsAre("schemas/approval.json:5:35: found a code table without a code, expected "
                          "at least one for `sluice:codes`"));
}

TEST(Keying, RefusesReadingsThatNobodyCanType) {
  Configuration configuration;
  with_field(configuration, R"({"name": "x", "sluice:codes": "codes/kind.csv"})")
      .write("schemas/codes/kind.csv", "code,name,pinyin\n1,重庆,Chóng qìng\n");
  EXPECT_THAT(configuration.complaints(),
              ElementsAre("schemas/codes/kind.csv:2: found `Chóng qìng` as a reading, expected "
                          "syllables of small letters with blanks between (`v` for `ü`)"));
}

class Prefill : public testing::Test {
 protected:
  Prefill() {
    configuration.write("schemas/enterprise.json", R"({
      "sluice:dataset": {"owner": "park"},
      "fields": [{"name": "code", "constraints": {"required": true}}, {"name": "address"},
                 {"name": "capital", "type": "number"}],
      "primaryKey": "code"})");
  }
  std::vector<std::string> complaints_of_prefill(const std::string& prefill,
                                                 std::string_view key = "code") {
    configuration.with("schemas/approval.json", amount,
                       R"({"name": ")" + std::string(key) +
                           R"("}, {"name": "x", "sluice:prefill": ")" + prefill + "\"}");
    return configuration.complaints();
  }
  Configuration configuration;
};

TEST_F(Prefill, IsOfARecordWithTheSameKeyField) {
  EXPECT_THAT(complaints_of_prefill("enterprise.address"), IsEmpty());
  const Settings settings = configuration.settings();
  EXPECT_EQ(settings.datasets.at(record::DatasetId("approval")).schema.fields.at(2).keying.prefill,
            (record::FieldReference{record::DatasetId("enterprise"), "address"}));
}

TEST_F(Prefill, IsOfARecordThatAForeignKeyLeadsTo) {
  configuration.with("schemas/approval.json", R"("primaryKey")",
                     R"("foreignKeys": [{"fields": "firm", "reference": {"resource": "enterprise",
                        "fields": "code"}}], "primaryKey")");
  EXPECT_THAT(complaints_of_prefill("enterprise.address", "firm"), IsEmpty());
}

TEST_F(Prefill, OfARecordThatNothingLeadsToIsRefused) {
  EXPECT_THAT(complaints_of_prefill("enterprise.address", "firm"),
              ElementsAre("schemas/approval.json:5:55: found `enterprise`, of which nothing here "
                          "leads to a record, expected a foreign key to its primary key, or fields "
                          "here with the names of that key, for `sluice:prefill`"));
}

TEST_F(Prefill, OfWhatIsNotThereIsRefused) {
  EXPECT_THAT(complaints_of_prefill("enterprize.address"),
              ElementsAre(HasSubstr("found `enterprize`, expected a dataset that has a schema for "
                                    "`sluice:prefill`; did you mean `enterprise`?")));
}

TEST_F(Prefill, OfAFieldThatIsNotThereIsRefused) {
  EXPECT_THAT(complaints_of_prefill("enterprise.adress"),
              ElementsAre(HasSubstr("found `adress`, expected a field of `enterprise` for "
                                    "`sluice:prefill`; did you mean `address`?")));
}

TEST_F(Prefill, OfAnotherTypeIsRefused) {
  EXPECT_THAT(complaints_of_prefill("enterprise.capital"),
              ElementsAre(HasSubstr("found a field of type number, expected type string")));
}

TEST_F(Prefill, OfTheDatasetItselfIsRefused) {
  EXPECT_THAT(complaints_of_prefill("approval.number"),
              ElementsAre(HasSubstr("found a field of this dataset, expected one of another")));
}

TEST_F(Prefill, WithoutADatasetOrAFieldIsRefused) {
  for (const char* text : {"address", ".address", "enterprise."}) {
    Configuration other;
    other.with("schemas/approval.json", amount,
               R"({"name": "x", "sluice:prefill": ")" + std::string(text) + "\"}");
    EXPECT_THAT(other.complaints(), ElementsAre(HasSubstr("expected DATASET.FIELD"))) << text;
  }
}

}  // namespace
}  // namespace sluice::settings::test
