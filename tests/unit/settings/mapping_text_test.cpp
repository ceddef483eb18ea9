#include "settings/mapping_text.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace sluice::settings {
namespace {

using ::testing::HasSubstr;

class MappingTextTest : public testing::Test {
 protected:
  std::expected<intake::Mapping, std::vector<Complaint>> read(const std::string& yaml) {
    std::ofstream(directory_ / "mapping.yaml") << yaml;
    return read_mapping_file(directory_ / "mapping.yaml", schema_);
  }

  record::test::TemporaryDirectory directory_;
  record::TableSchema schema_{.fields = {{.name = "code"},
                                         {.name = "title"},
                                         {.name = "since", .type = record::FieldType::date},
                                         {.name = "capital", .type = record::FieldType::number},
                                         {.name = "state"}},
                              .primary_key = {"code"}};
};

TEST_F(MappingTextTest, TextSaysAllThatTheFileAndItsTablesSay) {
  std::ofstream(directory_ / "states.csv") << "code,name\n01,\"in use, still\"\n02,gone\n";
  const auto mapping = read(R"(fields:
  - {field: code, from: number, steps: [trim, half-width, upper-case]}
  - {field: title, constant: "none \"at all\""}
  - {field: since, steps: [{date: "%Y年%m月%d日"}], missing: [N/A, "-"]}
  - {field: capital, steps: [amount]}
  - {field: state, steps: [{codes_file: states.csv}, {codes: {"a": "b"}}, currency]}
ignore: [remark]
)");
  ASSERT_TRUE(mapping) << to_string(mapping.error().front());
  const std::string text = mapping_text(*mapping);
  EXPECT_THAT(text, HasSubstr(R"({"codes":{"01":"in use, still","02":"gone"}})"));
  const auto again = parse_mapping_text(text);
  ASSERT_TRUE(again) << to_string(again.error().front());
  EXPECT_EQ(mapping_text(*again), text);
}

TEST_F(MappingTextTest, MistakeIsToldWithItsPlace) {
  const auto mapping = read("fields:\n  - {field: titel, from: name}\n");
  ASSERT_FALSE(mapping);
  EXPECT_THAT(to_string(mapping.error().front()), HasSubstr("mapping.yaml:2:"));
  EXPECT_THAT(to_string(mapping.error().front()), HasSubstr("did you mean `title`?"));
}

TEST_F(MappingTextTest, TextThatIsNoMappingIsRefused) {
  EXPECT_FALSE(parse_mapping_text("[]"));
  EXPECT_FALSE(parse_mapping_text(R"({"fields":[{"from":"a"}]})"));
}

}  // namespace
}  // namespace sluice::settings
