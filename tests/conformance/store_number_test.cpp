// A store's number, from which its ledger's ids go up.
#include <gmock/gmock.h>

#include "conformance/store_fixture.h"

namespace sluice::test {
namespace {

using store::StoreNumber;
using store::StoreProblem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::int64_t ids_of_each = std::int64_t{1} << 48;

class StoreNumberTest : public StoreSuite {
 protected:
  // Every kind knows its number at the first call, if it opens at all.
  store::Result<std::vector<record::StreamId>> streams_of(StoreNumber number) {
    auto opened = home_->open(clock_, number);
    if (!opened) return std::unexpected(opened.error());
    return (*opened)->streams();
  }
  std::vector<std::int64_t> ids() {
    std::vector<std::int64_t> all;
    EXPECT_TRUE(store_->walk({}, [&](const store::LedgerEntry& entry, auto&) {
      all.push_back(entry.id);
      return true;
    }));
    return all;
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreNumberTest, ::testing::ValuesIn(store_kinds()), kind_name);

TEST_P(StoreNumberTest, LedgerIdsBeginBehindTheNumberTimesTwoToThe48th) {
  for (const std::uint16_t number : {std::uint16_t{0}, store::largest_store_number}) {
    home_ = GetParam().make();
    stream_ = TestStream("park");
    store_ = home_->open(clock_, {number}).value();
    prepare(enterprises());
    apply(enterprises(), {upsert({"a", "Alpha", "1"})});
    const record::Time then = clock_.last();
    apply(enterprises(), {upsert({"a", "Beta", "1"})});
    EXPECT_THAT(ids(), ElementsAre(number * ids_of_each + 1, number * ids_of_each + 2));
    EXPECT_THAT(records(enterprises(), then), ElementsAre(columns({"a", "Alpha", "1"})));
  }
}

TEST_P(StoreNumberTest, StoreThatWasToldANumberRefusesEveryOther) {
  ASSERT_TRUE(streams_of({7}));
  for (const std::uint16_t number : {std::uint16_t{0}, std::uint16_t{8}}) {
    const auto refused = streams_of({number});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, StoreProblem::another_store);
    EXPECT_THAT(refused.error().sentence, HasSubstr("say `store.number: 7`"));
  }
  store_ = home_->open(clock_, {7}).value();
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Alpha", "1"})});
  EXPECT_THAT(ids(), ElementsAre(7 * ids_of_each + 1));
  EXPECT_FALSE(streams_of({8}));
  EXPECT_TRUE(streams_of({7}));
}

TEST_P(StoreNumberTest, StoreOfBeforeThereWereNumbersStaysZeroOnceItHasALedger) {
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Alpha", "1"})});
  const auto refused = streams_of({7});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr("say `store.number: 0`"));
  apply(enterprises(), {upsert({"a", "Beta", "1"})});
  EXPECT_THAT(ids(), ElementsAre(1, 2));
}

}  // namespace
}  // namespace sluice::test
