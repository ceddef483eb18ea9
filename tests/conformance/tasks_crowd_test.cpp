// Many clerks at once, each with a handle of its own, as in as many processes: each task is keyed
// once and checked once, by two persons. SLUICE_CROWD_TASKS says how many tasks, for longer runs.
#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/tasks_home.h"

namespace sluice::test {
namespace {

using tasks::AccountName;
using tasks::TaskProblem;
using tasks::TaskState;

constexpr std::uint64_t clerks = 20;

std::uint64_t task_count() {
  const char* said = std::getenv("SLUICE_CROWD_TASKS");
  return said != nullptr ? std::strtoull(said, nullptr, 10) : 1000;
}

// What all clerks did, by task.
struct Ledger {
  std::mutex mutex;
  std::map<std::uint64_t, std::vector<std::string>> keyed;
  std::map<std::uint64_t, std::vector<std::string>> checked;
  std::vector<std::string> complaints;
  std::atomic<std::uint64_t> done = 0;
};

// What is `unavailable` (another does not let go of a file) is done again, though not for ever; as
// nothing is cut here, it was not done.
template <class Call>
auto until_available(const Call& call) {
  constexpr int most_tries = 20;  // each has waited for so long as a caller does
  auto done = call();
  for (int tries = 1; tries < most_tries && !done; ++tries) {
    if (done.error().code != TaskProblem::unavailable) break;
    done = call();
  }
  return done;
}

template <class Ledger>
void complain(Ledger& ledger, const tasks::TaskFailure& failure) {
  const std::lock_guard lock(ledger.mutex);
  ledger.complaints.push_back(record::to_string(failure));
  ledger.done += 1'000'000'000;  // nobody goes on
}

class TasksCrowdTest : public TasksTest {
 protected:
  // Every third task is to be checked.
  static bool needs_check(const tasks::Task& task) { return task.id.value % 3 == 0; }

  // Works until all is done.
  void work(tasks::Tasks& tasks, const AccountName& clerk, std::uint64_t all, Ledger& ledger) {
    while (ledger.done < all) {
      const auto task = until_available([&] { return tasks.claim_next(wish(clerk), now_); });
      if (!task) {
        complain(ledger, task.error());
      } else if (*task) {
        finish(tasks, **task, clerk, ledger);
      } else {
        std::this_thread::yield();
      }
    }
  }

  void finish(tasks::Tasks& tasks, const tasks::Task& task, const AccountName& clerk,
              Ledger& ledger) {
    const bool is_check = task.state == TaskState::keyed;
    const std::string values = fmt::format("{} of {}", task.id.value, clerk.str());
    const auto action = is_check ? tasks::Action(tasks::FinishCheck{clerk, values, 5, 0})
                                 : tasks::FinishKeying{clerk, values, needs_check(task)};
    const auto finished = until_available([&] { return tasks.apply(task.id, action, now_); });
    if (!finished) return complain(ledger, finished.error());
    const std::lock_guard lock(ledger.mutex);
    (is_check ? ledger.checked : ledger.keyed)[task.id.value].push_back(clerk.str());
    if (finished->state == TaskState::ready) ++ledger.done;
  }
};
INSTANTIATE_TEST_SUITE_P(Tasks, TasksCrowdTest, ::testing::ValuesIn(tasks_kinds()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(TasksCrowdTest, EachTaskIsDoneOnceAndCheckedByAnother) {
  const std::uint64_t all = task_count();
  const std::vector<tasks::NewTask> sheet(
      all, {.bureau = park, .dataset = record::DatasetId("enterprise")});
  ASSERT_TRUE(tasks_->add(sheet, boss, now_));
  Ledger ledger;
  {
    std::vector<std::jthread> crowd;
    for (std::uint64_t i = 0; i < clerks; ++i) {
      crowd.emplace_back([&, i] {
        const auto handle = home_->open();
        work(*handle, AccountName(fmt::format("clerk{}", i)), all, ledger);
      });
    }
  }
  ASSERT_THAT(ledger.complaints, ::testing::IsEmpty());
  EXPECT_EQ(ledger.done, all);
  EXPECT_EQ(ledger.keyed.size(), all);
  EXPECT_EQ(ledger.checked.size(), all / 3);
  for (const auto& [id, by] : ledger.keyed)
    EXPECT_EQ(by.size(), 1U) << "task " << id;
  for (const auto& [id, by] : ledger.checked) {
    ASSERT_EQ(by.size(), 1U) << "task " << id;
    EXPECT_NE(by[0], ledger.keyed[id][0]) << "task " << id;
    EXPECT_EQ(find({id}).first, fmt::format("{} of {}", id, ledger.keyed[id][0]));
  }
  // Each was claimed as often as it was finished: no two had it one behind the other.
  EXPECT_EQ(home_->ask("SELECT CAST(count(*) AS text) FROM {history} WHERE what = 'claimed'"),
            std::to_string(all + all / 3));
}

// Which deliveries of one record are before somebody at this moment, and in which order they were
// given.
struct RecordLedger {
  std::mutex mutex;
  std::map<std::string, int> under_way;
  std::map<std::string, std::vector<std::uint64_t>> given;
  std::vector<std::string> complaints;
  std::atomic<std::uint64_t> done = 0;
};

class TasksDeliveryCrowdTest : public TasksTest {
 protected:
  static constexpr std::uint64_t records = 7;
  static constexpr std::uint64_t rounds = 20;

  void work(tasks::Tasks& tasks, const AccountName& clerk, RecordLedger& ledger) {
    while (ledger.done < records * rounds) {
      const auto task = until_available([&] { return tasks.claim_next(wish(clerk), now_); });
      if (!task) {
        complain(ledger, task.error());
      } else if (*task) {
        confirm(tasks, **task, clerk, ledger);
      } else {
        std::this_thread::yield();
      }
    }
  }

  void confirm(tasks::Tasks& tasks, const tasks::Task& task, const AccountName& clerk,
               RecordLedger& ledger) {
    const std::string& key = task.asked.outgoing->record_key;
    {
      const std::lock_guard lock(ledger.mutex);
      if (++ledger.under_way[key] > 1) ledger.complaints.push_back("two have " + key);
      ledger.given[key].push_back(task.id.value);
    }
    for (int typed = 0; typed < 3; ++typed)  // others ask meanwhile
      static_cast<void>(tasks.apply(task.id, tasks::SaveDraft{clerk, "{}", lease}, now_));
    {
      // Before it is answered: another may be given the next one at that moment.
      const std::lock_guard lock(ledger.mutex);
      --ledger.under_way[key];
    }
    const auto done = until_available([&] {
      return tasks.apply(task.id, tasks::ConfirmDelivery{clerk, "1"}, now_);
    });
    if (!done) return complain(ledger, done.error());
    ++ledger.done;
  }

  // All records again and again.
  void deliver(tasks::Tasks& tasks, int side, const std::vector<std::string>& keys,
               RecordLedger& ledger) {
    for (std::uint64_t round = 0; round < rounds / 2; ++round) {
      const auto asked = delivery(fmt::format("d{}-{}", side, round), keys);
      const auto handed_over = until_available([&] { return tasks.hand_over(asked, now_); });
      if (!handed_over) return complain(ledger, handed_over.error());
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Tasks, TasksDeliveryCrowdTest, ::testing::ValuesIn(tasks_kinds()),
                         [](const auto& tested) { return tested.param.name; });

// Deliveries come from two sides while clerks are at those before.
TEST_P(TasksDeliveryCrowdTest, EachRecordsDeliveriesAreAnsweredOneAfterAnother) {
  std::vector<std::string> keys;
  for (std::uint64_t i = 0; i < records; ++i)
    keys.push_back(fmt::format("record {}", i));
  hand_over(delivery("none", {}));  // the tables are there
  RecordLedger ledger;
  {
    std::vector<std::jthread> crowd;
    for (int side = 0; side < 2; ++side)
      crowd.emplace_back([&, side] { deliver(*home_->open(), side, keys, ledger); });
    for (std::uint64_t i = 0; i < clerks; ++i) {
      crowd.emplace_back(
          [&, i] { work(*home_->open(), AccountName(fmt::format("clerk{}", i)), ledger); });
    }
  }
  ASSERT_THAT(ledger.complaints, ::testing::IsEmpty());
  for (const std::string& key : keys) {
    EXPECT_EQ(ledger.given[key].size(), rounds) << key;
    EXPECT_TRUE(std::ranges::is_sorted(ledger.given[key])) << key;
  }
}

}  // namespace
}  // namespace sluice::test
