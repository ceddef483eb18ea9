// Drafts on a sheet: what is written comes back as it was, whatever a spreadsheet does to cells
// that look like numbers, dates or formulas; and what one has spoilt is found.
#include "entry/draft_sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "licence_desk.h"

namespace sluice::entry::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

const adapters::disk::OwnCsvParser own_parser;
const SheetLabels labels{.task = "任务", .version = "版本", .title = "名称"};

Form sheet_form() {
  Form form;
  form.dataset = record::DatasetId("licence");
  FormField name{.column = "name", .field = "name", .label = "企业名称", .required = true};
  FormField code{.column = "code", .field = "code", .label = "代码"};
  FormField day{.column = "day", .field = "day", .label = "日期", .control = Control::date};
  FormField kind{.column = "kind",
                 .field = "kind",
                 .label = "=类型",
                 .control = Control::choice,
                 .choices = {{"A", "个体"}, {"B", "企业"}, {"企业", "其他"}}};
  form.groups = {{.title = "", .fields = {name, code, day, kind}}};
  return form;
}

const std::string header =
    "任务 [sluice:task],版本 [sluice:version],名称 [sluice:title],企业名称 * [name],代码 [code],"
    "日期 [day],类型 [kind]\r\n";

std::vector<SheetRow> read(const std::string& rows) {
  auto found = read_draft_sheet("\xEF\xBB\xBF" + header + rows, sheet_form(), own_parser);
  EXPECT_TRUE(found) << static_cast<int>(found.error().problem) << found.error().sentence;
  return found ? std::move(*found) : std::vector<SheetRow>();
}

SheetProblem problem(const std::string& sheet) {
  const auto found = read_draft_sheet(sheet, sheet_form(), own_parser);
  EXPECT_FALSE(found) << sheet;
  return found ? SheetProblem::unreadable : found.error().problem;
}

TEST(DraftSheet, ComesBackAsItWasWritten) {
  std::vector<SheetDraft> drafts;
  std::uint64_t task = 7;
  for (const char* text : {"智芯", "智芯（北京）", "0108", "110108194912310021", "1.10108E+17",
                           "'x", "''", "a,\"b\"\nc", "-1", "+86", "@SUM(A1)", "=1+1", "\t=1",
                           "＝１", "1-2", "TRUE", "  x  ", "㼆𠮷", "?"}) {
    drafts.push_back({.task = task++,
                      .version = "v18c2f0a3b1d",
                      .title = "=HYPERLINK(\"x\")",
                      .typed = {{"name", text}, {"code", text}}});
  }
  drafts.push_back({.task = 99, .version = "v0", .title = "", .typed = {}});
  const std::string sheet = write_draft_sheet(sheet_form(), labels, drafts);
  EXPECT_THAT(sheet, StartsWith("\xEF\xBB\xBF\"任务 [sluice:task]\",\"版本 [sluice:version]\","
                                "\"名称 [sluice:title]\",\"企业名称 * [name]\""));
  const auto rows = read_draft_sheet(sheet, sheet_form(), own_parser);
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), drafts.size());
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    EXPECT_EQ((*rows)[i].draft.task, drafts[i].task);
    EXPECT_EQ((*rows)[i].draft.version, drafts[i].version);
    EXPECT_EQ((*rows)[i].draft.typed, drafts[i].typed);
    EXPECT_THAT((*rows)[i].damaged, IsEmpty());
  }
}

TEST(DraftSheet, HasNoCellThatASpreadsheetWouldRunOrRewrite) {
  const std::string sheet = write_draft_sheet(
      sheet_form(), labels,
      std::vector<SheetDraft>{
          {.task = 7,
           .version = "v0",
           .title = "+1",
           .typed = {
               {"name", "=cmd|' /C calc'!A0"}, {"code", "0012"}, {"day", "＋1"}, {"kind", "A"}}}});
  EXPECT_THAT(sheet, HasSubstr("\r\n7,\"v0\",\"'+1\",\"'=cmd|' /C calc'!A0\",\"'0012\",\"'＋1\","
                               "\"个体\"\r\n"));
  EXPECT_THAT(sheet, HasSubstr("\" =类型 [kind]\"")) << "a label is no formula either";
}

TEST(DraftSheet, FindsWhatASpreadsheetSpoilt) {
  const auto rows = read(
      "7,v0,x,a,1.10108E+17,,\r\n8,v0,x,a,110108194912310000,,\r\n"
      "9,v0,x,a,'1.10108E+17,,\r\n10,v0,x,a,1E5,,\r\n"
      "11,v0,x,a,110108194912310021,,\r\n12,v0,x,a,1e+11,,\r\n");
  ASSERT_EQ(rows.size(), 6U);
  for (const std::size_t spoilt : {0U, 1U, 5U}) {
    ASSERT_EQ(rows[spoilt].damaged.size(), 1U) << spoilt;
    EXPECT_EQ(rows[spoilt].damaged.front().column, "code");
    EXPECT_EQ(rows[spoilt].damaged.front().damage, Damage::rounded);
  }
  EXPECT_EQ(rows[2].draft.typed.at("code"), "1.10108E+17") << "that is text";
  EXPECT_EQ(rows[3].draft.typed.at("code"), "1E5");
  EXPECT_EQ(rows[4].draft.typed.at("code"), "110108194912310021");
}

TEST(DraftSheet, InGb18030IsReadButForWhatThatMayHaveLost) {
  // 任务 [sluice:task] … as a Chinese spreadsheet saves it.
  const auto rows = read_draft_sheet(
      "\xC8\xCE\xCE\xF1 [sluice:task],[sluice:version],[name],[code],[day],[kind]\n"
      "7,v0,\xD6\xC7\xD0\xBE,1,,\xB8\xF6\xCC\xE5\n8,v0,\xD0\xBE?,?,,\n",
      sheet_form(), own_parser);
  ASSERT_TRUE(rows);
  EXPECT_THAT((*rows)[0].draft.typed,
              ElementsAre(Pair("code", "1"), Pair("kind", "A"), Pair("name", "智芯")));
  ASSERT_EQ((*rows)[1].damaged.size(), 2U);
  EXPECT_EQ((*rows)[1].damaged.front().damage, Damage::replaced);
}

TEST(DraftSheet, UndoesWhatASpreadsheetDoesToDaysAndTakesLabelsForChoices) {
  const auto rows = read(
      "7,v0,x,2026/1/9,,2026/1/9,个体\r\n8,v0,x,,,2026-01-09,企业\r\n"
      "9,v0,x,,,2026/1,C\r\n");
  EXPECT_EQ(rows[0].draft.typed.at("name"), "2026/1/9") << "no day";
  EXPECT_EQ(rows[0].draft.typed.at("day"), "2026-01-09");
  EXPECT_EQ(rows[0].draft.typed.at("kind"), "A");
  EXPECT_EQ(rows[1].draft.typed.at("kind"), "企业") << "that is a value: it is not the label of B";
  EXPECT_EQ(rows[2].draft.typed.at("day"), "2026/1");
  EXPECT_EQ(rows[2].draft.typed.at("kind"), "C") << "the form says that it is none";
}

TEST(DraftSheet, RowsAreReadOneByOne) {
  const auto rows = read("x,v0,t,a,,,\r\n,,,,,,\r\n7,v0,t\r\n-1,v0,t,a,,,\r\n'8,'v0,t,b,,,\r\n");
  ASSERT_EQ(rows.size(), 4U) << "an empty one is none";
  EXPECT_EQ(rows[0].draft.task, 0U);
  EXPECT_THAT(rows[1].fault, Not(IsEmpty()));
  EXPECT_EQ(rows[1].line, 4U);
  EXPECT_EQ(rows[2].draft.task, 0U);
  EXPECT_EQ(rows[3].draft.task, 8U);
  EXPECT_EQ(rows[3].draft.version, "v0");
}

TEST(DraftSheet, ColumnsAreFoundByNameAndNoneIsMissed) {
  const auto rows = read_draft_sheet(
      "[kind],代码 [code],day,x [y] [name],sluice:version,sluice:task,,\nB,1,,a,v1,7,,\n",
      sheet_form(), own_parser);
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->front().draft.task, 7U);
  EXPECT_EQ(rows->front().draft.typed.at("name"), "a");
  EXPECT_EQ(problem("[sluice:task],[sluice:version],[name],[code],[day]\n"),
            SheetProblem::missing_column);
  EXPECT_EQ(problem("[sluice:version],[name],[code],[day],[kind]\n"), SheetProblem::missing_column);
  EXPECT_EQ(problem("[sluice:task],[sluice:version],[name],[code],[day],[kind],[more]\n"),
            SheetProblem::unknown_column);
  EXPECT_EQ(problem("[sluice:task],[sluice:version],[name],[code],[day],[kind],\n1,v,a,,,,x\n"),
            SheetProblem::unknown_column);
  EXPECT_EQ(problem("[sluice:task],[sluice:version],[name],[name],[code],[day],[kind]\n"),
            SheetProblem::double_column);
  EXPECT_EQ(problem(""), SheetProblem::unreadable);
  EXPECT_EQ(problem("\xFF\xFEx"), SheetProblem::unreadable);
  std::string many = header;
  for (std::size_t i = 0; i <= most_sheet_rows; ++i)
    many += "1,v0,,a,,,\n";
  EXPECT_EQ(problem(many), SheetProblem::too_many_rows);
}

}  // namespace
}  // namespace sluice::entry::test
