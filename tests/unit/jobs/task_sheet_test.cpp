// What a sheet of tasks may say, and what is told of one that can not be taken.
#include "jobs/task_sheet.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jobs/due_time.h"

namespace sluice::jobs::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const adapters::disk::OwnCsvParser own_parser;

const date::time_zone& beijing() {
  return *date::locate_zone("Asia/Shanghai");
}

TaskSheetReading reading() {
  return {.bureau = record::BureauId("park"),
          .dataset = record::DatasetId("licence"),
          .name = "november.csv",
          .zone = beijing()};
}

std::vector<std::string> told(const std::string& sheet, const TaskSheetReading& as = reading()) {
  const auto read = read_task_sheet(sheet, as, own_parser);
  std::vector<std::string> faults;
  if (read) return faults;
  for (const SheetFault& fault : read.error())
    faults.push_back(fmt::format("{} {}: {}", fault.line, fault.column, fault.sentence));
  return faults;
}

std::string due(const std::string& text) {
  const auto read = due_time(text, beijing());
  if (!read) return "refused";
  return *read ? record::to_string(**read) : "never";
}

TEST(TaskSheet, IsATaskALineWithItsPriorityAndItsTime) {
  const auto sheet = read_task_sheet(
      "\xEF\xBB\xBF"
      "due,title,priority,\r\n2026/11/30 9:30,\"HD-1, "
      "\"\"A\"\"\",5,\r\n,,,\r\n,海淀登〔2026〕2号,,\r\n",
      reading(), own_parser);
  ASSERT_TRUE(sheet) << sheet.error().front().sentence;
  ASSERT_EQ(sheet->tasks.size(), 2U) << "a line of empty cells is none";
  const tasks::NewTask& first = sheet->tasks.front();
  EXPECT_EQ(first.title, "HD-1, \"A\"");
  EXPECT_EQ(first.priority, 5);
  EXPECT_EQ(first.due, record::parse_time("2026-11-30T01:30:00.000Z"));
  EXPECT_EQ(first.origin, tasks::Origin::sheet);
  EXPECT_EQ(first.origin_text, "november.csv, line 2");
  const tasks::NewTask& second = sheet->tasks.back();
  EXPECT_EQ(second.title, "海淀登〔2026〕2号");
  EXPECT_EQ(second.priority, 0);
  EXPECT_FALSE(second.due);
  EXPECT_EQ(second.origin_text, "november.csv, line 4");
}

TEST(TaskSheet, IsKnownAgainByItsBytesAndNotByItsName) {
  const std::string bytes = "title\na\nb\n";
  const auto once = read_task_sheet(bytes, reading(), own_parser);
  TaskSheetReading renamed = reading();
  renamed.name = "copy.csv";
  EXPECT_EQ(once->entries, read_task_sheet(bytes, renamed, own_parser)->entries);
  EXPECT_NE(once->entries[0], once->entries[1]);
  EXPECT_NE(once->entries[0], read_task_sheet("title\na\nc\n", reading(), own_parser)->entries[0]);
  renamed.dataset = record::DatasetId("permit");
  EXPECT_NE(once->entries[0], read_task_sheet(bytes, renamed, own_parser)->entries[0]);
  EXPECT_EQ(once->entries[0].str().size(), 27U);
}

TEST(TaskSheet, EveryFaultIsToldWithItsLineAndColumn) {
  EXPECT_THAT(told("title,priority,due\nok,1,\nx,high,\ny,101,tomorrow\n\"a\" b,1,\n"),
              ElementsAre(HasSubstr("3 priority: found `high`; a priority is a whole number"),
                          HasSubstr("4 priority: found `101`"),
                          HasSubstr("4 due: found `tomorrow`"), HasSubstr("5 : ")));
  EXPECT_THAT(told("title,owner\nx,me\n"), ElementsAre(HasSubstr("1 `owner`: there is no such")));
  EXPECT_THAT(told("title,\x1B[2J\nx,y\n"), ElementsAre(HasSubstr("1 `\\x1B[2J`: ")))
      << "an operator's terminal shows it";
  std::string late;
  for (int i = 0; i < 50; ++i)
    late += "晚";
  EXPECT_THAT(told("title,due\nx," + late + "\n"), ElementsAre(HasSubstr("found `晚晚晚")));
  EXPECT_THAT(told("title,due\nx," + late + "\n"), ElementsAre(HasSubstr("晚…`; expected")));
  EXPECT_THAT(told("title,due\nx,\xC2\x9B"
                   "2J\n"),
              ElementsAre(HasSubstr("found `\\xC2\\x9B2J`")));
  EXPECT_THAT(told("title" + std::string(1100, ',') + "\n"),
              ElementsAre(HasSubstr("found 1101 columns; expected at most 1100")));
  EXPECT_THAT(told("title,title\nx,y\n"),
              ElementsAre(HasSubstr("1 title: the column comes twice")));
  EXPECT_THAT(told("priority\n1\n"), ElementsAre(HasSubstr("1 title: the column is missing")));
  EXPECT_THAT(told("title\n"), ElementsAre(HasSubstr("no line below the header")));
  EXPECT_THAT(told(""), ElementsAre(HasSubstr("found no line")));
  EXPECT_THAT(told("title\n" + std::string(201, 'x') + "\n"),
              ElementsAre(HasSubstr("2 title: the task's title: it has 201 characters")));
  EXPECT_THAT(told("title\n\xB4\xF3\xBA\xA3\n\xB4\xF3\n\xBA\xA3\n"),
              ElementsAre(HasSubstr("all of them are GB18030")));
  std::string many = "title\n";
  for (std::size_t i = 0; i <= tasks::most_added_at_once; ++i)
    many += "x\n";
  EXPECT_THAT(told(many), ElementsAre(HasSubstr("more than 10000 lines")));
}

TEST(TaskSheet, IsReadInTheEncodingThatIsDeclared) {
  TaskSheetReading chinese = reading();
  chinese.encoding = adapters::disk::Encoding::gb18030;
  const auto sheet = read_task_sheet("title\n\xB4\xF3\xBA\xA3\n", chinese, own_parser);
  ASSERT_TRUE(sheet);
  EXPECT_EQ(sheet->tasks.front().title, "大海");
}

TEST(DueTime, IsReadAsPeopleAndSpreadsheetsWriteIt) {
  EXPECT_EQ(due(""), "never");
  EXPECT_EQ(due("2026-11-29T12:00"), "2026-11-29T04:00:00.000Z");
  EXPECT_EQ(due("2026-11-29 12:00:30"), "2026-11-29T04:00:30.000Z");
  EXPECT_EQ(due("2026/11/9 8:05"), "2026-11-09T00:05:00.000Z");
  EXPECT_EQ(due("2026-11-29"), "2026-11-29T16:00:00.000Z") << "to the end of the day";
  EXPECT_EQ(due("2026-11-29T12:00:00+02:00"), "2026-11-29T10:00:00.000Z");
  EXPECT_EQ(due("2026-11-29T12:00:00Z"), "2026-11-29T12:00:00.000Z");
  EXPECT_EQ(due("2026-11-29T12:00:00.12345Z"), "2026-11-29T12:00:00.123Z");
  for (const char* bad : {"tomorrow", "2026-02-30", "2026-11/29", "2026-11-29 24:00", "29.11.2026",
                          "2026-11-29 12:00 x", "2026-11-29T12:00:00+25:00", "-", "46355"}) {
    EXPECT_EQ(due(bad), "refused") << bad;
  }
}

}  // namespace
}  // namespace sluice::jobs::test
