// A replay of what was held: its rows are those of the entry that settles it, and of the version
// that the tables had then.
#include <gmock/gmock.h>

#include "conformance/replay_fixture.h"

namespace sluice::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReplayHeldTest : public ReplaySuite {
 protected:
  void SetUp() override {
    ReplaySuite::SetUp();
    catalogue_ = exchange::Catalogue::compile({{enterprises().id, enterprises()}}).value();
  }
  Sent hold(const std::vector<std::string>& lines) {
    Sent sent = stream_.batch(enterprises(), lines);
    const std::string reason = "its schema is not here";
    EXPECT_TRUE(store_->hold({sent.manifest, sent.batch, reason},
                             receipt_maker(sent.manifest, sent.batch)));
    return sent;
  }
  std::int64_t id_of(const Sent& sent) {
    return store_->find_held(store::NumberOfStream{sent.manifest.stream, sent.manifest.sequence})
        .value()
        .value()
        .id;
  }
  record::RowOutcomes settle(const Sent& sent) {
    const auto dataset = enterprises();
    const auto checker = checker_of(dataset);
    return receipt_of(store_
                          ->apply({.manifest = sent.manifest,
                                   .batch = sent.batch,
                                   .dataset = dataset,
                                   .checker = checker,
                                   .settles = id_of(sent)},
                                  receipt_maker(sent.manifest, sent.batch))
                          .value())
        .rows;
  }
  void release(const Sent& sent) {
    const std::string reason = "the bureau sends it anew";
    EXPECT_TRUE(store_->reject({sent.manifest, sent.batch, reason, id_of(sent)},
                               receipt_maker(sent.manifest, sent.batch)));
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, ReplayHeldTest, ::testing::ValuesIn(store_kinds()), kind_name);

// 1 in the ledger; 2 to 5 are held, 6 to 9 settle them.
TEST_P(ReplayHeldTest, SaysTheSameOfWhatWasHeldAndSettledOrReleased) {
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Alpha", "1"}), upsert({"b", "Beta", "2"})});
  const Sent first = hold({upsert({"a", "Alpha", "2"}), upsert({"c", "Gamma", "3"})});
  const Sent second = hold({upsert({"a", "Alpha", "3"}), remove({"b"}, 3)});
  const Sent third = hold({upsert({"d", "Delta", "4"}), upsert({"a", "Alpha", "4"})});
  const Sent fourth = hold({upsert({"a", "Alpha", "5"}), upsert({"e", "Eta", "no number"})});
  EXPECT_THAT(found(), IsEmpty()) << "while it is held";
  EXPECT_EQ(settle(first), outcomes(1, 1, 0, 0, 0));
  EXPECT_EQ(settle(second), outcomes(0, 1, 0, 1, 0));
  release(third);
  EXPECT_THAT(found(), IsEmpty()) << "while some of it is";
  EXPECT_EQ(settle(fourth), outcomes(0, 1, 0, 0, 1));
  apply(enterprises(), {upsert({"c", "Gamma", "33"})});
  EXPECT_THAT(found(), IsEmpty());
  const auto report = replay();
  EXPECT_EQ(report.count_not_replayed(), 0U);
  EXPECT_EQ(report.last, 10);
  EXPECT_EQ(report.datasets[0].current, 2U);
  EXPECT_EQ(report.datasets[0].ended, 5U);
}

TEST_P(ReplayHeldTest, FindsAChangedRowOfWhatWasSettled) {
  prepare(enterprises());
  const Sent first = hold({upsert({"a", "Alpha", "2"})});
  const Sent second = hold({upsert({"b", "Beta", "2"})});
  settle(first);
  settle(second);
  tamper(fmt::format("UPDATE {} SET name = 'Other' WHERE code = 'a'", current()));
  EXPECT_THAT(found(), ElementsAre(HasSubstr("enterprise current a, entry 3: it has other")));
}

}  // namespace
}  // namespace sluice::test
