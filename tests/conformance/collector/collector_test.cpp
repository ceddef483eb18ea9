#include <algorithm>
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/collector/collector_suite.h"
#include "intake/door.h"

namespace sluice::adapters::conformance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Handed {
  std::uint64_t place = 0;
  bool accepted = false;
  Values values;
  std::string original;
  intake::RowProblem problem;
};

class WatchingDoor final : public intake::Door {
 public:
  using Answer = std::expected<void, intake::IntakeFailure>;
  Answer begin(std::span<const std::string> names) override {
    EXPECT_THAT(handed, IsEmpty()) << "columns come before the first row";
    ++begun;
    columns.assign(names.begin(), names.end());
    return answer();
  }
  Answer accept(const intake::SourceRow& row) override {
    EXPECT_EQ(begun, 1) << "columns are announced once, before the first row";
    EXPECT_EQ(row.values.size(), columns.size());
    Handed& taken = handed.emplace_back();
    taken.accepted = true;
    taken.place = row.place;
    taken.original = row.original.bytes();
    for (const auto& value : row.values)
      taken.values.emplace_back(value);
    return answer();
  }
  Answer reject(std::uint64_t place, std::string_view original,
                const intake::RowProblem& problem) override {
    EXPECT_EQ(begun, 1) << "columns are announced once, before the first row";
    handed.push_back({place, false, {}, std::string(original), problem});
    return answer();
  }

  // Of a row, by column name: a collector may announce more columns than a delivery has, or in
  // another order.
  [[nodiscard]] Values values(const Handed& row, const std::vector<std::string>& names) const {
    Values result;
    for (const std::string& name : names) {
      const auto at = std::ranges::find(columns, name);
      result.push_back(at == columns.end()
                           ? "no such column"
                           : row.values[static_cast<std::size_t>(at - columns.begin())]);
    }
    return result;
  }

  std::size_t fail_after = SIZE_MAX;  // rows
  std::optional<intake::IntakeProblem> fail_with;
  int calls_after_failure = 0;
  int begun = 0;
  std::vector<std::string> columns;
  std::vector<Handed> handed;

 private:
  Answer answer() {
    if (failed_) ++calls_after_failure;
    if (!fail_with || handed.size() < fail_after) return {};
    failed_ = true;
    return std::unexpected(intake::IntakeFailure{*fail_with, "", "as the test wants it"});
  }
  bool failed_ = false;
};

class WatchingProgress final : public Progress {
 public:
  void advanced(std::uint64_t bytes, std::uint64_t of_bytes, std::uint64_t rows) override {
    EXPECT_GE(bytes, last_bytes);
    EXPECT_GE(rows, last_rows);
    EXPECT_TRUE(of_bytes == 0 || bytes <= of_bytes);
    last_bytes = bytes;
    last_rows = rows;
    ++times;
  }
  std::uint64_t last_bytes = 0;
  std::uint64_t last_rows = 0;
  int times = 0;
};

Delivery delivery_of(std::size_t rows) {
  Delivery delivery{{"code", "name"}, {}};
  for (std::size_t i = 1; i <= rows; ++i)
    delivery.rows.push_back({{std::to_string(i), "name " + std::to_string(i)}, false});
  return delivery;
}

TEST_P(CollectorConformance, EveryRowIsHandedOverOnceAndInOrder) {
  const Delivery delivery = delivery_of(1000);
  WatchingDoor door;
  WatchingProgress progress;
  const auto instance = GetParam().deliver(delivery);
  const auto result = instance->collector().collect(door, progress);
  ASSERT_TRUE(result) << to_string(result.error());
  ASSERT_EQ(door.handed.size(), delivery.rows.size());
  for (std::size_t i = 0; i < door.handed.size(); ++i) {
    EXPECT_TRUE(door.handed[i].accepted);
    EXPECT_EQ(door.values(door.handed[i], delivery.columns), delivery.rows[i].values);
  }
}

TEST_P(CollectorConformance, PlacesGrowFromRowToRow) {
  WatchingDoor door;
  WatchingProgress progress;
  ASSERT_TRUE(GetParam().deliver(delivery_of(10))->collector().collect(door, progress));
  std::uint64_t last = 0;
  for (const Handed& row : door.handed) {
    EXPECT_GT(row.place, last);
    last = row.place;
  }
}

TEST_P(CollectorConformance, ValuesArriveAsTheyWereWhateverTheyHold) {
  Delivery delivery{{"code", "name"}, {}};
  for (const char* text : {"", " ", "\"", "\\", ",", "\t", "line\nline", "line\r\nline", "'", "{}",
                           "[1]", "null", "NULL", "#", "北京", "\U00020087", "=1+1"}) {
    delivery.rows.push_back({{std::to_string(delivery.rows.size()), text}, false});
  }
  WatchingDoor door;
  WatchingProgress progress;
  const auto instance = GetParam().deliver(delivery);
  ASSERT_TRUE(instance->collector().collect(door, progress));
  ASSERT_EQ(door.handed.size(), delivery.rows.size());
  for (std::size_t i = 0; i < door.handed.size(); ++i) {
    EXPECT_TRUE(door.handed[i].accepted) << i << ": " << door.handed[i].problem.sentence;
    if (door.handed[i].accepted) {
      EXPECT_EQ(door.values(door.handed[i], delivery.columns), delivery.rows[i].values);
    }
  }
}

TEST_P(CollectorConformance, MissingValueIsToldApartFromAnEmptyOne) {
  const Delivery delivery{{"code", "name"}, {{{"1", std::nullopt}}, {{"2", ""}}}};
  WatchingDoor door;
  WatchingProgress progress;
  const auto instance = GetParam().deliver(delivery);
  ASSERT_TRUE(instance->collector().collect(door, progress));
  ASSERT_EQ(door.handed.size(), 2);
  EXPECT_EQ(door.values(door.handed[0], {"name"}), Values{std::nullopt});
  EXPECT_EQ(door.values(door.handed[1], {"name"}), Values{""});
}

TEST_P(CollectorConformance, MalformedRowIsRejectedWithReasonAndOriginalAndStopsNoOther) {
  Delivery delivery = delivery_of(5);
  delivery.rows[1].is_malformed = true;
  delivery.rows[4].is_malformed = true;
  WatchingDoor door;
  WatchingProgress progress;
  ASSERT_TRUE(GetParam().deliver(delivery)->collector().collect(door, progress));
  std::vector<bool> accepted;
  for (const Handed& row : door.handed) {
    accepted.push_back(row.accepted);
    EXPECT_FALSE(row.original.empty());
    if (row.accepted) continue;
    EXPECT_FALSE(row.problem.rule.empty());
    EXPECT_FALSE(row.problem.sentence.empty());
  }
  EXPECT_THAT(accepted, ElementsAre(true, false, true, true, false));
}

TEST_P(CollectorConformance, DeliveryWithoutRowsIsNoFailure) {
  WatchingDoor door;
  WatchingProgress progress;
  ASSERT_TRUE(GetParam().deliver(delivery_of(0))->collector().collect(door, progress));
  EXPECT_THAT(door.handed, IsEmpty());
  EXPECT_EQ(door.begun, 1);
}

TEST_P(CollectorConformance, FailureOfTheDoorEndsTheCollectionAndIsReportedAsItself) {
  const std::pair<intake::IntakeProblem, CollectionProblem> cases[] = {
      {intake::IntakeProblem::refused, CollectionProblem::refused},
      {intake::IntakeProblem::backlog_full, CollectionProblem::backlog_full},
      {intake::IntakeProblem::journal_failed, CollectionProblem::journal_failed}};
  for (const auto& [problem, expected] : cases) {
    for (const bool at_malformed : {false, true}) {
      Delivery delivery = delivery_of(5);
      delivery.rows[1].is_malformed = at_malformed;
      WatchingDoor door;
      door.fail_with = problem;
      door.fail_after = 2;
      WatchingProgress progress;
      const auto result = GetParam().deliver(delivery)->collector().collect(door, progress);
      ASSERT_FALSE(result);
      EXPECT_EQ(result.error().code, expected);
      EXPECT_EQ(door.handed.size(), 2);
      EXPECT_EQ(door.calls_after_failure, 0);
    }
  }
}

TEST_P(CollectorConformance, ColumnsThatTheDoorDoesNotWantEndTheCollectionBeforeAnyRow) {
  WatchingDoor door;
  door.fail_with = intake::IntakeProblem::columns_mismatch;
  door.fail_after = 0;
  WatchingProgress progress;
  const auto result = GetParam().deliver(delivery_of(5))->collector().collect(door, progress);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, CollectionProblem::bad_columns);
  EXPECT_THAT(door.handed, IsEmpty());
}

TEST_P(CollectorConformance, ProgressOnlyGrowsAndEndsWithAllRows) {
  WatchingDoor door;
  WatchingProgress progress;
  ASSERT_TRUE(GetParam().deliver(delivery_of(20'000))->collector().collect(door, progress));
  EXPECT_GE(progress.times, 1);
  EXPECT_EQ(progress.last_rows, 20'000);
}

}  // namespace
}  // namespace sluice::adapters::conformance
