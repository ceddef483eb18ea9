#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "configuration.h"

namespace sluice::settings::test {
namespace {

using testing::ElementsAre;
using testing::Pair;

Configuration& with_table(Configuration& configuration, std::string_view csv) {
  return configuration
      .with("bureaus/park.yaml", "- {field: number, from: 文号}",
            "- {field: number, steps: [{codes_file: codes/area.csv}]}")
      .write("codes/area.csv", csv);
}

std::vector<std::string> complaints_of_codes(std::string_view csv) {
  Configuration configuration;
  return with_table(configuration, csv).complaints();
}

TEST(CodeTableFile, GivesTheNameForACodeAndPassesOverOtherColumns) {
  Configuration configuration;
  with_table(configuration,
             "\xEF\xBB\xBF"
             "city,name,code\r\n1101,\"东\"\"城,区\",110101\r\n,西城区,110102\n\n");
  const Settings settings = configuration.settings();
  const auto& steps =
      settings.bureaus.at(record::BureauId("park")).publishes.at(0).mapping.fields.at(0).steps;
  EXPECT_THAT(std::get<intake::step::CodeTable>(steps.at(0)).codes,
              ElementsAre(Pair("110101", "东\"城,区"), Pair("110102", "西城区")));
}

TEST(CodeTableFile, ComplainsAtItsOwnLines) {
  EXPECT_THAT(
      complaints_of_codes("code,name\n1,a\n1,b\n2\n3,\"x\ny\"\n4,c,d\n"),
      ElementsAre("codes/area.csv:3: found a code that an earlier line has, expected each code "
                  "once",
                  "codes/area.csv:4: found 1 columns, expected 2, as in the header",
                  "codes/area.csv:7: found 3 columns, expected 2, as in the header"));
}

TEST(CodeTableFile, MustHaveBothColumns) {
  EXPECT_THAT(
      complaints_of_codes("code,title\n1,a\n"),
      ElementsAre("codes/area.csv:1: found a header without `code` and `name`, expected a header "
                  "with both columns"));
}

TEST(CodeTableFile, MustCloseItsQuotes) {
  const std::string complaint =
      "codes/area.csv:2: found a quote that is not closed, or text behind one that is, expected "
      "CSV as "
      "in RFC 4180";
  EXPECT_THAT(complaints_of_codes("code,name\n1,\"a\n"), ElementsAre(complaint));
  EXPECT_THAT(complaints_of_codes("code,name\n1,\"a\"b\n"), ElementsAre(complaint));
}

TEST(CodeTableFile, MustBeThereAndInUtf8) {
  EXPECT_THAT(
      complaints_of_codes("code,name\n1,\xD6\xD0\n"),
      ElementsAre("codes/area.csv:2: found bytes that are not UTF-8, expected text in UTF-8"));
  Configuration configuration;
  EXPECT_THAT(with_table(configuration, "").remove("codes").complaints(),
              ElementsAre("codes/area.csv: found no file of this name, expected a readable file"));
}

}  // namespace
}  // namespace sluice::settings::test
