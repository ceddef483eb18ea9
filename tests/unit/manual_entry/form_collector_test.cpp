#include "adapters/manual_entry/form_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::adapters::manual_entry {
namespace {

using testing::ElementsAre;

class KeepingDoor final : public intake::Door {
 public:
  intake::Result<void> begin(std::span<const std::string> names) override {
    columns.assign(names.begin(), names.end());
    return {};
  }
  intake::Result<void> accept(const intake::SourceRow& row) override {
    places.push_back(row.place);
    original = row.original.bytes();
    values.clear();
    for (const auto& value : row.values)
      values.emplace_back(value);
    return {};
  }
  intake::Result<void> reject(std::uint64_t, std::string_view typed,
                              const intake::RowProblem& found) override {
    original = typed;
    problem = found;
    return {};
  }
  std::vector<std::string> columns;
  std::vector<std::uint64_t> places;
  std::vector<std::optional<std::string>> values;
  std::string original;
  intake::RowProblem problem;
};

class NoProgress final : public Progress {
 public:
  void advanced(std::uint64_t, std::uint64_t, std::uint64_t) override {}
};

class FormCollectorTest : public testing::Test {
 protected:
  void collect(KeyedForm form, std::uint64_t max_row_bytes = 1000) {
    const std::vector<KeyedForm> forms = {std::move(form)};
    NoProgress progress;
    ASSERT_TRUE(FormCollector(forms, columns, max_row_bytes).collect(door, progress));
  }
  std::vector<std::string> columns = {"code", "name", "capital"};
  KeepingDoor door;
};

TEST_F(FormCollectorTest, HandsAFormOverAsOneRowInTheOrderOfItsColumns) {
  collect(keyed_form({{"name", "某㼆\U00020087"}, {"code", "A1"}}));
  EXPECT_EQ(door.columns, columns);
  EXPECT_THAT(door.places, ElementsAre(1));
  EXPECT_THAT(door.values, ElementsAre("A1", "某㼆\U00020087", std::nullopt));
}

TEST_F(FormCollectorTest, AFieldThatWasLeftEmptyIsNoValue) {
  collect(keyed_form({{"code", "A1"}, {"name", ""}}));
  EXPECT_THAT(door.values, ElementsAre("A1", std::nullopt, std::nullopt));
}

TEST_F(FormCollectorTest, KeepsWhatWasTypedAsAJsonObject) {
  collect(keyed_form({{"code", "\"A\\1\"\n"}, {"name", "海淀"}}));
  EXPECT_EQ(door.original, R"({"code":"\"A\\1\"\n","name":"海淀"})");
}

TEST_F(FormCollectorTest, RejectsAFormWithAFieldThatThereIsNotOrTwice) {
  collect({{{"code", "A1"}, {"nmae", "x"}}});
  EXPECT_EQ(door.problem.rule, "unknown-field");
  EXPECT_EQ(door.problem.field, "nmae");
  collect({{{"code", "A1"}, {"code", "A1"}}});
  EXPECT_EQ(door.problem.rule, "duplicate-field");
  EXPECT_THAT(door.places, testing::IsEmpty());
}

TEST_F(FormCollectorTest, RejectsWhatIsNoText) {
  collect({{{"code", "\xD6\xD0"}}});
  EXPECT_EQ(door.problem.rule, "encoding");
  EXPECT_EQ(door.problem.field, "code");
  collect({{{"code", std::string("A\0B", 3)}}});
  EXPECT_EQ(door.problem.rule, "nul");
  collect({{{"\xED\xA0\x80", "A"}}});
  EXPECT_EQ(door.problem.rule, "encoding");
  EXPECT_EQ(door.problem.field, "");
}

TEST_F(FormCollectorTest, RejectsAFormThatIsTooLarge) {
  collect({{{"code", std::string(96, 'x')}}}, 100);
  EXPECT_THAT(door.places, ElementsAre(1));
  collect({{{"code", std::string(97, 'x')}}}, 100);
  EXPECT_EQ(door.problem.rule, "too-large");
  EXPECT_EQ(door.problem.sentence, "the form has 101 bytes; expected at most 100");
}

}  // namespace
}  // namespace sluice::adapters::manual_entry
