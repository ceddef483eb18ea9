#include "bench/register_generator.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/deterministic_random.h"

namespace sluice::bench {
namespace {

constexpr std::size_t registry_code = 1;
constexpr std::size_t wide_code = 0;
constexpr std::size_t wide_date = 2;

RegisterOptions registry(std::uint64_t rows) {
  return {.shape = Shape::registry, .rows = rows};
}
RegisterOptions wide(std::uint64_t rows) {
  return {.shape = Shape::wide, .rows = rows};
}

std::string csv_of(const RegisterOptions& options) {
  const RegisterGenerator generator(options);
  RowText row;
  std::string csv;
  for (std::uint64_t i = 0; i < options.rows; ++i) {
    generator.make_row(i, row);
    append_csv(row, csv);
  }
  return csv;
}

std::vector<std::string> column_of(const RegisterOptions& options, std::size_t column) {
  const RegisterGenerator generator(options);
  RowText row;
  std::vector<std::string> values;
  for (std::uint64_t i = 0; i < options.rows; ++i) {
    generator.make_row(i, row);
    values.emplace_back(row[column]);
  }
  return values;
}

// FNV-1a, written here so that the expectation depends on nothing of ours.
std::uint64_t fingerprint(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return hash;
}

// GB 32100-2015, straight from the standard.
bool is_credit_code(std::string_view code) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  if (code.size() != 18) return false;
  std::size_t sum = 0;
  std::size_t weight = 1;
  for (const char c : code.substr(0, 17)) {
    sum += alphabet.find(c) * weight;
    weight = weight * 3 % 31;
  }
  return code[17] == alphabet[(31 - sum % 31) % 31];
}

// Pinned, so that a compiler or machine that makes other bytes is noticed. Whoever changes on
// purpose what is written sets these anew: figures from before are then of another register.
TEST(RegisterGenerator, WritesTheSameBytesEverywhere) {
  EXPECT_EQ(fingerprint(csv_of(registry(5000))), 8151714021056386837U);
  EXPECT_EQ(fingerprint(csv_of(wide(5000))), 13012896399977503073U);
}

TEST(RegisterGenerator, AnotherSeedGivesAnotherRegister) {
  RegisterOptions other = wide(100);
  other.seed = 2;
  EXPECT_NE(csv_of(wide(100)), csv_of(other));
}

TEST(RegisterGenerator, GivesEveryRowItsOwnValidCreditCode) {
  const auto codes = column_of(wide(20'000), wide_code);
  EXPECT_THAT(codes, testing::Each(testing::ResultOf(is_credit_code, testing::IsTrue())));
  EXPECT_EQ(std::set(codes.begin(), codes.end()).size(), codes.size());
}

TEST(RegisterGenerator, LeavesExactlyOneRowOfARegistryWithoutACode) {
  for (const std::uint64_t rows : {1U, 2U, 5000U}) {
    const auto codes = column_of(registry(rows), registry_code);
    EXPECT_EQ(std::ranges::count(codes, "无"), 1);
    EXPECT_EQ(std::ranges::count_if(codes, is_credit_code), static_cast<int>(rows) - 1);
  }
}

TEST(RegisterGenerator, BreaksTheCheckOfTheShareOfARegistryThatWasAskedFor) {
  RegisterOptions options = registry(20'000);
  options.bad_share = 0.01;
  const RegisterGenerator generator(options);
  const auto codes = column_of(options, registry_code);
  int bad = 0;
  for (std::uint64_t i = 0; i < options.rows; ++i) {
    if (generator.is_without_code(i)) continue;
    EXPECT_EQ(is_credit_code(codes[i]), !generator.is_bad(i)) << "row " << i;
    bad += generator.is_bad(i) ? 1 : 0;
  }
  EXPECT_NEAR(bad, 200, 60);
}

TEST(RegisterGenerator, GivesTheBadRowsOfAWideRegisterADateThatDoesNotExist) {
  RegisterOptions options = wide(20'000);
  options.bad_share = 0.01;
  const auto dates = column_of(options, wide_date);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(dates, "2003-02-30")), 200, 60);
  EXPECT_EQ(std::ranges::count(column_of(wide(20'000), wide_date), "2003-02-30"), 0);
}

TEST(RegisterGenerator, ChangesTheShareThatWasAskedForAndKeepsKeysAndOrder) {
  RegisterOptions options = wide(20'000);
  options.changed_share = 0.01;
  const RegisterGenerator before(wide(20'000));
  const RegisterGenerator after(options);
  RowText row;
  RowText other;
  int different = 0;
  for (std::uint64_t i = 0; i < options.rows; ++i) {
    before.make_row(i, row);
    after.make_row(i, other);
    ASSERT_EQ(row[wide_code], other[wide_code]);
    ASSERT_EQ(row.text() != other.text(), after.is_changed(i)) << "row " << i;
    different += after.is_changed(i) ? 1 : 0;
  }
  EXPECT_NEAR(different, 200, 60);
}

TEST(RegisterGenerator, AWideRowIsAbout420Bytes) {
  EXPECT_NEAR(static_cast<double>(csv_of(wide(20'000)).size()) / 20'000, 420, 10);
}

TEST(RowText, IsQuotedInCsvOnlyWhereItMustBe) {
  RowText row;
  row.add("plain");
  row.add("");
  row.add("with,comma");
  row.add("with \"quotes\"");
  std::string csv;
  append_csv(row, csv);
  EXPECT_EQ(csv, "plain,,\"with,comma\",\"with \"\"quotes\"\"\"\n");
}

TEST(RowText, IsAnObjectInJsonWithNullForWhatIsMissing) {
  constexpr Column columns[] = {{"name"}, {"capital", true}, {"remark"}};
  RowText row;
  row.add("原名\"甲\"");
  row.add("1000.50");
  row.add("");
  std::string json;
  append_json(row, columns, json);
  EXPECT_EQ(json, R"({"name":"原名\"甲\"","capital":1000.50,"remark":null})");
}

TEST(Scatter, GivesEveryNumberItsOwn) {
  std::set<std::uint32_t> seen;
  for (std::uint32_t i = 0; i < 100'000; ++i)
    seen.insert(scatter(i, 1));
  EXPECT_EQ(seen.size(), 100'000U);
}

}  // namespace
}  // namespace sluice::bench
