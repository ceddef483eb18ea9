// Malformed JSON at any depth: the call fails whole, with its place, and nothing reaches the door.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/direct/recorded_call.h"

namespace sluice::adapters::direct {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

void expect_refused_whole(const RecordedCall& call, std::string_view body) {
  ASSERT_FALSE(call.result) << body.substr(0, 200);
  EXPECT_EQ(call.result.error().code, CollectionProblem::bad_syntax);
  EXPECT_THAT(call.result.error().place, HasSubstr("line "));
  EXPECT_EQ(call.door.begun, 0);
  EXPECT_TRUE(call.door.rows.empty() && call.door.rejected.empty());
}

constexpr std::string_view event =
    R"({"specversion":"1.0","id":"1","source":"/park","type":"x.upserted","data":{"code":"1"}})";

struct ValidBody {
  MediaType type;
  std::string body;
};
class TruncatedBodyTest : public testing::TestWithParam<ValidBody> {};

TEST_P(TruncatedBodyTest, IsRefusedWholeWhereverItWasCut) {
  const auto& [type, body] = GetParam();
  const EventAttributes attributes{"1.0", "x.upserted", "1", "/park", {}, {}};
  ASSERT_TRUE(RecordedCall(type, body, attributes).result);
  for (std::size_t length = 0; length < body.size(); ++length) {
    const std::string_view cut = std::string_view(body).substr(0, length);
    expect_refused_whole(RecordedCall(type, cut, attributes), cut);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Each, TruncatedBodyTest,
    testing::Values(
        ValidBody{
            MediaType::json,
            R"([{"code":"1","name":"\u6d77\n","capital":-1.5e3}, {"code":["a",{"b":null}]}])"},
        ValidBody{MediaType::json, R"({"code":true,"$operation":"delete"})"},
        ValidBody{MediaType::json, "[ ]"}, ValidBody{MediaType::event, std::string(event)},
        ValidBody{MediaType::event_batch,
                  "[" + std::string(event) + "," + std::string(event) + "]"},
        ValidBody{MediaType::event_binary, R"({"code":"1"})"}));

TEST(TruncatedLine, IsRejectedAloneWhereverItWasCut) {
  const std::string line = R"({"code":"1","name":"\u6d77","capital":[-1.5e3,{"a":null}]})";
  for (std::size_t length = 1; length < line.size(); ++length) {
    const auto call = lines_call(line + "\n" + line.substr(0, length) + "\n" + line);
    ASSERT_TRUE(call.result);
    EXPECT_EQ(call.door.rows.size(), 2U);
    ASSERT_EQ(call.door.rejected.size(), 1U);
    EXPECT_EQ(call.door.rejected[0].place, 2U);
    EXPECT_EQ(call.door.rejected[0].problem.rule, "syntax");
  }
}

TEST(MalformedBody, IsRefusedWithLineAndColumn) {
  const auto call = json_call("[\n  {\"code\":\"1\"},\n  {\"code\":}\n]");
  expect_refused_whole(call, "");
  EXPECT_EQ(call.result.error().place, "line 3, column 11");
  EXPECT_THAT(call.result.error().sentence, HasSubstr("expected a value"));
}

TEST(MalformedBody, ThatIsALoneScalarIsValidJsonAndToldWhatWasExpected) {
  for (const auto& [body, found] :
       {std::pair{"7", "a number"}, std::pair{"-1", "a number"}, std::pair{"null", "null"},
        std::pair{"true", "true or false"}, std::pair{"\"a\"", "a text"}}) {
    const auto call = json_call(body);
    expect_refused_whole(call, body);
    EXPECT_THAT(call.result.error().sentence,
                AllOf(HasSubstr("the body is valid JSON"), HasSubstr("found " + std::string(found)),
                      HasSubstr("expected an array of records")));
  }
  EXPECT_THAT(RecordedCall(MediaType::event, "[]").result.error().sentence,
              HasSubstr("found an array, expected an event as an object"));
}

TEST(MalformedBody, OfUtf16IsCalledThat) {
  using namespace std::string_view_literals;
  for (const std::string_view body :
       {"\xFF\xFE[\0]\0"sv, "\xFE\xFF\0[\0]"sv, "[\0]\0"sv, "\0[\0]"sv}) {
    const auto call = json_call(body);
    expect_refused_whole(call, "UTF-16");
    EXPECT_THAT(call.result.error().sentence, HasSubstr("the body is UTF-16"));
  }
  EXPECT_THAT(lines_call("{\0}\0"sv).only_rejected().problem.sentence, HasSubstr("UTF-16"));
}

TEST(MalformedLine, ThatEndsWithACarriageReturnAloneIsToldSo) {
  EXPECT_THAT(lines_call("{\"code\":\"1\"}\r{\"code\":\"2\"}").only_rejected().problem.sentence,
              HasSubstr("a carriage return alone"));
}

TEST(MalformedBody, IsRefusedWhateverIsWrongWithIt) {
  for (const std::string_view body :
       {"", " ", "null", "7", "\"text\"", "[{}] x", "{} {}", "[{}],", "[{},]", "[{\"a\":1,}]",
        "{'code':1}", "[{\"code\":01}]", "[{\"code\":NaN}]", "[{\"code\":\"a\nb\"}]",
        "\xFF\xFE[\0]\0", "\xEF\xBB\xBF\xEF\xBB\xBF[]", "<records/>", "code,name\n1,2\n"}) {
    expect_refused_whole(json_call(body), body);
  }
  const std::string_view nul("[{\"code\":\"a\0b\"}]", 16);
  expect_refused_whole(json_call(nul), "a raw NUL");
}

TEST(MalformedBody, OfAnEventIsNoArrayAndOfABatchNoObject) {
  expect_refused_whole(RecordedCall(MediaType::event, "[]"), "[]");
  expect_refused_whole(RecordedCall(MediaType::event_batch, event), event);
}

TEST(DeepNesting, IsTakenToThirtyTwoLevelsAndRefusedBeyond) {
  const auto body = [](std::size_t levels) {  // the array and the record are two of them
    return "[{\"code\":" + std::string(levels - 2, '[') + std::string(levels - 2, ']') + "}]";
  };
  EXPECT_TRUE(json_call(body(32)).result);
  for (const std::size_t levels : {33U, 1000U, 1'000'000U}) {
    expect_refused_whole(json_call(body(levels)), "deep");
    const auto unclosed = json_call(std::string(levels, '['));
    EXPECT_EQ(unclosed.result.error().place, "line 1, column 33");
  }
  EXPECT_EQ(lines_call(body(1'000'000)).only_rejected().problem.rule, "syntax");
  for (const std::string& told : {json_call(body(33)).result.error().sentence,
                                  lines_call(body(33)).only_rejected().problem.sentence}) {
    EXPECT_THAT(told, AllOf(HasSubstr("deeper than is taken"), HasSubstr("32 levels"),
                            Not(HasSubstr("not valid JSON"))));
  }
}

}  // namespace
}  // namespace sluice::adapters::direct
