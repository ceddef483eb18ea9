#include "adapters/direct/cloud_event.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/direct/recorded_call.h"

namespace sluice::adapters::direct {
namespace {

using testing::ElementsAre;

RecordedCall event_call(std::string_view body) {
  return RecordedCall(MediaType::event, body);
}

TEST(CloudEvent, GivesItsDataAsARowWithOperationAndTimeOfTheEvent) {
  const auto call = event_call(R"({"specversion":"1.0","id":"a-1","source":"/park/approval",
    "type":"cn.gov.sluice.record.upserted","time":"2026-11-23T12:44:00+08:00","subject":"x",
    "datacontenttype":"application/json","traceparent":"00-1","data":{"code":"1","capital":2.50}})");
  ASSERT_TRUE(call.result);
  EXPECT_THAT(call.only_row().values, ElementsAre("1", nothing, "2.50"));
  EXPECT_EQ(call.only_row().operation, record::Operation::upsert);
  EXPECT_EQ(call.only_row().source_time, "2026-11-23T04:44:00Z");
}

TEST(CloudEvent, OfTypeDeletedDeletesWhereverItsDataStands) {
  const auto call = event_call(
      R"({"data":{"code":"\n"},"type":"cn.gov.sluice.record.deleted","id":"1","source":"\u002fpark",)"
      R"("specversion":"1.0"})");
  ASSERT_TRUE(call.result);
  EXPECT_THAT(call.only_row().values, ElementsAre("\n", nothing, nothing));
  EXPECT_EQ(call.only_row().operation, record::Operation::remove);
}

TEST(CloudEvent, InABatchFailsAlone) {
  const RecordedCall call(MediaType::event_batch, R"([
    {"specversion":"1.0","id":"1","source":"/p","type":"a.upserted","data":{"code":"1"}},
    {"specversion":"1.0","id":"2","source":"/p","type":"a.changed","data":{"code":"2"}},
    7,
    {"specversion":"1.0","id":"4","source":"/p","type":"a.deleted","data":{"code":"4"}}])");
  ASSERT_TRUE(call.result);
  ASSERT_EQ(call.door.rows.size(), 2U);
  EXPECT_EQ(call.door.rows[1].place, 4U);
  ASSERT_EQ(call.door.rejected.size(), 2U);
  EXPECT_EQ(call.door.rejected[0].problem.field, "type");
  EXPECT_EQ(call.door.rejected[1].problem.rule, "not-an-object");
}

struct BadEvent {
  std::string_view body;
  std::string_view rule;
  std::string_view field;
};
class BadEventTest : public testing::TestWithParam<BadEvent> {};

TEST_P(BadEventTest, IsRejectedForTheAttributeAtFault) {
  const auto call = event_call(GetParam().body);
  ASSERT_TRUE(call.result);
  EXPECT_EQ(call.only_rejected().problem.rule, GetParam().rule);
  EXPECT_EQ(call.only_rejected().problem.field, GetParam().field);
  EXPECT_EQ(call.only_rejected().original, GetParam().body);
}

INSTANTIATE_TEST_SUITE_P(
    Each, BadEventTest,
    testing::Values(
        BadEvent{R"({"id":"1","source":"/p","type":"a.upserted","data":{}})", "cloudevent",
                 "specversion"},
        BadEvent{R"({"specversion":"0.3","id":"1","source":"/p","type":"a.upserted","data":{}})",
                 "cloudevent", "specversion"},
        BadEvent{R"({"specversion":1.0,"id":"1","source":"/p","type":"a.upserted","data":{}})",
                 "cloudevent", "specversion"},
        BadEvent{R"({"specversion":"1.0","source":"/p","type":"a.upserted","data":{}})",
                 "cloudevent", "id"},
        BadEvent{R"({"specversion":"1.0","id":"","source":"/p","type":"a.upserted","data":{}})",
                 "cloudevent", "id"},
        BadEvent{R"({"specversion":"1.0","id":"1","type":"a.upserted","data":{}})", "cloudevent",
                 "source"},
        BadEvent{R"({"specversion":"1.0","id":"1","source":"/p","data":{}})", "cloudevent", "type"},
        BadEvent{R"({"specversion":"1.0","id":"1","source":"/p","type":"upserted","data":{}})",
                 "cloudevent", "type"},
        BadEvent{R"({"specversion":"1.0","id":"1","source":"/p","type":"a.upserted"})",
                 "cloudevent", "data"},
        BadEvent{
            R"({"specversion":"1.0","id":"1","source":"/p","type":"a.upserted","data_base64":"e30="})",
            "cloudevent", "data_base64"},
        BadEvent{R"({"specversion":"1.0","id":"1","source":"/p","type":"a.upserted",)"
                 R"("datacontenttype":"application/xml","data":"<a/>"})",
                 "cloudevent", "datacontenttype"},
        BadEvent{R"({"specversion":"1.0","id":"1","id":"2","source":"/p","type":"a.upserted",)"
                 R"("data":{}})",
                 "duplicate-field", "id"},
        BadEvent{R"({"specversion":"1.0","id":"1","source":"/p","type":"a.upserted","data":{},)"
                 R"("data":{}})",
                 "duplicate-field", "data"},
        BadEvent{R"({"specversion":"1.0","id":"1","source":"/p","type":"a.upserted",)"
                 R"("time":"noon","data":{}})",
                 "source-time", "time"},
        BadEvent{R"({"specversion":"1.0","id":"1","source":"/p","type":"a.upserted","data":[]})",
                 "not-an-object", ""},
        BadEvent{R"({"specversion":"1.0","id":"1","source":"/p","type":"a.upserted",)"
                 R"("data":{"$operation":"delete"}})",
                 "unknown-field", "$operation"}));

// With one attribute more than an event needs.
std::string event_with(std::string_view member) {
  return R"({"specversion":"1.0","id":"1","source":"/p","type":"a.upserted",)" +
         std::string(member) + R"(,"data":{"code":"1"}})";
}

TEST(CloudEvent, MayHaveEveryAttributeThatTheSpecificationKnows) {
  for (const std::string_view member :
       {R"("subject":"海淀")", R"("dataschema":"urn:x")", R"("subject":null)", R"("a1":"x")",
        R"("partition":-2147483648)", R"("sampled":true)", R"("x":null)", R"("x":"")"}) {
    EXPECT_EQ(event_call(event_with(member)).door.rows.size(), 1U) << member;
  }
}

TEST(CloudEvent, IsRejectedForAnAttributeThatIsNoneByTheSpecification) {
  for (const std::string_view member :
       {R"("subject":"")", R"("dataschema":"")", R"("subject":1)", R"("mySubject":"x")",
        R"("my_subject":"x")", R"("":"x")", R"("$operation":"delete")", R"("x":{})", R"("x":[1])",
        R"("x":1.5)", R"("x":2147483648)", R"("x":"a\nb")", R"("x":"\u0085")", R"("x":"\uFFFE")"}) {
    const auto call = event_call(event_with(member));
    EXPECT_EQ(call.only_rejected().problem.rule, "cloudevent") << member;
  }
}

TEST(CloudEventInHeaders, IsOneRowAndLiesInQuarantineAsAStructuredEvent) {
  const EventAttributes event{"1.0", "a.deleted", "1", "/p\"q", "2026-11-23T04:44:00Z", {}};
  const RecordedCall good(MediaType::event_binary, R"( {"code":"1"} )", event);
  ASSERT_TRUE(good.result);
  EXPECT_THAT(good.only_row().values, ElementsAre("1", nothing, nothing));
  EXPECT_EQ(good.only_row().operation, record::Operation::remove);
  EXPECT_EQ(good.only_row().source_time, "2026-11-23T04:44:00Z");

  const RecordedCall bad(MediaType::event_binary, R"({"code":1,"x":2})", event);
  EXPECT_EQ(bad.only_rejected().problem.rule, "unknown-field");
  const RecordedCall again(quarantined_as(MediaType::event_binary), bad.only_rejected().original);
  EXPECT_EQ(again.only_rejected().problem.rule, "unknown-field");
}

TEST(CloudEventInHeaders, WithoutARequiredAttributeIsRejected) {
  const RecordedCall call(MediaType::event_binary, "{}", {"1.0", "a.upserted", {}, "/p", {}, {}});
  EXPECT_EQ(call.only_rejected().problem.field, "id");
}

}  // namespace
}  // namespace sluice::adapters::direct
