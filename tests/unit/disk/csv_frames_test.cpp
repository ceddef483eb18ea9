// What is told of small CSV between the process that asks and the one that reads and is not
// trusted.
#include "adapters/disk/csv_frames.h"

#include <string>
#include <variant>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "record/frame.h"

namespace sluice::adapters::disk {
namespace {

using record::frame_head_bytes;

TableQuestion of_sheet() {
  return {.bytes = "a,b\n1,2\n", .format = {}, .most_rows = 2};
}
RowQuestion of_row() {
  return {.bytes = "1;NULL", .format = {}, .columns = 2, .max_row_bytes = 100};
}

CsvTable sheet() {
  return {.header_line = 1,
          .columns = {"a", "名称"},
          .rows = {{.line = 2, .cells = {"1", ""}, .fault = {}},
                   {.line = 4, .cells = {}, .fault = "it has 3 fields"}}};
}

std::string body(const std::string& frame) {
  EXPECT_EQ(record::frame_bytes(frame), frame.size() - frame_head_bytes);
  return frame.substr(frame_head_bytes);
}
bool is_refused(const CsvAnswer& answer, const CsvQuestion& question) {
  return !parse_answer(body(to_frame(answer)), question).has_value();
}

TEST(CsvFrames, BringAQuestionWithItsFormat) {
  Format format{.dialect = {.delimiter = ';',
                            .quote = '\'',
                            .double_quote = false,
                            .escape = '\\',
                            .header = false,
                            .comment = '#',
                            .null_sequence = "NULL",
                            .skip_initial_space = true},
                .encoding = Encoding::gb18030};
  RowQuestion asked = of_row();
  asked.format = format;
  const std::string frame = body(to_frame(CsvQuestion(asked)));
  const auto heard = parse_question(frame);
  ASSERT_TRUE(heard) << heard.error().sentence;
  const auto& row = std::get<RowQuestion>(*heard);
  EXPECT_EQ(row.bytes, asked.bytes);
  EXPECT_EQ(row.columns, asked.columns);
  EXPECT_EQ(row.max_row_bytes, asked.max_row_bytes);
  EXPECT_EQ(row.format.encoding, Encoding::gb18030);
  const CsvDialect& dialect = row.format.dialect;
  EXPECT_EQ(dialect.delimiter, ';');
  EXPECT_EQ(dialect.quote, '\'');
  EXPECT_FALSE(dialect.double_quote);
  EXPECT_EQ(dialect.escape, '\\');
  EXPECT_FALSE(dialect.header);
  EXPECT_EQ(dialect.comment, '#');
  EXPECT_EQ(dialect.null_sequence, "NULL");
  EXPECT_TRUE(dialect.skip_initial_space);
  const std::string plain = body(to_frame(CsvQuestion(of_sheet())));
  const auto table = parse_question(plain);
  ASSERT_TRUE(table);
  EXPECT_EQ(std::get<TableQuestion>(*table).bytes, of_sheet().bytes);
  EXPECT_EQ(std::get<TableQuestion>(*table).most_rows, 2U);
  EXPECT_FALSE(std::get<TableQuestion>(*table).format.dialect.escape);
  EXPECT_FALSE(parse_question(frame + "x"));
  EXPECT_FALSE(parse_question(""));
}

TEST(CsvFrames, BringATableARowAndWhyThereIsNone) {
  const auto table = parse_answer(body(to_frame(CsvAnswer(sheet()))), of_sheet());
  ASSERT_TRUE(table) << table.error().sentence;
  const auto& read = std::get<CsvTable>(*table);
  EXPECT_EQ(read.header_line, 1U);
  EXPECT_EQ(read.columns, sheet().columns);
  ASSERT_EQ(read.rows.size(), 2U);
  EXPECT_EQ(read.rows[0].line, 2U);
  EXPECT_EQ(read.rows[0].cells, sheet().rows[0].cells);
  EXPECT_EQ(read.rows[1].fault, "it has 3 fields");
  EXPECT_TRUE(read.rows[1].cells.empty());

  const CsvRow row{.values = {"1", std::nullopt}, .fault = {}};
  const auto values = parse_answer(body(to_frame(CsvAnswer(row))), of_row());
  ASSERT_TRUE(values) << values.error().sentence;
  EXPECT_EQ(std::get<CsvRow>(*values).values, row.values);

  const CollectionFailure failure{CollectionProblem::too_large, "7", "there are more lines"};
  const auto refused = parse_answer(body(to_frame(CsvAnswer(failure))), of_sheet());
  ASSERT_TRUE(refused) << refused.error().sentence;
  EXPECT_EQ(std::get<CollectionFailure>(*refused).code, CollectionProblem::too_large);
  EXPECT_EQ(std::get<CollectionFailure>(*refused).place, "7");
  EXPECT_EQ(std::get<CollectionFailure>(*refused).sentence, "there are more lines");
}

// Whoever uses a table goes by the number of its columns, and by the order of its lines.
TEST(CsvFrames, OfAnAnswerThatWasNotAskedForAreRefused) {
  const auto with = [](auto change) {
    CsvTable table = sheet();
    change(table);
    return is_refused(CsvAnswer(std::move(table)), of_sheet());
  };
  EXPECT_FALSE(with([](CsvTable&) {}));
  EXPECT_TRUE(with([](CsvTable& table) { table.rows[0].cells.pop_back(); }));
  EXPECT_TRUE(with([](CsvTable& table) { table.rows[0].cells.emplace_back("more"); }));
  EXPECT_TRUE(with([](CsvTable& table) {
    table.rows.push_back({5, {"3", "4"}, {}});
  })) << "more rows than were asked for";
  EXPECT_TRUE(with([](CsvTable& table) { table.rows[1].line = 2; })) << "a line twice";
  EXPECT_TRUE(with([](CsvTable& table) { table.rows[0].line = 1; })) << "the header's";
  EXPECT_TRUE(with([](CsvTable& table) { table.rows[0].cells[1] = "\xFF"; })) << "no UTF-8";
  EXPECT_TRUE(with([](CsvTable& table) { table.rows[0].cells[1] = std::string("\0", 1); }));
  EXPECT_TRUE(with([](CsvTable& table) { table.columns[0] = "\xC0\x80"; }));
  EXPECT_TRUE(with([](CsvTable& table) { table.rows[1].fault = "two\nlines"; }));
  EXPECT_TRUE(with([](CsvTable& table) { table.rows[1].fault = std::string(5000, 'x'); }));
  EXPECT_TRUE(with([](CsvTable& table) {
    table.rows.clear();
    table.columns.assign(most_columns_of_table + 1, "");
  }));
  EXPECT_TRUE(with([](CsvTable& table) {
    table.rows.clear();
    table.columns.clear();
  }));
  EXPECT_TRUE(is_refused(CsvAnswer(sheet()), of_row())) << "a table for a row";
  EXPECT_TRUE(is_refused(CsvAnswer(CsvRow{{"1", "2"}, {}}), of_sheet()));
  EXPECT_TRUE(is_refused(CsvAnswer(CsvRow{{"1"}, {}}), of_row()));
  EXPECT_TRUE(is_refused(CsvAnswer(CsvRow{{"1", "2", "3"}, {}}), of_row()));
  EXPECT_TRUE(is_refused(CsvAnswer(CollectionFailure{static_cast<CollectionProblem>(77), "", "x"}),
                         of_row()));
  EXPECT_TRUE(
      is_refused(CsvAnswer(CollectionFailure{CollectionProblem::bad_syntax, "", ""}), of_row()));
}

TEST(CsvFrames, ThatAreCutOffOrPaddedOrClaimMoreThanTheyHoldAreRefused) {
  const std::string whole = body(to_frame(CsvAnswer(sheet())));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parse_answer(std::string_view(whole).substr(0, size), of_sheet())) << size;
  EXPECT_FALSE(parse_answer(whole + "x", of_sheet()));
  for (std::size_t number = 0; number * frame_head_bytes < whole.size(); ++number) {
    std::string huge = whole;
    const std::size_t highest = number * frame_head_bytes + frame_head_bytes - 1;
    if (highest < huge.size()) huge[highest] = '\x7F';
    static_cast<void>(parse_answer(huge, of_sheet()));  // must neither crash nor take memory
  }
  std::string huge = whole;
  huge[3 * frame_head_bytes - 1] = '\x7F';  // the number of columns
  EXPECT_FALSE(parse_answer(huge, of_sheet()));
}

TEST(CsvFrames, OfAnAnswerAreNeverLongerThanIsSaid) {
  // What takes the most room: cells with nothing in them, and rows that can not be read.
  std::string commas = "a,b,c\n";
  std::string quotes = "a\n";
  for (int i = 0; i < 1000; ++i) {
    commas += ",,x\n";
    quotes += "\"\n";
  }
  const OwnCsvParser parser;
  for (const std::string& bytes : {commas, quotes, std::string("a\n"), std::string("")}) {
    const TableQuestion asked{.bytes = bytes, .format = {}, .most_rows = 5000};
    auto read = parser.table(asked);
    const CsvAnswer answer = read ? CsvAnswer(std::move(*read)) : CsvAnswer(read.error());
    EXPECT_LE(to_frame(answer).size() - frame_head_bytes, most_answer_bytes(asked)) << bytes.size();
  }
  const RowQuestion row{.bytes = ",,,", .format = {}, .columns = 4, .max_row_bytes = 10};
  const auto read = parser.row(row);
  ASSERT_TRUE(read);
  EXPECT_LE(to_frame(CsvAnswer(*read)).size() - frame_head_bytes, most_answer_bytes(row));
}

TEST(OwnCsvParser, ReadsARowOfTheQuarantineAndSaysWhichRuleItBreaks) {
  const OwnCsvParser parser;
  RowQuestion asked{.bytes = "1;NULL", .format = {}, .columns = 2, .max_row_bytes = 100};
  asked.format.dialect.delimiter = ';';
  asked.format.dialect.null_sequence = "NULL";
  const auto row = parser.row(asked);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->values, (std::vector<std::optional<std::string>>{"1", std::nullopt}));
  asked.columns = 3;
  EXPECT_THAT(parser.row(asked)->fault, testing::StartsWith("ragged: "));
  asked.bytes = "";
  EXPECT_EQ(parser.row(asked).error().sentence, "there is no row in the bytes given");
}

}  // namespace
}  // namespace sluice::adapters::disk
