// A configuration is told by its lines, without secrets and values of records.
#include "bundle/told_configuration.h"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace sluice::bundle::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class ToldConfiguration : public testing::Test {
 protected:
  std::string told(const std::string& text, const std::string& name = "bureau.yaml",
                   ConfigurationFile kind = ConfigurationFile::settings) {
    record::test::write_file(directory_ / name, text);
    const auto told = told_configuration(directory_.path(), name, kind);
    return told ? *told : "not told: " + told.error();
  }

  record::test::TemporaryDirectory directory_;
};

TEST_F(ToldConfiguration, NamesEachValueWithItsPlace) {
  EXPECT_EQ(told("bureau: park  # MARK\nchannels:\n  disk: {}\npublishes:\n  - {dataset: register,"
                 " channels: [disk, direct]}\n"),
            "1:9  bureau = park\n"
            "3:9  channels.disk = {}\n"
            "5:15  publishes[0].dataset = register\n"
            "5:36  publishes[0].channels[0] = disk\n"
            "5:42  publishes[0].channels[1] = direct\n");
}

TEST_F(ToldConfiguration, HasNoPasswordWhereverItStands) {
  record::test::write_file(directory_ / "pw", "MARK");
  const std::string text = told(
      "channels:\n  front-end:\n    connection: 'Driver=x;PWD=MARK'\n    password_file: pw\n"
      "    pasword: MARK\n    password:\n      - MARK\n      - {MARK: MARK}\n"
      "name: see https://me:MARK@host/\n");
  EXPECT_THAT(text, Not(HasSubstr("MARK")));
  EXPECT_THAT(text, HasSubstr("connection = driver=x;pwd=(removed)\n"));
  EXPECT_THAT(text, HasSubstr("password_file = pw\n"));
}

TEST_F(ToldConfiguration, HasNoSecretThatStandsWhereItsFileIsToBeNamed) {
  const std::string text = told(
      "identity: {key: MARK}\npages:\n  key: |\n    MARK\nstore: {password_file: [MARK]}\n"
      "channels:\n  front-end: {password_file: MARK}\n"
      "publishes:\n  - front-end: {key: [id, park]}\n",
      "node.yaml");
  EXPECT_THAT(text, Not(HasSubstr("MARK")));
  EXPECT_THAT(text, HasSubstr("channels.front-end.password_file = (removed)\n"));
  EXPECT_THAT(text, HasSubstr("front-end.key[1] = park\n"));
  EXPECT_THAT(told("store:\n  password： MARK\n"), Not(HasSubstr("MARK")));
}

TEST_F(ToldConfiguration, HasNoValueOfARecord) {
  const std::string text = told(
      "publishes:\n  - dataset: register\n    mapping:\n      fields:\n"
      "        - {field: kind, constant: MARK, missing: [MARK]}\n"
      "        - {field: sort, from: col, steps: [trim, {codes: {MARK: MARK}}]}\n");
  EXPECT_THAT(text, Not(HasSubstr("MARK")));
  EXPECT_THAT(text, HasSubstr("fields[1].from = col\n"));
  EXPECT_THAT(text, HasSubstr("fields[1].steps[0] = trim\n"));
}

TEST_F(ToldConfiguration, TellsASchemaWithoutItsExamples) {
  const std::string text = told(
      R"({"fields": [{"name": "sort", "example": "MARK", "constraints": {"enum": ["MARK"]}}]})",
      "register.json", ConfigurationFile::schema);
  EXPECT_THAT(text, Not(HasSubstr("MARK")));
  EXPECT_THAT(text, HasSubstr("fields[0].name = sort\n"));
}

TEST_F(ToldConfiguration, SaysNothingOfAFileThatItCanNotRead) {
  EXPECT_THAT(told("name: 'MARK\npassword: MARK"),
              testing::AllOf(testing::StartsWith("not told: "), Not(HasSubstr("MARK"))));
  EXPECT_THAT(told("\tMARK: [\n"),
              testing::AllOf(testing::StartsWith("not told: "), Not(HasSubstr("MARK"))));
  EXPECT_THAT(told("{\"MARK\": ", "x.json", ConfigurationFile::schema),
              testing::AllOf(testing::StartsWith("not told: "), Not(HasSubstr("MARK"))));
}

TEST_F(ToldConfiguration, DoesNotTellWhatAQuoteThatIsNotClosedHasTakenWithIt) {
  EXPECT_THAT(told("name: 'one\ncode: MARK\n"),
              testing::AllOf(HasSubstr("name = (removed)"), Not(HasSubstr("MARK"))));
}

}  // namespace
}  // namespace sluice::bundle::test
