#include <gmock/gmock.h>

#include "conformance/deliverer/deliverer_suite.h"
#include "conformance/deliverer/licences.h"

namespace sluice::adapters::conformance {
namespace {

using record::FieldType;
using record::Operation;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Outcome = RowAnswer::Outcome;

constexpr std::size_t many = 100;

const std::vector<Licence> three = {
    {{"1", std::nullopt}, Operation::remove}, {{"2", "甲"}}, {{"3", "乙"}}};

DeliveryProblem problem(const DeliveryResult<void>& delivered) {
  EXPECT_FALSE(delivered);
  return delivered ? DeliveryProblem::unknown : delivered.error().code;
}

std::vector<std::uint64_t> rows_of(const Answers& answers) {
  std::vector<std::uint64_t> rows;
  for (const RowAnswer& answer : answers.rows)
    rows.push_back(answer.row);
  return rows;
}

TEST_P(DelivererConformance, RowsArriveInTheirOrderAndOfADeleteTheKeyAlone) {
  const auto receiver = GetParam().make();
  ASSERT_TRUE(deliver(*receiver->open(), delivery_name(1), three));
  EXPECT_THAT(receiver->received(delivery_name(1)),
              ElementsAre(ReceivedRow{Operation::remove, {{"number", "1"}}},
                          ReceivedRow{Operation::upsert, {{"number", "2"}, {"name", "甲"}}},
                          ReceivedRow{Operation::upsert, {{"number", "3"}, {"name", "乙"}}}));
}

TEST_P(DelivererConformance, DeliveredAgainIsHandedOverOnce) {
  const auto receiver = GetParam().make();
  const auto deliverer = receiver->open();
  ASSERT_TRUE(deliver(*deliverer, delivery_name(1), three));
  receiver->take(delivery_name(1), 2);
  EXPECT_TRUE(deliver(*deliverer, delivery_name(1), three));
  EXPECT_TRUE(deliver(*receiver->open(), delivery_name(1), three)) << "after a restart";
  EXPECT_EQ(receiver->received(delivery_name(1)).size(), 3U);
  EXPECT_THAT(rows_of(deliverer->answers(delivery_name(1), 0, many).value()), ElementsAre(2));
}

TEST_P(DelivererConformance, OtherContentUnderAKnownNameIsConflicting) {
  const auto receiver = GetParam().make();
  ASSERT_TRUE(deliver(*receiver->open(), delivery_name(1), three));
  auto other = three;
  other[1].values[1] = "丙";
  EXPECT_EQ(problem(deliver(*receiver->open(), delivery_name(1), other)),
            DeliveryProblem::conflicting);
  EXPECT_EQ(receiver->received(delivery_name(1))[1].fields[1].value, "甲");
}

TEST_P(DelivererConformance, EachDeliveryHasItsOwnRows) {
  const auto receiver = GetParam().make();
  const auto deliverer = receiver->open();
  ASSERT_TRUE(deliver(*deliverer, delivery_name(1), three));
  ASSERT_TRUE(deliver(*deliverer, delivery_name(2), {{{"2", "丙"}}}));
  EXPECT_EQ(receiver->received(delivery_name(2)).size(), 1U);
  receiver->take(delivery_name(1), 2);
  receiver->take(delivery_name(2), 1);
  EXPECT_TRUE(deliverer->answers(delivery_name(2), 0, many)->are_all);
  EXPECT_FALSE(deliverer->answers(delivery_name(1), 0, many)->are_all);
}

TEST_P(DelivererConformance, DeliveryWithoutRowsIsAnsweredAtOnce) {
  const auto receiver = GetParam().make();
  const auto deliverer = receiver->open();
  ASSERT_TRUE(deliver(*deliverer, delivery_name(1), {}));
  EXPECT_THAT(receiver->received(delivery_name(1)), IsEmpty());
  const auto answers = deliverer->answers(delivery_name(1), 0, many);
  ASSERT_TRUE(answers);
  EXPECT_TRUE(answers->are_all && answers->rows.empty());
}

// One field of each type, in its canonical text.
record::Dataset typed_dataset() {
  record::Dataset dataset = licences();
  const auto add = [&](const std::string& name, FieldType type) {
    dataset.schema.fields.push_back({.name = name, .type = type});
  };
  add("integer", FieldType::integer);
  add("number-with-comma", FieldType::number);
  dataset.schema.fields.back().decimal_char = ',';
  add("yes", FieldType::boolean);
  dataset.schema.fields.back().true_values = {"是"};
  add("no", FieldType::boolean);
  dataset.schema.fields.back().false_values = {"否"};
  add("date", FieldType::date);
  add("datetime", FieldType::datetime);
  add("exact-datetime", FieldType::datetime);
  add("time", FieldType::time);
  add("year", FieldType::year);
  add("yearmonth", FieldType::yearmonth);
  add("duration", FieldType::duration);
  add("object", FieldType::object);
  add("array", FieldType::array);
  return dataset;
}
const Licence typed_row = {{"1", "甲", "-1200", "0.50", "t", "f", "2026-11-23",
                            "2026-11-23T20:44:00Z", "2026-11-23T04:44:00.25Z", "04:44:00", "2026",
                            "2026-11", "P1Y", R"({"a":1})", R"([1,"x"])"}};

TEST_P(DelivererConformance, EveryTypeIsWrittenAsTheReceiverWritesIt) {
  const auto receiver = GetParam().make();
  ASSERT_TRUE(deliver(*receiver->open(), delivery_name(1), {typed_row}, typed_dataset()));
  std::map<std::string, std::string> received;
  const auto rows = receiver->received(delivery_name(1));
  for (const ReceivedField& field : rows.at(0).fields)
    received[field.field] = field.value.value_or("(none)");
  EXPECT_EQ(received, receiver->typed_texts());
}

TEST_P(DelivererConformance, WhatHasNoValueIsToldFromAnEmptyText) {
  const auto receiver = GetParam().make();
  ASSERT_TRUE(deliver(*receiver->open(), delivery_name(1), {{{"1", std::nullopt}}, {{"2", ""}}}));
  const auto received = receiver->received(delivery_name(1));
  EXPECT_EQ(received.at(0).fields.at(1).value, std::nullopt);
  EXPECT_EQ(received.at(1).fields.at(1).value, "");
}

TEST_P(DelivererConformance, HostileTextsArriveAsTheyAre) {
  const std::vector<std::string> texts = {"'; DROP TABLE task; --",
                                          "<script>alert(1)</script>",
                                          "\"},{\"field\":\"name\"",
                                          "a\tb\nc\r\n\\N\\",
                                          "{{mustache}} %s ${x} $1 ?1",
                                          "\x01\x1f\x7f",
                                          "\u202eright to left\u202c\u2028\ufeff",
                                          "𠀀 💧 é e\u0301",
                                          "  blanks  ",
                                          std::string(20'000, 'x')};
  std::vector<Licence> rows;
  for (const std::string& text : texts)
    rows.push_back({{std::to_string(rows.size()) + text, text}});
  const auto receiver = GetParam().make();
  ASSERT_TRUE(deliver(*receiver->open(), delivery_name(1), rows));
  const auto received = receiver->received(delivery_name(1));
  ASSERT_EQ(received.size(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(received[i].fields.at(0).value, rows[i].values[0]);
    EXPECT_EQ(received[i].fields.at(1).value, texts[i]);
  }
}

TEST_P(DelivererConformance, NothingIsAnsweredBeforeTheBureauHas) {
  const auto receiver = GetParam().make();
  const auto deliverer = receiver->open();
  ASSERT_TRUE(deliver(*deliverer, delivery_name(1), three));
  receiver->begin(delivery_name(1), 1);
  const auto none = deliverer->answers(delivery_name(1), 0, many).value();
  EXPECT_TRUE(none.rows.empty());
  EXPECT_FALSE(none.are_all);
  receiver->take(delivery_name(1), 3);
  EXPECT_THAT(rows_of(deliverer->answers(delivery_name(1), 0, many).value()), ElementsAre(3));
}

TEST_P(DelivererConformance, AnswersSayOnWhatTheyRest) {
  const auto receiver = GetParam().make();
  ASSERT_TRUE(deliver(*receiver->open(), delivery_name(1), three));
  receiver->take(delivery_name(1), 1);
  receiver->refuse(delivery_name(1), 2, "查无此企业 'x'");
  receiver->take(delivery_name(1), 3);
  const auto answers = receiver->open()->answers(delivery_name(1), 0, many).value();
  EXPECT_TRUE(answers.are_all);
  ASSERT_THAT(rows_of(answers), ElementsAre(1, 2, 3));
  EXPECT_EQ(answers.rows[0].outcome, Outcome::taken);
  EXPECT_EQ(answers.rows[0].reason, "");
  const bool has_number = answers.rows[0].evidence == Evidence::receipt_number;
  EXPECT_EQ(has_number, !answers.rows[0].receipt_number.empty());
  EXPECT_GT(answers.rows[0].at, record::Time());
  EXPECT_EQ(answers.rows[1].outcome, Outcome::refused);
  EXPECT_EQ(answers.rows[1].reason, "查无此企业 'x'");
}

TEST_P(DelivererConformance, AnswersComeByPages) {
  const auto receiver = GetParam().make();
  const auto deliverer = receiver->open();
  ASSERT_TRUE(deliver(*deliverer, delivery_name(1), three));
  receiver->take(delivery_name(1), 1);
  receiver->take(delivery_name(1), 3);
  EXPECT_THAT(rows_of(deliverer->answers(delivery_name(1), 0, 1).value()), ElementsAre(1));
  EXPECT_THAT(rows_of(deliverer->answers(delivery_name(1), 1, 1).value()), ElementsAre(3));
  receiver->take(delivery_name(1), 2);
  const auto last = deliverer->answers(delivery_name(1), 3, many).value();
  EXPECT_TRUE(last.rows.empty() && last.are_all) << "all of the delivery, not of the page";
}

TEST_P(DelivererConformance, WhatWasNeverHandedOverIsUnknown) {
  const auto receiver = GetParam().make();
  const auto deliverer = receiver->open();
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(deliverer->answers(delivery_name(1), 0, many).error().code, DeliveryProblem::unknown);
    EXPECT_EQ(deliverer->withdraw(delivery_name(1)).error().code, DeliveryProblem::unknown);
    ASSERT_TRUE(deliver(*deliverer, delivery_name(2), three));  // there is something, then
  }
}

TEST_P(DelivererConformance, MoreThanTheChannelTakesIsTooLarge) {
  const auto receiver = GetParam().make();
  const auto most = receiver->most_rows();
  if (!most) GTEST_SKIP() << "it takes any number";
  std::vector<Licence> rows;
  while (rows.size() < *most)
    rows.push_back({{std::to_string(rows.size()), "甲"}});
  const auto deliverer = receiver->open();
  EXPECT_TRUE(deliver(*deliverer, delivery_name(1), rows));
  rows.push_back({{"one more", "甲"}});
  EXPECT_EQ(problem(deliver(*deliverer, delivery_name(2), rows)), DeliveryProblem::too_large);
  EXPECT_FALSE(deliverer->answers(delivery_name(2), 0, many));
}

TEST_P(DelivererConformance, WithdrawnIsWithdrawnForGood) {
  const auto receiver = GetParam().make();
  const auto deliverer = receiver->open();
  ASSERT_TRUE(deliver(*deliverer, delivery_name(1), three));
  EXPECT_EQ(deliverer->withdraw(delivery_name(1)).value(), Withdrawal::withdrawn);
  EXPECT_EQ(receiver->open()->withdraw(delivery_name(1)).value(), Withdrawal::withdrawn);
  EXPECT_EQ(problem(deliver(*deliverer, delivery_name(1), three)), DeliveryProblem::refused);
  const auto answers = deliverer->answers(delivery_name(1), 0, many).value();
  EXPECT_TRUE(answers.rows.empty());
  EXPECT_FALSE(answers.are_all);
}

TEST_P(DelivererConformance, WithdrawingIsTooLateOnceAnybodyIsAtIt) {
  const auto receiver = GetParam().make();
  const auto deliverer = receiver->open();
  ASSERT_TRUE(deliver(*deliverer, delivery_name(1), three));
  ASSERT_TRUE(deliver(*deliverer, delivery_name(2), {{{"8", "甲"}}, {{"9", "乙"}}}));
  receiver->begin(delivery_name(1), 3);
  EXPECT_EQ(deliverer->withdraw(delivery_name(1)).value(), Withdrawal::too_late);
  receiver->take(delivery_name(1), 1);
  receiver->refuse(delivery_name(2), 2, "no");
  EXPECT_EQ(deliverer->withdraw(delivery_name(2)).value(), Withdrawal::too_late);
  receiver->take(delivery_name(2), 1);
  EXPECT_TRUE(deliverer->answers(delivery_name(2), 0, many)->are_all) << "all of it stood";
}

TEST_P(DelivererConformance, BrokenOffInTheMiddleLeavesNothingAndGoesOnLater) {
  const auto receiver = GetParam().make();
  ASSERT_TRUE(deliver(*receiver->open(), delivery_name(1), {}));
  receiver->break_at(2);
  EXPECT_FALSE(deliver(*receiver->open(), delivery_name(2), three));
  receiver->repair();
  EXPECT_EQ(receiver->open()->answers(delivery_name(2), 0, many).error().code,
            DeliveryProblem::unknown);
  ASSERT_TRUE(deliver(*receiver->open(), delivery_name(2), three));
  EXPECT_EQ(receiver->received(delivery_name(2)).size(), 3U);
}

TEST_P(DelivererConformance, RowsThatDoNotComeToTheirEndLeaveNothing) {
  const auto receiver = GetParam().make();
  const auto deliverer = receiver->open();
  ListedRows broken(three, 2);
  EXPECT_EQ(problem(deliverer->deliver(delivery_of(delivery_name(1), three), broken)),
            DeliveryProblem::unreadable);
  auto delivery = delivery_of(delivery_name(1), three);
  for (const std::uint64_t said : {2U, 4U}) {
    delivery.rows = {said};
    ListedRows listed(three);
    EXPECT_EQ(problem(deliverer->deliver(delivery, listed)), DeliveryProblem::unreadable) << said;
  }
  EXPECT_FALSE(deliverer->answers(delivery_name(1), 0, many));
  EXPECT_TRUE(deliver(*deliverer, delivery_name(1), three));
}

}  // namespace
}  // namespace sluice::adapters::conformance
