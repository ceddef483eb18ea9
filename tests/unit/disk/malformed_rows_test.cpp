#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imported_file.h"

namespace sluice::adapters::disk {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// One bad row never stops the good ones: each of these has a good row before and one behind.
struct FileWithARow : ImportedFile {
  explicit FileWithARow(const std::string& row, const Format& format = {})
      : ImportedFile("a,b\n1,2\n" + row + "\n3,4\n", format, 4096) {}
  [[nodiscard]] bool took_the_good_rows() const {
    return result.has_value() && values() == std::vector<Values>{{"1", "2"}, {"3", "4"}};
  }
};

TEST(MalformedRowsTest, RowWithTooFewFieldsIsRaggedWithBothCounts) {
  const FileWithARow file("secret");
  EXPECT_TRUE(file.took_the_good_rows());
  const RefusedRow row = file.rejected();
  EXPECT_EQ(row.problem.rule, "ragged");
  EXPECT_EQ(row.place, 3);
  EXPECT_EQ(row.original, "secret");
  EXPECT_EQ(row.problem.field, "");
  EXPECT_THAT(row.problem.sentence, HasSubstr("found 1 field, expected 2"));
  EXPECT_THAT(row.problem.sentence, Not(HasSubstr("secret")));
}

TEST(MalformedRowsTest, RowWithTooManyFieldsIsRaggedWithBothCounts) {
  const FileWithARow file("5,6,7");
  EXPECT_TRUE(file.took_the_good_rows());
  EXPECT_THAT(file.rejected().problem.sentence, HasSubstr("found 3 fields, expected 2"));
}

TEST(MalformedRowsTest, RowOfDelimitersIsCountedAndItsFieldsAreNotKept) {
  const ImportedFile file("a,b\n1,2\n" + std::string(100'000, ',') + "\n3,4\n", {}, 1 << 20);
  EXPECT_TRUE(file.result);
  EXPECT_THAT(file.rejected().problem.sentence, HasSubstr("found 100001 fields, expected 2"));
}

TEST(MalformedRowsTest, HeaderWithMoreColumnsThanARowMayHaveIsRefused) {
  std::string header = "c1";
  for (int column = 2; column <= 4096; ++column)
    header += ",c" + std::to_string(column);
  EXPECT_TRUE(ImportedFile(header + "\n", {}, 1 << 20).result);
  const ImportedFile file(header + ",c4097\n", {}, 1 << 20);
  ASSERT_FALSE(file.result);
  EXPECT_EQ(file.result.error().code, CollectionProblem::too_large);
  EXPECT_THAT(file.result.error().sentence, HasSubstr("found 4097 fields"));
}

TEST(MalformedRowsTest, RowWithANulByteIsRejected) {
  const FileWithARow file("5\0,6"s);
  EXPECT_TRUE(file.took_the_good_rows());
  EXPECT_EQ(file.rejected().problem.rule, "nul");
  EXPECT_EQ(file.rejected().original, "5\0,6"s);
}

TEST(MalformedRowsTest, RowThatIsNotUtf8IsRejectedWithItsBytes) {
  const FileWithARow file("5,\xC4\xE3");
  EXPECT_TRUE(file.took_the_good_rows());
  EXPECT_EQ(file.rejected().problem.rule, "encoding");
  EXPECT_EQ(file.rejected().original, "5,\xC4\xE3");
  EXPECT_EQ(file.rejected().place, 3);
}

TEST(MalformedRowsTest, QuoteWithinUnquotedTextIsRejected) {
  const FileWithARow file("5\" disk,6");
  EXPECT_TRUE(file.took_the_good_rows());
  EXPECT_EQ(file.rejected().problem.rule, "quote");
  EXPECT_THAT(file.rejected().problem.sentence, HasSubstr("field 1"));
}

TEST(MalformedRowsTest, TextBehindAClosingQuoteIsRejected) {
  const FileWithARow file("5,\"6\" ");
  EXPECT_TRUE(file.took_the_good_rows());
  EXPECT_EQ(file.rejected().problem.rule, "quote");
  EXPECT_THAT(file.rejected().problem.sentence, HasSubstr("field 2"));
}

TEST(MalformedRowsTest, EscapeThatNothingFollowsIsRejected) {
  const FileWithARow file("5,6\\", with_dialect({.escape = '\\'}));
  EXPECT_TRUE(file.took_the_good_rows());
  EXPECT_EQ(file.rejected().problem.rule, "escape");
}

TEST(MalformedRowsTest, CarriageReturnAloneIsNoLineEnd) {
  const FileWithARow file("5,6\r7,8");
  EXPECT_TRUE(file.took_the_good_rows());
  EXPECT_THAT(file.rules(), ElementsAre("carriage-return"));
  EXPECT_THAT(ImportedFile("a,b\n\"5\r\",6\n").values(), ElementsAre(Values{"5\r", "6"}));
}

TEST(MalformedRowsTest, UnterminatedQuoteCostsItsLineAndNotTheFile) {
  const FileWithARow file("5,\"6");
  EXPECT_TRUE(file.took_the_good_rows());
  const RefusedRow row = file.rejected();
  EXPECT_EQ(row.problem.rule, "unterminated-quote");
  EXPECT_EQ(row.place, 3);
  EXPECT_EQ(row.original, "5,\"6");
  EXPECT_THAT(row.problem.sentence, HasSubstr("field 2"));
  EXPECT_THAT(row.problem.sentence, HasSubstr("end of the file"));
}

TEST(MalformedRowsTest, UnterminatedQuoteFarFromTheEndCostsItsLineAndNotTheRowsAfterIt) {
  std::string bytes = "a,b\n1,\"2\n";
  for (int i = 0; i < 200; ++i)
    bytes += "3,4\n";
  const ImportedFile file(bytes, {}, 300);
  EXPECT_EQ(file.door.rows.size(), 200);
  EXPECT_EQ(file.door.rows.front().place, 3);
  EXPECT_THAT(file.rejected().problem.sentence, HasSubstr("within the 300 bytes"));
}

TEST(MalformedRowsTest, FaultWithinARowOfSeveralLinesCostsOnlyItsFirst) {
  const ImportedFile file("a,b\n1,\"2\n3,4\n\"5\"x,6\n7,8\n");
  EXPECT_THAT(file.rules(), ElementsAre("quote", "quote"));
  EXPECT_EQ(file.door.rejected[0].place, 2);
  EXPECT_EQ(file.door.rejected[0].original, "1,\"2");
  EXPECT_EQ(file.door.rejected[1].place, 4);
  EXPECT_THAT(file.places(), ElementsAre(3, 5));
}

TEST(MalformedRowsTest, EveryLineWithAnOpenQuoteIsReadInTimeThatGrowsWithTheFileOnly) {
  std::string bytes = "a,b\n";
  for (int i = 0; i < 50'000; ++i)
    bytes += "1,\"2\n";
  const ImportedFile file(bytes);
  ASSERT_TRUE(file.result);
  EXPECT_EQ(file.door.rejected.size() + file.door.rows.size(), 50'000);
}

TEST(MalformedRowsTest, RowOverTheLimitIsRejectedWithItsFirstBytes) {
  const FileWithARow file("5," + std::string(100'000, 'x'));
  EXPECT_TRUE(file.took_the_good_rows());
  const RefusedRow row = file.rejected();
  EXPECT_EQ(row.problem.rule, "too-large");
  EXPECT_EQ(row.place, 3);
  EXPECT_EQ(row.original, "5," + std::string(kept_of_too_long_row - 2, 'x'));
  EXPECT_THAT(row.problem.sentence, HasSubstr("more than 4096 bytes"));
}

TEST(MalformedRowsTest, WhatIsKeptOfARowOverTheLimitEndsWithItsLine) {
  const ImportedFile file("a,b\n5,xxxxxxxxxxxxxxxx\n3,4\n", {}, 16);
  EXPECT_EQ(file.rejected().original, "5,xxxxxxxxxxxxxxxx");
  EXPECT_THAT(file.values(), ElementsAre(Values{"3", "4"}));
}

TEST(MalformedRowsTest, RowOfExactlyTheLimitIsTaken) {
  const std::string value(4094, 'x');
  for (const char* end : {"\n", "\r\n", ""}) {
    EXPECT_THAT(ImportedFile("a,b\n5," + value + end, {}, 4096).values(),
                ElementsAre(Values{"5", value}));
    EXPECT_THAT(ImportedFile("a,b\n5,x" + value + end, {}, 4096).rules(), ElementsAre("too-large"));
  }
}

TEST(MalformedRowsTest, FaultsDoNotHideEachOther) {
  const ImportedFile file("a,b\n1\n2,3\n\xFF,4\n5,\"6\n7,8,9\n10,11", {}, 4096);
  EXPECT_THAT(file.rules(), ElementsAre("ragged", "encoding", "unterminated-quote", "ragged"));
  EXPECT_THAT(file.values(), ElementsAre(Values{"2", "3"}, Values{"10", "11"}));
}

}  // namespace
}  // namespace sluice::adapters::disk
