// The JSON Schemas that editors complete and check by say what the readers do.
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exchange_configuration.h"
#include "settings/document.h"

namespace sluice::settings::test {
namespace {

using testing::EndsWith;

// The properties of an object in one of the JSON Schemas that editors complete by, as a complaint
// of an unknown key lists them.
std::string properties(const std::string& file, std::initializer_list<const char*> path) {
  Complaints complaints(source_directory / "schemas" / file);
  const auto document = read_document(complaints);
  if (!document) throw std::runtime_error("can not read " + file);
  const Value* value = &*document;
  for (const char* key : path)
    value = &value->find(key)->value;
  std::set<std::string> names;
  for (const Member& member : value->find("properties")->value.members)
    names.insert(member.key);
  return "expected one of " + fmt::format("{}", fmt::join(names, ", "));
}

TEST(EditorSchema, HasTheKeysThatANodesFileHas) {
  const auto expected_in = [](std::string_view section, std::string_view with_typo) {
    const auto found = Configuration().with("node.yaml", section, with_typo).complaints();
    return found.size() == 1 ? found.front() : "not one complaint";
  };
  const std::string file = "node.schema.json";
  EXPECT_THAT(expected_in("node:", "zzzzzzzz: 1\nnode:"), EndsWith(properties(file, {})));
  EXPECT_THAT(expected_in("node:", "node:\n  zzzzzzzz: 1"),
              EndsWith(properties(file, {"properties", "node"})));
  EXPECT_THAT(expected_in("identity:", "identity:\n  zzzzzzzz: 1"),
              EndsWith(properties(file, {"properties", "identity"})));
  EXPECT_THAT(expected_in("listen:", "listen:\n  zzzzzzzz: 1"),
              EndsWith(properties(file, {"properties", "listen"})));
  EXPECT_THAT(
      expected_in("store:\n  kind: sqlite",
                  "uplink: {addresses: ['https://c:1'], center_subject: CN=c, zzzzzzzz: 1}"),
      EndsWith(properties(file, {"properties", "uplink"})));
  EXPECT_THAT(expected_in("store:",
                          "nodes: [{name: n, certificate_subject: CN=n, bureaus: [park], zzzzzzzz: "
                          "1}]\nstore:"),
              EndsWith(properties(file, {"properties", "nodes", "items"})));
  for (const char* section : {"journal", "batch", "log"}) {
    EXPECT_THAT(expected_in("node:", std::string(section) + ": {zzzzzzzz: 1}\nnode:"),
                EndsWith(properties(file, {"properties", section})));
  }
}

TEST(EditorSchema, HasTheKeysThatABureausFileHas) {
  const auto expected_in = [](std::string_view section, std::string_view with_typo) {
    const auto found = Configuration().with("bureaus/park.yaml", section, with_typo).complaints();
    return found.size() == 1 ? found.front() : "not one complaint";
  };
  const std::string file = "bureau.schema.json";
  EXPECT_THAT(expected_in("name:", "zzzzzzzz: 1\nname:"), EndsWith(properties(file, {})));
  EXPECT_THAT(expected_in("  direct: {}", "  direct: {}\n  zzzzzzzz: 1"),
              EndsWith(properties(file, {"properties", "channels"})));
  EXPECT_THAT(expected_in("    mapping:", "    zzzzzzzz: 1\n    mapping:"),
              EndsWith(properties(file, {"$defs", "publication"})));
  EXPECT_THAT(expected_in("      fields:", "      zzzzzzzz: 1\n      fields:"),
              EndsWith(properties(file, {"$defs", "publication", "properties", "mapping"})));
  EXPECT_THAT(expected_in("from: 文号", "zzzzzzzz: 1"),
              EndsWith(properties(file, {"$defs", "field"})));
  for (const char* section : {"csv", "reject_limit"}) {
    EXPECT_THAT(expected_in("    mapping:",
                            "    " + std::string(section) + ": {zzzzzzzz: 1}\n    mapping:"),
                EndsWith(properties(file, {"$defs", "publication", "properties", section})));
  }
}

// What the editors' schema has under `channels.front-end` and under a publication's `front-end`.
class ExchangeSchema : public testing::Test {
 protected:
  // A place in the schema: keys, and positions in lists.
  const Value& at(std::initializer_list<const char*> path) const {
    const Value* value = &*document_;
    for (const char* key : path) {
      value = value->is_list() ? &value->items.at(static_cast<std::size_t>(std::atoi(key)))
                               : &value->find(key)->value;
    }
    return *value;
  }
  static std::string keys_of(const Value& object) {
    std::set<std::string> names;
    for (const Member& member : object.find("properties")->value.members)
      names.insert(member.key);
    return fmt::format("expected one of {}", fmt::join(names, ", "));
  }
  static std::string choices_of(const Value& value) {
    std::vector<std::string> names;
    for (const Value& item : value.find("enum")->value.items)
      names.push_back(item.text);
    return fmt::format("expected one of {} for", fmt::join(names, ", "));
  }
  static std::string limits_of(const Value& value) {
    return fmt::format("expected a whole number from {} to {} for",
                       value.find("minimum")->value.text, value.find("maximum")->value.text);
  }
  static std::string complaint(std::string_view old_text, std::string_view text) {
    const auto found = exchange_complaints(old_text, text);
    return found.size() == 1 ? found.front() : fmt::format("{}", fmt::join(found, "\n"));
  }
  static std::string complaint_of_channel(const std::string& line) {
    return complaint("    schedule:", "    " + line + "\n    schedule:");
  }
  static std::string complaint_of_schedule(const std::string& line) {
    return complaint("      run:", "      " + line + "\n      run:");
  }
  static std::string complaint_of_capture(const std::string& way) {
    ExchangeConfiguration configuration;
    configuration.changed("    schedule:", "    write_back: true\n    schedule:")
        .changed(ExchangeConfiguration::watermark, way);
    const auto found = configuration.complaints();
    return found.size() == 1 ? found.front() : fmt::format("{}", fmt::join(found, "\n"));
  }

 private:
  static std::optional<Value> read() {
    Complaints complaints(source_directory / "schemas/bureau.schema.json");
    return read_document(complaints);
  }
  std::optional<Value> document_ = read();
};

TEST_F(ExchangeSchema, HasTheKeysOfTheChannelAndItsSchedule) {
  EXPECT_THAT(complaint_of_channel("zzzzzzzz: 1"),
              EndsWith(keys_of(at({"properties", "channels", "properties", "front-end"}))));
  EXPECT_THAT(complaint_of_schedule("zzzzzzzz: 1"), EndsWith(keys_of(at({"$defs", "schedule"}))));
  EXPECT_THAT(complaint_of_schedule("retry: {zzzzzzzz: 1}"),
              EndsWith(keys_of(at({"$defs", "schedule", "properties", "retry"}))));
}

TEST_F(ExchangeSchema, HasTheKeysOfAPublication) {
  EXPECT_THAT(complaint("table: 审批", "table: 审批\n      zzzzzzzz: 1"),
              EndsWith(keys_of(at({"$defs", "publication", "properties", "front-end"}))));
  EXPECT_THAT(complaint("table: 审批", "table: {name: t, zzzzzzzz: 1}"),
              EndsWith(keys_of(at({"$defs", "table"}))));
}

TEST_F(ExchangeSchema, HasTheKeysOfEachWayOfCapture) {
  const std::vector<std::string> ways = {"kind: snapshot", "kind: watermark, column: c",
                                         "kind: flag, column: c",
                                         "kind: change-log, log: l, sequence: q, operation: o"};
  ASSERT_EQ(at({"$defs", "capture", "oneOf"}).items.size(), ways.size());
  std::vector<std::string> kinds;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    const Value& way = at({"$defs", "capture", "oneOf"}).items[i];
    EXPECT_THAT(complaint_of_capture("{" + ways[i] + ", zzzzzzzz: 1}"), EndsWith(keys_of(way)));
    kinds.push_back(way.find("properties")->value.find("kind")->value.find("const")->value.text);
  }
  EXPECT_THAT(complaint_of_capture("{kind: zzzzzzzz}"),
              EndsWith(fmt::format("expected one of {} for `kind`", fmt::join(kinds, ", "))));
  EXPECT_THAT(complaint_of_capture("{kind: flag, column: c, operation_column: o, codes: "
                                   "{zzzzzzzz: 1}}"),
              EndsWith(keys_of(at({"$defs", "codes"}))));
  EXPECT_THAT(
      complaint_of_capture("{kind: snapshot, delete_at_most: {zzzzzzzz: 1}}"),
      EndsWith(keys_of(at({"$defs", "capture", "oneOf", "0", "properties", "delete_at_most"}))));
}

TEST_F(ExchangeSchema, HasTheChoicesAndLimits) {
  const Value& channel = at({"properties", "channels", "properties", "front-end", "properties"});
  EXPECT_THAT(complaint_of_channel("encoding: z"),
              EndsWith(choices_of(channel.find("encoding")->value) + " `encoding`"));
  EXPECT_THAT(complaint_of_channel("page_rows: 0"),
              EndsWith(limits_of(channel.find("page_rows")->value) + " `page_rows`"));
  EXPECT_THAT(complaint_of_capture("{kind: snapshot, delete_at_most: {rows: -1}}"),
              EndsWith(limits_of(at({"$defs", "capture", "oneOf", "0", "properties",
                                     "delete_at_most", "properties", "rows"})) +
                       " `rows`"));
  EXPECT_THAT(
      complaint_of_schedule("missed: z"),
      EndsWith(choices_of(at({"$defs", "schedule", "properties", "missed"})) + " `missed`"));
  for (const char* way : {"1", "3"}) {
    const Value& numbers =
        at({"$defs", "capture", "oneOf", way, "properties", "look_back_numbers"});
    EXPECT_THAT(complaint_of_capture("{kind: watermark, column: c, look_back_numbers: -1}"),
                EndsWith(limits_of(numbers) + " `look_back_numbers`"));
  }
}

}  // namespace
}  // namespace sluice::settings::test
