#include "clerks/clerks_queue.h"

#include <gmock/gmock.h>

#include "support/temporary_directory.h"
#include "tasks/sqlite/sqlite_tasks.h"

namespace sluice::clerks {
namespace {

using adapters::manual_entry::QueueAnswer;
using adapters::manual_entry::QueuedDelivery;
using adapters::manual_entry::QueueProblem;
using State = QueueAnswer::State;

const record::Time now = record::parse_time("2026-11-23T04:44:00.000Z").value();
const tasks::AccountName wang("wang");

class ClerksQueueTest : public ::testing::Test {
 protected:
  static std::string key(const QueuedDelivery& delivery) {
    return std::to_string(delivery.records.size());
  }
  // Of records with these subjects.
  static QueuedDelivery delivery(const std::vector<std::string>& subjects) {
    QueuedDelivery delivery{.name = "park-licences.1.1",
                            .dataset = record::DatasetId("licence"),
                            .title = "营业执照",
                            .content = "sha256:x"};
    for (const std::string& subject : subjects)
      delivery.records.push_back(
          {.subject = subject, .record_key = key(delivery), .laid_out = "[]"});
    return delivery;
  }
  std::vector<tasks::Task> delivered() {
    return tasks_->delivered("park-licences.1.1").value().value();
  }
  void apply(tasks::TaskId id, const tasks::Action& action) {
    ASSERT_TRUE(tasks_->apply(id, action, now));
  }
  void claim(tasks::TaskId id) {
    apply(id, tasks::ClaimIt{wang, {tasks::TaskState::open}, std::chrono::minutes(5)});
  }

  record::test::TemporaryDirectory directory_;
  std::unique_ptr<tasks::Tasks> tasks_ = tasks::open_sqlite(directory_ / "tasks.sqlite");
  ClerksQueue queue_{*tasks_, record::BureauId("park"), [] { return now; }};
};

TEST_F(ClerksQueueTest, TitleHasTheSubjectUnlessThatCanBeInNone) {
  ASSERT_TRUE(queue_.hand_over(
      delivery({"HD-1", "", "two\nlines", std::string(300, 'x'), "\u202eturned"})));
  std::vector<std::string> titles;
  for (const tasks::Task& task : delivered())
    titles.push_back(task.asked.title);
  EXPECT_THAT(titles, ::testing::ElementsAre("营业执照 HD-1", "营业执照", "营业执照", "营业执照",
                                             "营业执照"));
  auto untitled = delivery({"", "HD-1"});
  untitled.name = "park-licences.1.2";
  untitled.title = "";
  ASSERT_TRUE(queue_.hand_over(untitled));
  const auto added = tasks_->delivered(untitled.name).value().value();
  EXPECT_EQ(added.at(0).asked.title, "licence");
  EXPECT_EQ(added.at(1).asked.title, "licence HD-1");
}

TEST_F(ClerksQueueTest, TasksAreOfTheBureauAndOfNow) {
  ASSERT_TRUE(queue_.hand_over(delivery({"a"})));
  const auto found = delivered();
  EXPECT_EQ(found.at(0).asked.bureau.str(), "park");
  EXPECT_EQ(found.at(0).created, now);
}

TEST_F(ClerksQueueTest, WhatBecameOfEachRecordIsTold) {
  ASSERT_TRUE(queue_.hand_over(delivery({"a", "b", "c", "d"})));
  const auto tasks = delivered();
  claim(tasks.at(0).id);
  apply(tasks.at(0).id, tasks::ConfirmDelivery{wang, "17"});
  claim(tasks.at(1).id);
  apply(tasks.at(1).id, tasks::DeclineDelivery{wang, "why"});
  claim(tasks.at(2).id);
  apply(tasks.at(2).id, tasks::ReturnIt{wang, "?"});
  const auto answers = queue_.find("park-licences.1.1").value().value();
  ASSERT_EQ(answers.size(), 4U);
  EXPECT_EQ(answers[0].state, State::confirmed);
  EXPECT_EQ(answers[0].receipt_number, "17");
  EXPECT_EQ(answers[0].by, "wang");
  EXPECT_EQ(answers[0].at, now);
  EXPECT_EQ(answers[1].state, State::declined);
  EXPECT_EQ(answers[1].reason, "why");
  EXPECT_EQ(answers[2].state, State::waiting) << "the supervisor has not said anything yet";
  EXPECT_EQ(answers[2].reason, "");
  EXPECT_EQ(answers[3].state, State::waiting);
  EXPECT_EQ(queue_.withdraw("park-licences.1.1").error().code, QueueProblem::too_late);
  EXPECT_EQ(queue_.withdraw("another").error().code, QueueProblem::unknown);
}

TEST_F(ClerksQueueTest, TextThatIsTooLongFailsForGood) {
  auto large = delivery({"a"});
  large.records[0].laid_out = std::string(tasks::longest_values + 1, 'x');
  EXPECT_EQ(queue_.hand_over(large).error().code, QueueProblem::failed);
}

}  // namespace
}  // namespace sluice::clerks
