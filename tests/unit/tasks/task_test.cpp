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
  for (const Part part : {Part::draft, Part::first, Part::second, Part::settled})
    EXPECT_EQ(parse_part(to_string(part)), part);
  for (int what = 0; what <= static_cast<int>(Happening::changed); ++what) {
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
  for (const NewTask& task : {NewTask{.title = title + "件"}, NewTask{.origin_text = title + "x"},
                              NewTask{.title = "a\nb"}, NewTask{.title = "\xff"}}) {
    const auto checked = check(task);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, TaskProblem::not_taken);
    EXPECT_THAT(checked.error().place, HasSubstr("the task's"));
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
