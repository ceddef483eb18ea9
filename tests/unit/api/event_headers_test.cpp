#include "api/event_headers.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/direct/recorded_call.h"

namespace sluice::api::test {
namespace {

using adapters::direct::Call;
using adapters::direct::MediaType;
using adapters::direct::MemberTable;
using adapters::direct::RecordedCall;
using testing::HasSubstr;

std::vector<server::HeaderField> whole_event() {
  return {{"Content-Type", "application/json"},
          {"ce-specversion", "1.0"},
          {"CE-Id", "a-1"},
          {"ce-source", "/park"},
          {"ce-type", "a.deleted"}};
}

std::vector<server::HeaderField> whole_event_and(server::HeaderField header) {
  std::vector<server::HeaderField> headers = whole_event();
  headers.push_back(header);
  return headers;
}

RecordedCall call_with(const std::vector<server::HeaderField>& headers) {
  EventText text;
  const EventHeaders read = read_event_headers(headers, text);
  const Call call{MediaType::event_binary, R"({"code":"1"})", read.event, read.extensions,
                  read.fault};
  return RecordedCall(call, MemberTable(RecordedCall::default_columns()));
}

TEST(EventHeaders, MakeAnEventWhateverTheCaseOfTheirNames) {
  const auto call = call_with(whole_event());
  EXPECT_EQ(call.only_row().operation, record::Operation::remove);
}

// A delete that was taken for a record would empty it.
TEST(EventHeaders, WithoutSpecversionAreNoPlainRecord) {
  const std::vector<server::HeaderField> headers{{"Content-Type", "application/json"},
                                                 {"Ce-Type", "a.deleted"}};
  ASSERT_TRUE(has_event_headers(headers));
  EXPECT_EQ(adapters::direct::media_type("application/json", has_event_headers(headers)),
            MediaType::event_binary);
  const auto call = call_with(headers);
  EXPECT_EQ(call.only_rejected().problem.rule, "cloudevent");
  EXPECT_EQ(call.only_rejected().problem.field, "specversion");
  EXPECT_FALSE(has_event_headers(
      std::vector<server::HeaderField>{{"ce", "1"}, {"cetype", "a"}, {"x-ce-type", "a"}}));
}

TEST(EventHeaders, AreDecodedAsTheBindingSays) {
  EventText text;
  auto headers = whole_event_and({"ce-subject", "%E6%B5%B7%20%25"});
  headers.push_back({"ce-dataschema", R"("a\"b%41")"});
  const EventHeaders read = read_event_headers(headers, text);
  EXPECT_FALSE(read.fault);
  EXPECT_EQ(read.event.subject, "海 %");
  EXPECT_EQ(read.event.dataschema, "a\"bA");
  EXPECT_EQ(read.event.id, "a-1") << "not moved by what was decoded later";
}

TEST(EventHeaders, PassOverExtensionsAndKeepThemForTheQuarantine) {
  const auto good = call_with(whole_event_and({"ce-traceparent", "00-1"}));
  EXPECT_EQ(good.only_row().operation, record::Operation::remove);
  EXPECT_THAT(good.only_row().original, HasSubstr(R"("traceparent":"00-1")"));
}

struct BadHeader {
  server::HeaderField header;
  std::string_view rule;
  std::string_view field;
};
class BadHeaderTest : public testing::TestWithParam<BadHeader> {};

TEST_P(BadHeaderTest, QuarantinesTheEventForTheAttributeAtFault) {
  const auto call = call_with(whole_event_and(GetParam().header));
  EXPECT_EQ(call.only_rejected().problem.rule, GetParam().rule) << GetParam().header.name;
  EXPECT_EQ(call.only_rejected().problem.field, GetParam().field) << GetParam().header.value;
}

INSTANTIATE_TEST_SUITE_P(
    Each, BadHeaderTest,
    testing::Values(BadHeader{{"ce-subject", ""}, "cloudevent", "subject"},
                    BadHeader{{"ce-subject", "\"\""}, "cloudevent", "subject"},
                    BadHeader{{"ce-dataschema", ""}, "cloudevent", "dataschema"},
                    BadHeader{{"ce-my_extension", "x"}, "cloudevent", "my_extension"},
                    BadHeader{{"ce-my-extension", "x"}, "cloudevent", "my-extension"},
                    BadHeader{{"ce-", "x"}, "cloudevent", ""},
                    BadHeader{{"ce-data", "x"}, "cloudevent", "data"},
                    BadHeader{{"ce-trace", "50%"}, "cloudevent", "trace"},
                    BadHeader{{"ce-trace", "%4"}, "cloudevent", "trace"},
                    BadHeader{{"ce-trace", "%G0"}, "cloudevent", "trace"},
                    BadHeader{{"ce-trace", "%FF"}, "cloudevent", "trace"},
                    BadHeader{{"ce-trace", "%ED%A0%80"}, "cloudevent", "trace"},
                    BadHeader{{"ce-trace", "%0A"}, "cloudevent", "trace"},
                    BadHeader{{"ce-trace", "%00"}, "cloudevent", "trace"},
                    BadHeader{{"ce-trace", "%C2%85"}, "cloudevent", "trace"},
                    BadHeader{{"ce-trace", "%EF%BF%BE"}, "cloudevent", "trace"},
                    BadHeader{{"ce-trace", "\xE6\xB5\xB7"}, "cloudevent", "trace"},
                    BadHeader{{"ce-trace", "a\tb"}, "cloudevent", "trace"},
                    BadHeader{{"ce-trace", "\"a"}, "cloudevent", "trace"},
                    BadHeader{{"ce-trace", "\"a\"b"}, "cloudevent", "trace"},
                    BadHeader{{"ce-datacontenttype", "text/xml"}, "cloudevent", "datacontenttype"},
                    BadHeader{{"ce-type", "a.upserted"}, "duplicate-field", "type"}));

}  // namespace
}  // namespace sluice::api::test
