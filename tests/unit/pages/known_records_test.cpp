#include "pages/known_records.h"

#include <condition_variable>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/sqlite/sqlite_store.h"
#include "support/temporary_directory.h"

namespace sluice::pages::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct KeptLog : observe::LogTarget {
  explicit KeptLog(std::vector<std::string>& kept) : lines(kept) {}
  std::error_code write(const observe::LogEntry& entry) override {
    lines.push_back(entry.line);
    return {};
  }
  std::vector<std::string>& lines;
};

class KnownRecordsTest : public testing::Test {
 protected:
  store::Result<std::unique_ptr<store::Store>> open() {
    ++opened_;
    if (on_open_) on_open_();
    if (is_away_) {
      return std::unexpected(
          store::StoreFailure{store::StoreProblem::unavailable, "store", "no connection"});
    }
    return store::open_sqlite(directory_ / "central.sqlite", [this] { return now_; });
  }
  bool is_told(std::uint64_t task = 1, const std::string& account = "jia") {
    return known_.find({task, account}, dataset_, {"1"}).is_told;
  }

  record::test::TemporaryDirectory directory_;
  record::Dataset dataset_{.id = record::DatasetId("register"),
                           .owner = record::BureauId("park"),
                           .title = {},
                           .schema = {.fields = {{.name = "number"}}, .primary_key = {"number"}}};
  record::Time now_ = record::parse_time("2026-11-29T02:00:00.000Z").value();
  bool is_away_ = false;
  int opened_ = 0;
  std::function<void()> on_open_;
  std::vector<std::string> logged_;
  observe::Log log_{observe::Log::Level::info, std::make_unique<KeptLog>(logged_)};
  KnownRecords known_{[this] { return open(); }, [this] { return now_; }, log_};
};

TEST_F(KnownRecordsTest, TheStoreIsOpenedWhenItIsFirstAskedAndKept) {
  EXPECT_EQ(opened_, 0);
  EXPECT_TRUE(is_told());
  EXPECT_TRUE(is_told());
  EXPECT_EQ(opened_, 1);
  EXPECT_THAT(logged_, IsEmpty());
}

TEST_F(KnownRecordsTest, OfADatasetThatNeverCameNothingIsKnown) {
  const auto answer = known_.find({1, "jia"}, dataset_, {"1"});
  EXPECT_TRUE(answer.is_told);
  EXPECT_FALSE(answer.record);
}

TEST_F(KnownRecordsTest, AStoreThatIsAwayIsAskedAndComplainedOfOnceAMinute) {
  is_away_ = true;
  EXPECT_FALSE(is_told());
  is_away_ = false;
  now_ += KnownRecords::pause - std::chrono::seconds(1);
  EXPECT_FALSE(is_told());
  EXPECT_EQ(opened_, 1);
  EXPECT_THAT(logged_, SizeIs(1));
  EXPECT_THAT(logged_.front(), testing::HasSubstr("known-records-unavailable"));
  now_ += std::chrono::seconds(1);
  EXPECT_TRUE(is_told());
  EXPECT_THAT(logged_, SizeIs(1));
}

TEST_F(KnownRecordsTest, AClockThatIsSetBackPausesNothing) {
  is_away_ = true;
  EXPECT_FALSE(is_told());
  is_away_ = false;
  now_ -= std::chrono::hours(24);
  EXPECT_TRUE(is_told());
}

TEST_F(KnownRecordsTest, NobodyReadsThroughARegisterAtOneTask) {
  for (int i = 0; i < KnownRecords::most_of_a_task; ++i)
    ASSERT_TRUE(is_told());
  EXPECT_FALSE(is_told());
  EXPECT_TRUE(is_told(2)) << "another task";
  EXPECT_TRUE(is_told(1, "yi")) << "another person";
  EXPECT_FALSE(is_told());
}

TEST_F(KnownRecordsTest, WhileSomeWaitForTheStoreOthersDoNot) {
  std::mutex mutex;
  std::condition_variable changed;
  int waiting = 0;
  bool may_go_on = false;
  on_open_ = [&] {
    std::unique_lock lock(mutex);
    if (++waiting > KnownRecords::most_at_once) return;
    changed.notify_all();
    changed.wait(lock, [&] { return may_go_on; });
  };
  std::vector<std::jthread> slow;
  for (int i = 0; i < KnownRecords::most_at_once; ++i) {
    slow.emplace_back([&] { EXPECT_TRUE(is_told()); });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return waiting == i + 1; });
  }
  EXPECT_FALSE(is_told());
  {
    const std::lock_guard lock(mutex);
    may_go_on = true;
  }
  changed.notify_all();
  slow.clear();
  EXPECT_TRUE(is_told());
  EXPECT_THAT(logged_, IsEmpty());
}

}  // namespace
}  // namespace sluice::pages::test
