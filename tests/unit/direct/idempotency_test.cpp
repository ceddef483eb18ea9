#include "adapters/direct/idempotency.h"

#include <gtest/gtest.h>

namespace sluice::adapters::direct {
namespace {

const record::BureauId park("park");
const record::DatasetId enterprises("enterprises");

TEST(IdempotencyKey, IsTheSameBareAndQuoted) {
  EXPECT_EQ(idempotency_key("8e03978e-40d5-43e8"), "8e03978e-40d5-43e8");
  EXPECT_EQ(idempotency_key("\"8e03978e-40d5-43e8\""), "8e03978e-40d5-43e8");
  EXPECT_EQ(idempotency_key(R"("a\"\\b")"), R"(a"\b)");
}

TEST(IdempotencyKey, IsOneToTwoHundredFiftyFiveVisibleCharacters) {
  EXPECT_TRUE(idempotency_key("k"));
  EXPECT_TRUE(idempotency_key(std::string(255, 'k')));
  for (const std::string& header :
       {std::string(), std::string("\"\""), std::string(256, 'k'), std::string("a b"),
        std::string("a\tb"), std::string("\"a"), std::string("\""), std::string("\"a\"b\""),
        std::string(R"("a\")"), std::string(R"("a\x")"), std::string("海"), std::string("a\x7F")}) {
    EXPECT_FALSE(idempotency_key(header)) << header;
  }
}

TEST(RunningKeys, HoldAKeyOfABureausDatasetUntilItsCallEnds) {
  RunningKeys keys;
  auto first = keys.try_hold(park, enterprises, "k");
  ASSERT_TRUE(first);
  EXPECT_FALSE(keys.try_hold(park, enterprises, "k"));
  EXPECT_TRUE(keys.try_hold(park, enterprises, "other"));
  EXPECT_TRUE(keys.try_hold(park, record::DatasetId("approvals"), "k"));
  EXPECT_TRUE(keys.try_hold(record::BureauId("quality"), enterprises, "k"));
  first.reset();
  EXPECT_TRUE(keys.try_hold(park, enterprises, "k"));
}

TEST(RunningKeys, HoldAKeyOnceWhenItsHoldIsMoved) {
  RunningKeys keys;
  auto first = keys.try_hold(park, enterprises, "k");
  ASSERT_TRUE(first);
  {
    const RunningKeys::Hold moved = std::move(*first);
    first.reset();
    EXPECT_FALSE(keys.try_hold(park, enterprises, "k"));
  }
  EXPECT_TRUE(keys.try_hold(park, enterprises, "k"));
}

TEST(Fingerprint, IsOfFormAttributesAndBody) {
  const Call call{MediaType::json, "[{}]", {}};
  EXPECT_EQ(fingerprint(call), fingerprint(Call{MediaType::json, "[{}]", {}}));
  EXPECT_NE(fingerprint(call), fingerprint(Call{MediaType::json, "[{} ]", {}}));
  EXPECT_NE(fingerprint(call), fingerprint(Call{MediaType::ndjson, "[{}]", {}}));
  const EventAttributes upsert{"1.0", "a.upserted", "1", "/p", {}, {}};
  const EventAttributes remove{"1.0", "a.deleted", "1", "/p", {}, {}};
  EXPECT_NE(fingerprint(Call{MediaType::event_binary, "{}", upsert}),
            fingerprint(Call{MediaType::event_binary, "{}", remove}));
}

TEST(RememberedCall, GivesTheFirstAnswerAgainByteForByte) {
  RememberedCall call{fingerprint(Call{MediaType::json, "[{}]", {}}), {}};
  call.outcome.accepted = 7;
  call.outcome.add_failure(3, {"名称", "maxLength", "it is \"too\" long\n"});
  call.outcome.add_failure(9, {"", "encoding", "not UTF-8"});
  const auto again = decode(encode(call));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, call);
  const BatchPlace place{{park, {5}}, {12}, 3};
  EXPECT_EQ(answer(again->outcome, place).body, answer(call.outcome, place).body);
}

TEST(RememberedCall, IsNotReadFromWhatNobodyWrote) {
  const std::string value = encode({fingerprint(Call{}), {}});
  for (std::size_t length = 0; length < value.size(); ++length) {
    EXPECT_FALSE(decode(std::string_view(value).substr(0, length)));
  }
  EXPECT_FALSE(decode("[2,\"\",0,0,[]]"));
  EXPECT_FALSE(decode("{}"));
  EXPECT_FALSE(decode(R"([1,"sha256:00",0,0,[]])"));
  EXPECT_FALSE(decode(value.substr(0, value.size() - 2) + "[1]]]"));
}

}  // namespace
}  // namespace sluice::adapters::direct
