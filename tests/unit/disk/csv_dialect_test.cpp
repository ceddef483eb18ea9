#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imported_file.h"

namespace sluice::adapters::disk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CsvDialectTest, RowsReachTheDoorInOrderWithTheirLines) {
  const ImportedFile file("code,name\n1,one\n2,two\n");
  ASSERT_TRUE(file.result) << to_string(file.result.error());
  EXPECT_THAT(file.door.columns, ElementsAre("code", "name"));
  EXPECT_THAT(file.values(), ElementsAre(Values{"1", "one"}, Values{"2", "two"}));
  EXPECT_THAT(file.places(), ElementsAre(2, 3));
  EXPECT_EQ(file.door.rows[0].original, "1,one");
  EXPECT_EQ(file.door.begun, 1);
  EXPECT_EQ(file.header, "code,name");
}

TEST(CsvDialectTest, LastLineNeedsNoLineEnd) {
  EXPECT_THAT(ImportedFile("a,b\n1,2").values(), ElementsAre(Values{"1", "2"}));
}

TEST(CsvDialectTest, LinesMayEndWithCarriageReturnAndLineFeed) {
  const ImportedFile file("a,b\r\n1,2\r\n\"3\",\"4\"\r\n");
  EXPECT_THAT(file.values(), ElementsAre(Values{"1", "2"}, Values{"3", "4"}));
  EXPECT_EQ(file.door.rows[1].original, "\"3\",\"4\"");
}

TEST(CsvDialectTest, ByteOrderMarkIsNoPartOfTheFirstColumn) {
  EXPECT_THAT(ImportedFile("\xEF\xBB\xBF"
                           "a,b\n1,2\n")
                  .door.columns,
              ElementsAre("a", "b"));
}

TEST(CsvDialectTest, QuotedFieldsMayHoldDelimitersQuotesAndLineEnds) {
  const ImportedFile file("a,b\n\"1,5\",\"say \"\"yes\"\"\"\n\"two\nlines\",\"\"\n3,4\n");
  EXPECT_THAT(file.values(), ElementsAre(Values{"1,5", "say \"yes\""}, Values{"two\nlines", ""},
                                         Values{"3", "4"}));
  EXPECT_THAT(file.places(), ElementsAre(2, 3, 5));
  EXPECT_EQ(file.door.rows[1].original, "\"two\nlines\",\"\"");
}

TEST(CsvDialectTest, FieldsLongerThanAScanBlockAreWhole) {
  const std::string a(63, 'a');
  const std::string b(64, 'b');
  const std::string c(200, 'c');
  const ImportedFile file("a,b,c\n" + a + "," + b + ",\"" + c + "\"\n" + c + "," + a + "," + b);
  EXPECT_THAT(file.values(), ElementsAre(Values{a, b, c}, Values{c, a, b}));
}

TEST(CsvDialectTest, DelimiterAndQuoteAreTheDialects) {
  const ImportedFile file("a;b\n'1;5';x,y\n", with_dialect({.delimiter = ';', .quote = '\''}));
  EXPECT_THAT(file.values(), ElementsAre(Values{"1;5", "x,y"}));
}

TEST(CsvDialectTest, EscapeTakesTheNextByteAsItIs) {
  const ImportedFile file("a,b\n\"1\\\"2\\\\\",x\\,y\n\"\\\"\",z\n",
                          with_dialect({.double_quote = false, .escape = '\\'}));
  EXPECT_THAT(file.values(), ElementsAre(Values{"1\"2\\", "x,y"}, Values{"\"", "z"}));
}

TEST(CsvDialectTest, NullSequenceIsNoValueUnlessItIsQuoted) {
  const ImportedFile file("a,b,c\nNULL,\"NULL\",\n", with_dialect({.null_sequence = "NULL"}));
  EXPECT_THAT(file.values(), ElementsAre(Values{std::nullopt, "NULL", ""}));
}

// What MySQL's SELECT … INTO OUTFILE writes: NULL as \N, never within quotes; a backslash doubled.
TEST(CsvDialectTest, NullSequenceThatBeginsWithTheEscapeIsNoValue) {
  const CsvDialect dialect{.escape = '\\', .null_sequence = "\\N"};
  const ImportedFile file("a,b,c\n\\N,\"\\N\",\\\\N\nN,\\Nx,x\\N\n1,\"2\",\\N\n\\N,,\\\\\\N\n",
                          with_dialect(dialect));
  EXPECT_THAT(file.values(),
              ElementsAre(Values{std::nullopt, "N", "\\N"}, Values{"N", "Nx", "xN"},
                          Values{"1", "2", std::nullopt}, Values{std::nullopt, "", "\\N"}));
  EXPECT_THAT(file.rules(), IsEmpty());
}

TEST(CsvDialectTest,
     NullSequenceThatBeginsWithTheEscapeIsFoundAlsoInOtherEncodingsAndBehindSpaces) {
  Format format =
      with_dialect({.escape = '\\', .null_sequence = "\\N", .skip_initial_space = true});
  format.encoding = Encoding::gb18030;
  // U+8C5B is D8 5C in GB 18030: its second byte is the escape's, and it is none.
  const ImportedFile file("a,b,c\n1, \\N,\xD8\x5CN\n", format);
  EXPECT_THAT(file.values(), ElementsAre(Values{"1", std::nullopt, "豛N"}));
}

TEST(CsvDialectTest, EmptyTextIsAValueWhereTheDialectNamesNoNull) {
  EXPECT_THAT(ImportedFile("a,b\n,\n").values(), ElementsAre(Values{"", ""}));
}

TEST(CsvDialectTest, CommentsAndEmptyLinesArePassedOver) {
  const ImportedFile file("# made today\na,b\n\n#1,2\n3,#4\n", with_dialect({.comment = '#'}));
  EXPECT_THAT(file.values(), ElementsAre(Values{"3", "#4"}));
  EXPECT_THAT(file.places(), ElementsAre(5));
  EXPECT_THAT(file.rules(), IsEmpty());
}

TEST(CsvDialectTest, EmptyLineIsARowWhereRowsHaveOneField) {
  EXPECT_THAT(ImportedFile("a\n\n1\n").values(), ElementsAre(Values{""}, Values{"1"}));
}

TEST(CsvDialectTest, InitialSpaceIsSkippedWhereTheDialectSaysSo) {
  const CsvDialect dialect{.null_sequence = "-", .skip_initial_space = true};
  EXPECT_THAT(ImportedFile("a, b\n1,  \"2,3\"\n 4, -\n", with_dialect(dialect)).values(),
              ElementsAre(Values{"1", "2,3"}, Values{"4", std::nullopt}));
  EXPECT_THAT(ImportedFile("a,b\n 1, 2\n").values(), ElementsAre(Values{" 1", " 2"}));
}

TEST(CsvDialectTest, ColumnsWithoutAHeaderAreNamedByTheirPlaces) {
  const ImportedFile file("1,2\n3,4\n", with_dialect({.header = false}));
  EXPECT_THAT(file.door.columns, ElementsAre("field1", "field2"));
  EXPECT_THAT(file.values(), ElementsAre(Values{"1", "2"}, Values{"3", "4"}));
  EXPECT_EQ(file.header, "");
}

TEST(CsvDialectTest, FileWithAHeaderAloneHasNoRowsAndNoFault) {
  const ImportedFile file("a,b\n");
  EXPECT_TRUE(file.result);
  EXPECT_EQ(file.door.begun, 1);
  EXPECT_THAT(file.door.rows, IsEmpty());
}

// So that a share of failed rows can be one of the whole file before it has been read.
TEST(FileDigestTest, CountsNoFewerLinesThanThereAreRows) {
  for (const auto& [bytes, lines] :
       std::vector<std::pair<std::string, std::uint64_t>>{{"", 1},
                                                          {"a,b", 1},
                                                          {"a,b\n1,2", 2},
                                                          {"a,b\n1,2\n", 3},
                                                          {std::string(600'000, '\n'), 600'001}}) {
    const TemporaryFolder folder;
    CountingProgress progress;
    EXPECT_EQ(digest_file(folder.write("register.csv", bytes), progress)->lines, lines);
  }
}

TEST(CsvDialectTest, RowsAreTheSameWhereverBlocksOfTheFileEnd) {
  std::string bytes = "a,b\n";
  for (int i = 0; i < 60'000; ++i)
    bytes += std::to_string(i) + ",\"x\"\"\n" + std::string(static_cast<std::size_t>(i % 40), 'y') +
             "\"\n";
  const ImportedFile file(bytes);
  ASSERT_EQ(file.door.rows.size(), 60'000);
  for (std::size_t i = 0; i < file.door.rows.size(); ++i) {
    ASSERT_EQ(file.door.rows[i].values[0], std::to_string(i));
    ASSERT_EQ(file.door.rows[i].values[1], "x\"\n" + std::string(i % 40, 'y'));
    ASSERT_EQ(file.door.rows[i].place, 2 + 2 * i);
  }
  EXPECT_EQ(file.progress.last_bytes, bytes.size());
  EXPECT_EQ(file.progress.last_of_bytes, bytes.size());
  EXPECT_EQ(file.progress.last_rows, 60'000);
  EXPECT_GE(file.progress.times, 4);
}

}  // namespace
}  // namespace sluice::adapters::disk
