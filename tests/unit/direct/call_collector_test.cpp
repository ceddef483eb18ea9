#include "adapters/direct/call_collector.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/direct/recorded_call.h"

namespace sluice::adapters::direct {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(CallCollector, HandsOverEveryRecordOfAnArrayInOrder) {
  const auto call = json_call(R"([{"code":"1","name":"甲"}, {"name":"乙","code":"2"}])");
  ASSERT_TRUE(call.result);
  EXPECT_EQ(call.door.begun, 1);
  EXPECT_EQ(call.door.announced, RecordedCall::default_columns());
  ASSERT_EQ(call.door.rows.size(), 2U);
  EXPECT_THAT(call.door.rows[0].values, ElementsAre("1", "甲", nothing));
  EXPECT_THAT(call.door.rows[1].values, ElementsAre("2", "乙", nothing));
  EXPECT_EQ(call.door.rows[0].place, 1U);
  EXPECT_EQ(call.door.rows[1].place, 2U);
  EXPECT_EQ(call.door.rows[1].original, R"({"name":"乙","code":"2"})");
}

TEST(CallCollector, TakesASingleRecordAsACallOfOne) {
  const auto call = json_call(R"( {"code":"1"} )");
  ASSERT_TRUE(call.result);
  EXPECT_THAT(call.only_row().values, ElementsAre("1", nothing, nothing));
  EXPECT_EQ(call.only_row().original, R"({"code":"1"})");
}

TEST(CallCollector, TakesAnEmptyArrayAsACallOfNoRows) {
  const auto call = json_call("[ ]");
  EXPECT_TRUE(call.result);
  EXPECT_EQ(call.door.begun, 1);
  EXPECT_TRUE(call.door.rows.empty());
}

TEST(CallCollector, TakesNullAndAbsenceAsNoValueAndEmptyTextAsAValue) {
  const auto call = json_call(R"([{"code":null,"name":""}])");
  EXPECT_THAT(call.only_row().values, ElementsAre(nothing, "", nothing));
}

TEST(CallCollector, KeepsTheDigitsOfNumbersAsTheyWereWritten) {
  for (const std::string number : {"0", "-0", "0.1000", "1e400", "1E+99999999999", "-1.50e-7",
                                   "123456789012345678901234567890.12"}) {
    const auto call = json_call("[{\"capital\":" + number + "}]");
    EXPECT_THAT(call.only_row().values, ElementsAre(nothing, nothing, number));
  }
}

TEST(CallCollector, GivesBooleansAndNestedValuesAsTheirText) {
  const auto call = json_call(R"([{"code":true,"name":[1, {"a":"\u0041"}],"capital":false}])");
  EXPECT_THAT(call.only_row().values, ElementsAre("true", R"([1, {"a":"\u0041"}])", "false"));
}

TEST(CallCollector, UnescapesNamesAndValues) {
  const auto call = json_call(R"([{"\u0063ode":"a\n\"\u6d77","na\u006de":"\ud83d\ude00"}])");
  EXPECT_THAT(call.only_row().values, ElementsAre("a\n\"海", "😀", nothing));
}

TEST(CallCollector, TakesOperationAndSourceTimeFromTheReservedMembers) {
  const auto call = json_call(R"([
    {"$operation":"delete","$time":"2026-11-23T12:44:00+08:00","code":"1"},
    {"$operation":"upsert","code":"2"},
    {"code":"3","$operation":null,"$time":null}])");
  ASSERT_TRUE(call.result);
  ASSERT_EQ(call.door.rows.size(), 3U);
  EXPECT_EQ(call.door.rows[0].operation, record::Operation::remove);
  EXPECT_EQ(call.door.rows[0].source_time, "2026-11-23T04:44:00Z");
  EXPECT_EQ(call.door.rows[1].operation, record::Operation::upsert);
  EXPECT_EQ(call.door.rows[1].source_time, nothing);
  EXPECT_EQ(call.door.rows[2].operation, record::Operation::upsert);
}

struct BadRow {
  std::string_view record;
  std::string_view rule;
  std::string_view field;
};
class BadRowTest : public testing::TestWithParam<BadRow> {};

TEST_P(BadRowTest, GoesToQuarantineAloneAndTheOthersAreTaken) {
  const auto& [record, rule, field] = GetParam();
  const auto call =
      json_call("[{\"code\":\"before\"}, " + std::string(record) + " ,{\"code\":\"after\"}]");
  ASSERT_TRUE(call.result);
  ASSERT_EQ(call.door.rejected.size(), 1U);
  EXPECT_EQ(call.door.rejected[0].place, 2U);
  EXPECT_EQ(call.door.rejected[0].original, record);
  EXPECT_EQ(call.door.rejected[0].problem.rule, rule);
  EXPECT_EQ(call.door.rejected[0].problem.field, field);
  EXPECT_FALSE(call.door.rejected[0].problem.sentence.empty());
  ASSERT_EQ(call.door.rows.size(), 2U);
  EXPECT_THAT(call.door.rows[0].values, ElementsAre("before", nothing, nothing));
  EXPECT_THAT(call.door.rows[1].values, ElementsAre("after", nothing, nothing));
}

INSTANTIATE_TEST_SUITE_P(
    Each, BadRowTest,
    testing::Values(
        BadRow{R"({"code":"1","capitel":2})", "unknown-field", "capitel"},
        BadRow{R"({"code":"1","$note":2})", "unknown-field", "$note"},
        BadRow{R"({"code":"1","name":"a","code":"1"})", "duplicate-field", "code"},
        BadRow{R"({"code":"1","c\u006fde":null})", "duplicate-field", "code"},
        BadRow{R"({"$operation":"delete","$operation":"upsert"})", "duplicate-field", "$operation"},
        BadRow{R"({"$time":null,"$time":null})", "duplicate-field", "$time"},
        BadRow{R"({"$operation":"insert"})", "operation", "$operation"},
        BadRow{R"({"$operation":1})", "operation", "$operation"},
        BadRow{R"({"$time":"yesterday"})", "source-time", "$time"},
        BadRow{R"({"code":"\ud800"})", "encoding", "code"},
        BadRow{R"({"code":{"a":["\udc00"]}})", "encoding", "code"},
        BadRow{"{\"code\":\"\xFF\"}", "encoding", ""},
        BadRow{"{\"code\":\"\xC0\xAF\"}", "encoding", ""},
        BadRow{"{\"code\":\"\xED\xA0\x80\"}", "encoding", ""},
        BadRow{"{\"\xB1\":1}", "encoding", ""}, BadRow{R"({"code":"a\u0000"})", "nul", "code"},
        BadRow{R"({"name":["\u0000"]})", "nul", "name"}, BadRow{R"({"a\u0000":1})", "nul", ""},
        BadRow{"7", "not-an-object", ""}, BadRow{"[]", "not-an-object", ""},
        BadRow{"null", "not-an-object", ""}, BadRow{R"("{}")", "not-an-object", ""}));

TEST(CallCollector, ShowsNoMoreThanTheBeginningOfALongUnknownName) {
  std::string name = "x";
  for (int i = 0; i < 50; ++i)
    name += "海";
  const auto call = json_call("{\"" + name + "\":1}");
  EXPECT_EQ(call.only_rejected().problem.field, name.substr(0, 100));
}

TEST(CallCollector, SkipsUnlistedMembersWhereTheDatasetAllowsThem) {
  const MemberTable members(RecordedCall::default_columns(), UnlistedMembers::skipped);
  const Call call{
      MediaType::json, R"({"note":{"a":1},"code":"1","$else":2,"$operation":"delete"})", {}};
  const RecordedCall recorded(call, members);
  EXPECT_THAT(recorded.only_row().values, ElementsAre("1", nothing, nothing));
  EXPECT_EQ(recorded.only_row().operation, record::Operation::remove);
}

TEST(CallCollector, RejectsARecordOverTheRowLimitAlone) {
  const MemberTable members(RecordedCall::default_columns());
  const Call call{MediaType::json, R"([{"code":"12345678901234567890"},{"code":"1"}])", {}};
  const RecordedCall recorded(call, members, 20);
  ASSERT_EQ(recorded.door.rejected.size(), 1U);
  EXPECT_EQ(recorded.door.rejected[0].problem.rule, "too-large");
  EXPECT_EQ(recorded.door.rows.size(), 1U);
}

TEST(CallCollector, RefusesABodyOverItsLimitWhole) {
  const auto call = json_call(std::string(max_body_bytes + 1, ' '));
  EXPECT_EQ(call.result.error().code, CollectionProblem::too_large);
  EXPECT_EQ(call.door.begun, 0);
}

TEST(CallCollector, EndsWithTheDoorsFailureAtTheRowThatItFailedAt) {
  const MemberTable members(RecordedCall::default_columns());
  const Call call{MediaType::ndjson, "{}\n{}\n{}\n", {}};
  RecordingDoor door;
  door.fail_at = 2;
  RowBuffers buffers;
  NoProgress progress;
  const auto result = CallCollector(call, members, 1000, buffers).collect(door, progress);
  EXPECT_EQ(result.error().code, CollectionProblem::backlog_full);
  EXPECT_EQ(door.rows.size(), 1U);
}

TEST(CallCollector, TakesEachLineOfNdjsonForItself) {
  const auto call =
      lines_call("{\"code\":\"1\"}\r\n\n  \n{\"code\":\"2\"\n{\"code\":\"3\"} x\n{\"code\":\"4\"}");
  ASSERT_TRUE(call.result);
  ASSERT_EQ(call.door.rows.size(), 2U);
  EXPECT_EQ(call.door.rows[0].place, 1U);
  EXPECT_EQ(call.door.rows[0].original, "{\"code\":\"1\"}");
  EXPECT_EQ(call.door.rows[1].place, 6U);
  ASSERT_EQ(call.door.rejected.size(), 2U);
  EXPECT_EQ(call.door.rejected[0].place, 4U);
  EXPECT_EQ(call.door.rejected[0].original, "{\"code\":\"2\"");
  EXPECT_EQ(call.door.rejected[0].problem.rule, "syntax");
  EXPECT_THAT(call.door.rejected[0].problem.sentence, HasSubstr("column 12"));
  EXPECT_EQ(call.door.rejected[1].place, 5U);
}

TEST(CallCollector, TakesNdjsonWithoutLinesAsACallOfNoRows) {
  for (const std::string_view body : {"", "\n", " \r\n\n", "\xEF\xBB\xBF"}) {
    const auto call = lines_call(body);
    EXPECT_TRUE(call.result);
    EXPECT_EQ(call.door.begun, 1);
    EXPECT_TRUE(call.door.rows.empty() && call.door.rejected.empty());
  }
}

TEST(CallCollector, PassesOverAByteOrderMark) {
  EXPECT_EQ(json_call("\xEF\xBB\xBF[{\"code\":\"1\"}]").door.rows.size(), 1U);
  EXPECT_EQ(lines_call("\xEF\xBB\xBF{\"code\":\"1\"}\n").door.rows.size(), 1U);
}

TEST(CallCollector, HoldsManyEscapedValuesOfOneRowAtOnce) {
  std::string long_text;
  for (int i = 0; i < 10'000; ++i)
    long_text += R"(\u6d77)";
  const auto call =
      json_call("{\"code\":\"\\n1\",\"name\":\"" + long_text + "\",\"capital\":\"\\t2\"}");
  ASSERT_EQ(call.only_row().values.size(), 3U);
  EXPECT_EQ(call.only_row().values[0], "\n1");
  EXPECT_EQ(call.only_row().values[1]->size(), 30'000U);
  EXPECT_EQ(call.only_row().values[2], "\t2");
}

}  // namespace
}  // namespace sluice::adapters::direct
