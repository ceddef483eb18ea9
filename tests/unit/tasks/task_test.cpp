#include "tasks/task.h"

#include <gmock/gmock.h>

#include "tasks/history.h"
#include "tasks/transition.h"

namespace sluice::tasks {
namespace {

using ::testing::HasSubstr;

TEST(Task, NamesAreReadAsTheyAreWritten) {
  for (const TaskState state : all_states)
    EXPECT_EQ(parse_task_state(to_string(state)), state);
  for (const Origin origin : {Origin::supervisor, Origin::sheet, Origin::api, Origin::delivery})
    EXPECT_EQ(parse_origin(to_string(origin)), origin);
  for (const Part part : {Part::draft, Part::first, Part::second, Part::settled, Part::delivered})
    EXPECT_EQ(parse_part(to_string(part)), part);
  for (int what = 0; what <= static_cast<int>(Happening::withdrawn); ++what) {
    const auto happening = static_cast<Happening>(what);
    EXPECT_EQ(parse_happening(to_string(happening)), happening) << what;
  }
  EXPECT_FALSE(parse_task_state(""));
  EXPECT_FALSE(parse_origin("Sheet"));
  EXPECT_FALSE(parse_part("third"));
  EXPECT_FALSE(parse_happening(""));
}

TEST(Task, TextsAreBoundedByTheirCharacters) {
  std::string title;
  for (std::size_t i = 0; i < longest_title; ++i)
    title += "件";
  EXPECT_TRUE(check(NewTask{.title = title}));
  EXPECT_TRUE(check(NewTask{.origin_text = title}));
  EXPECT_FALSE(check(NewTask{.outgoing = Outgoing{.delivery = "a\nb"}}));
  EXPECT_FALSE(check(NewTask{.outgoing = Outgoing{.record_key = title + "x"}}));
  for (const NewTask& task : {NewTask{.title = title + "件"}, NewTask{.origin_text = title + "x"},
                              NewTask{.title = "a\nb"}, NewTask{.title = "\xff"}}) {
    const auto checked = check(task);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, TaskProblem::not_taken);
    EXPECT_THAT(checked.error().place, HasSubstr("the task's"));
  }
}

TEST(Task, ReceiptNumberHasAtLeastOneCharacterAndNoControlCharacter) {
  std::string longest;
  for (std::size_t i = 0; i < longest_receipt_number; ++i)
    longest += "号";
  EXPECT_TRUE(check_receipt_number(longest));
  EXPECT_TRUE(check_receipt_number("京工商受理〔2026〕1号 'x'"));
  for (const std::string& number :
       {std::string(), longest + "1", std::string("1\t2"), std::string("\xc3")}) {
    ASSERT_FALSE(check_receipt_number(number)) << number;
    EXPECT_EQ(check_receipt_number(number).error().code, TaskProblem::not_taken);
  }
}

TEST(Task, WhatWasKeyedIsBoundedByItsBytes) {
  EXPECT_TRUE(check_values(std::string(longest_values, 'x')));
  EXPECT_TRUE(check_values("{\"a\":\"line\\n\"}\n"));
  for (const std::string& values :
       {std::string(longest_values + 1, 'x'), std::string("\xc3"), std::string("a\0b", 3)}) {
    ASSERT_FALSE(check_values(values));
    EXPECT_EQ(check_values(values).error().code, TaskProblem::not_taken);
  }
}

}  // namespace
}  // namespace sluice::tasks
