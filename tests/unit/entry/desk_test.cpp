#include "entry/desk.h"

#include <gtest/gtest.h>

#include "licence_desk.h"
#include "support/journal_builder.h"

namespace sluice::entry::test {
namespace {

std::unique_ptr<Desk> open_desk(const LicenceDesk& licences, journal::test::Desk& journals,
                                RunningDrafts& running) {
  return Desk::make(
             {licences.keyed()}, journals.open(), journals.limits,
             [](const auto& failure) { ADD_FAILURE() << record::to_string(failure); }, running)
      .value();
}

TEST(Desk, HasAFormOfEachDatasetThatIsKeyed) {
  const LicenceDesk licences;
  journal::test::Desk journals;
  RunningDrafts running;
  const auto desk = open_desk(licences, journals, running);
  ASSERT_NE(desk->find(record::DatasetId("licence")), nullptr);
  EXPECT_EQ(desk->find(record::DatasetId("licence"))->form().title, "企业设立登记");
  EXPECT_EQ(desk->find(record::DatasetId("approval")), nullptr);
  EXPECT_EQ(desk->checkers().size(), 1U);
}

TEST(Desk, AnswersOnceARecordIsDurableAndTakesADraftOnce) {
  const LicenceDesk licences;
  journal::test::Desk journals;
  RunningDrafts running;
  const auto desk = open_desk(licences, journals, running);
  const auto checked = [&] {
    return desk->find(record::DatasetId("licence"))->check(good_form()).value();
  };
  const auto first = desk->save(DraftId("task-1"), checked());
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->is_new);
  EXPECT_EQ(first->placement.sequence.value, 1U);
  const auto again = desk->save(DraftId("task-1"), checked());
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->is_new);
}

TEST(Desk, TakesNothingOfADatasetWhileSomethingIsInItsWay) {
  const LicenceDesk licences;
  journal::test::Desk journals;
  RunningDrafts running;
  std::optional<std::string> why = "the store has it otherwise";
  const auto desk =
      Desk::make(
          {licences.keyed()}, journals.open(), journals.limits, [](const auto&) {}, running,
          [&](const record::DatasetId& dataset) {
            return dataset.str() == "licence" ? why : std::nullopt;
          })
          .value();
  const auto checked = [&] {
    return desk->find(record::DatasetId("licence"))->check(good_form()).value();
  };
  const auto refused = desk->save(DraftId("task-1"), checked());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, SaveProblem::schema_conflict);
  EXPECT_EQ(refused.error().sentence, "the store has it otherwise");
  why.reset();
  EXPECT_TRUE(desk->save(DraftId("task-1"), checked()));
}

TEST(Desk, IsNotOpenedWithoutTheTableOfAFieldsCodes) {
  const LicenceDesk licences;
  journal::test::Desk journals;
  const CodeTables none;
  KeyedDataset keyed = licences.keyed();
  KeyedDataset bare{keyed.dataset, keyed.checker, keyed.mapping, none, keyed.origin};
  RunningDrafts running;
  EXPECT_FALSE(Desk::make(
      {bare}, journals.open(), journals.limits, [](const auto&) {}, running));
}

}  // namespace
}  // namespace sluice::entry::test
