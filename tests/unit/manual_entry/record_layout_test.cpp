#include "adapters/manual_entry/record_layout.h"

#include <gmock/gmock.h>

namespace sluice::adapters::manual_entry {
namespace {

using record::Operation;
using record::Sensitivity;

const date::time_zone& peking = *date::locate_zone("Asia/Shanghai");

record::Dataset dataset_of(std::vector<record::Field> fields, std::vector<std::string> key) {
  return {.id = record::DatasetId("licence"),
          .title = "营业执照",
          .schema = {.fields = std::move(fields), .primary_key = std::move(key)}};
}

// Of one dataset, with its values in the schema's order.
struct Laid {
  record::Dataset dataset;
  std::vector<std::optional<std::string_view>> values;
  Operation operation = Operation::upsert;

  [[nodiscard]] DeliveryRow row() const { return {operation, values}; }
  [[nodiscard]] std::string json() const { return RecordLayout(dataset, peking).json_of(row()); }
  [[nodiscard]] std::string subject() const {
    return RecordLayout(dataset, peking).subject_of(row());
  }
  [[nodiscard]] std::string key() const {
    return RecordLayout(dataset, peking).record_key_of(row());
  }
};

TEST(RecordLayout, FieldsStandAsTheScreenGoes) {
  const Laid laid{.dataset = dataset_of({{.name = "a", .keying = {.order = 9}},
                                         {.name = "b", .keying = {.group = "two", .order = 2}},
                                         {.name = "c", .keying = {.group = "one", .order = 1}},
                                         {.name = "d", .keying = {.group = "two"}},
                                         {.name = "e", .keying = {.group = "one"}}},
                                        {"a"}),
                  .values = {"1", "2", "3", "4", "5"}};
  std::string order;
  const std::string json = laid.json();
  for (std::size_t at = json.find("\"value\":\""); at != std::string::npos;
       at = json.find("\"value\":\"", at + 1)) {
    order += json[at + 9];
  }
  EXPECT_EQ(order, "35241") << "group by group, as their first fields come";
}

TEST(RecordLayout, EachFieldHasItsLabelItsGroupAndWhoMaySeeIt) {
  const Laid laid{.dataset = dataset_of({{.name = "id",
                                          .title = "身份证号",
                                          .sensitivity = Sensitivity::personal,
                                          .keying = {.group = "法定代表人"}},
                                         {.name = "note", .sensitivity = Sensitivity::open}},
                                        {"id"}),
                  .values = {"11010519491231002X", std::nullopt}};
  EXPECT_EQ(
      laid.json(),
      R"([{"field":"id","label":"身份证号","group":"法定代表人","value":"11010519491231002X",)"
      R"("sensitivity":"personal"},)"
      R"({"field":"note","label":"note","group":"","sensitivity":"open"}])");
}

TEST(RecordLayout, MomentsAreThoseOfTheScreensZone) {
  const auto typed = [](std::string_view canonical) {
    const Laid laid{
        .dataset = dataset_of({{.name = "at", .type = record::FieldType::datetime}}, {"at"}),
        .values = {canonical}};
    const std::string json = laid.json();
    const std::size_t begin = json.find("\"value\":\"") + 9;
    return json.substr(begin, json.find('"', begin) - begin);
  };
  EXPECT_EQ(typed("2026-12-31T16:00:00Z"), "2027-01-01 00:00:00");
  EXPECT_EQ(typed("2026-11-23T04:44:00.000001Z"), "2026-11-23 12:44:00.000001");
  EXPECT_EQ(typed("1986-07-01T00:00:00Z"), "1986-07-01 09:00:00") << "daylight saving time of then";
}

TEST(RecordLayout, SubjectIsTheCaseNumberOrAKeyThatAnybodyMaySee) {
  const record::Field open{.name = "number", .sensitivity = Sensitivity::open};
  const record::Field personal{.name = "id", .sensitivity = Sensitivity::personal};
  const record::Field internal{.name = "id", .sensitivity = Sensitivity::internal};
  const record::Field case_number{.name = "case", .carries_case_number = true};
  record::Field personal_case = case_number;
  personal_case.sensitivity = Sensitivity::personal;
  const auto subject = [](std::vector<record::Field> fields, std::vector<std::string> key,
                          Operation operation = Operation::upsert) {
    return Laid{dataset_of(std::move(fields), std::move(key)), {"1", "HD-2"}, operation}.subject();
  };
  EXPECT_EQ(subject({personal, case_number}, {"id"}), "HD-2");
  EXPECT_EQ(subject({open, case_number}, {"number"}), "HD-2");
  EXPECT_EQ(subject({open, case_number}, {"number"}, Operation::remove), "1")
      << "a delete has its key alone";
  EXPECT_EQ(subject({personal, case_number}, {"id", "case"}, Operation::remove), "HD-2");
  EXPECT_EQ(subject({open, internal}, {"number"}), "1");
  EXPECT_EQ(subject({open, personal}, {"number", "id"}), "");
  EXPECT_EQ(subject({internal, open}, {"id"}), "");
  EXPECT_EQ(subject({personal, personal_case}, {"id"}), "");
}

TEST(RecordLayout, RecordIsToldByDatasetAndKeyAlone) {
  const auto dataset = dataset_of({{.name = "a"}, {.name = "b"}, {.name = "c"}}, {"a", "b"});
  const Laid laid{.dataset = dataset, .values = {"x", "yz", "1"}};
  const std::string key = laid.key();
  EXPECT_THAT(key, ::testing::StartsWith("sha256:"));
  EXPECT_EQ((Laid{dataset, {"x", "yz", "2"}}.key()), key);
  EXPECT_EQ((Laid{dataset, {"x", "yz", std::nullopt}, Operation::remove}.key()), key);
  EXPECT_NE((Laid{dataset, {"xy", "z", "1"}}.key()), key) << "another split of the same letters";
  EXPECT_NE((Laid{dataset, {"x\n2:yz", "", "1"}}.key()), key);
  auto other = dataset;
  other.id = record::DatasetId("permit");
  EXPECT_NE((Laid{other, {"x", "yz", "1"}}.key()), key);
}

}  // namespace
}  // namespace sluice::adapters::manual_entry
