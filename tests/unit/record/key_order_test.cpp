#include "record/key_order.h"

#include <vector>

#include <gtest/gtest.h>

#include "record/digest.h"

namespace sluice::record::test {
namespace {

KeyOrder order_of(std::vector<FieldType> types) {
  TableSchema schema;
  for (std::size_t i = 0; i < types.size(); ++i) {
    schema.fields.push_back({.name = "k" + std::to_string(i), .type = types[i]});
    schema.primary_key.push_back(schema.fields.back().name);
  }
  return KeyOrder(schema);
}

void expect_ascending(const KeyOrder& order, const std::vector<Key>& keys) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto encoded = order.encode(keys[i]);
    ASSERT_TRUE(encoded) << i;
    EXPECT_EQ(order.decode(*encoded), keys[i]);
    if (i > 0) {
      EXPECT_LT(order.encode(keys[i - 1]), encoded) << i;
      EXPECT_TRUE(order.before(keys[i - 1], keys[i]));
    }
  }
}

TEST(KeyOrder, TextIsOrderedByTheBytesOfItsUtf8) {
  expect_ascending(order_of({FieldType::string}),
                   {{""}, {"10"}, {"9"}, {"A"}, {"AB"}, {"a"}, {"é"}, {"税"}, {"𠮷"}});
}

TEST(KeyOrder, NumbersAreOrderedByValue) {
  expect_ascending(
      order_of({FieldType::integer}),
      {{"-9223372036854775808"}, {"-10"}, {"-9"}, {"0"}, {"9"}, {"10"}, {"9223372036854775807"}});
  expect_ascending(order_of({FieldType::year}), {{"0099"}, {"0999"}, {"2026"}});
  expect_ascending(order_of({FieldType::boolean}), {{"f"}, {"t"}});
}

TEST(KeyOrder, AnEarlierFieldCountsMoreThanALaterOne) {
  expect_ascending(order_of({FieldType::string, FieldType::integer}),
                   {{"A", "9"}, {"A", "10"}, {"AB", "-1"}, {"B", "0"}});
  expect_ascending(order_of({FieldType::integer, FieldType::string}),
                   {{"9", "Z"}, {"10", "A"}, {"10", "AA"}, {"10", "B"}});
}

TEST(KeyOrder, WhatIsNoKeyHasNoPlace) {
  const KeyOrder order = order_of({FieldType::integer, FieldType::string});
  EXPECT_FALSE(order.encode(Key{"1"}));
  EXPECT_FALSE(order.encode(Key{"1", "a", "b"}));
  EXPECT_FALSE(order.encode(Key{"1x", "a"}));
  EXPECT_FALSE(order.encode(Key{"9223372036854775808", "a"}));
  EXPECT_FALSE(order.encode(Key{"1", std::string("a\0b", 3)}));
  EXPECT_TRUE(order.takes({}));
  EXPECT_TRUE(order.takes({.after = Key{"1", "a"}}));
  EXPECT_FALSE(order.takes({.up_to = Key{"x", "a"}}));
}

// The digest of a row is a sum over its fields, so the sum over rows must not be one over fields.
TEST(RecordSum, RecordsThatExchangedAValueAreNoticed) {
  const auto row = [](std::string_view first, std::string_view second) {
    RowDigester digester;
    digester.add(column_salt("first"), first);
    digester.add(column_salt("second"), second);
    return digester.digest();
  };
  RecordSum before, after, turned;
  before.add(row("1", "a"));
  before.add(row("2", "b"));
  after.add(row("1", "b"));
  after.add(row("2", "a"));
  turned.add(row("2", "b"));
  turned.add(row("1", "a"));
  EXPECT_NE(before, after);
  EXPECT_EQ(before, turned);
  EXPECT_EQ(before.rows(), 2U);
}

TEST(RowDigest, IsReadAsItIsWritten) {
  const RowDigest digest{0x0123456789abcdef, 0xfedcba9876543210};
  EXPECT_EQ(parse_row_digest(to_string(digest)), digest);
  EXPECT_FALSE(parse_row_digest("0123"));
  EXPECT_FALSE(parse_row_digest("0123456789abcdeffedcba987654321g"));
}

}  // namespace
}  // namespace sluice::record::test
