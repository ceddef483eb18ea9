// Applying, once and in order, and reading back: what every store must do.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/store_fixture.h"

namespace sluice::test {
namespace {

using store::StoreProblem;
using ::testing::ElementsAre;

class StoreTest : public StoreSuite {};
INSTANTIATE_TEST_SUITE_P(Stores, StoreTest, ::testing::ValuesIn(store_kinds()), kind_name);

TEST_P(StoreTest, FirstLoadIsReadBackInKeyOrder) {
  const auto dataset = enterprises();
  prepare(dataset);
  const auto receipt = apply(
      dataset, {upsert({"b", "Beta", "2"}), upsert({"a", "Alpha", null}), upsert({"c", "", "-3"})});
  EXPECT_EQ(receipt.outcome, record::Outcome::accepted);
  EXPECT_EQ(receipt.rows, outcomes(3, 0, 0, 0, 0));
  EXPECT_THAT(records(dataset), ElementsAre(columns({"a", "Alpha", null}),
                                            columns({"b", "Beta", "2"}), columns({"c", "", "-3"})));
}

TEST_P(StoreTest, BatchSentTwiceGetsItsFirstReceiptAndIsNotApplied) {
  const auto dataset = enterprises();
  prepare(dataset);
  const Sent sent = stream_.batch(dataset, {upsert({"a", "Alpha", "1"})});
  const auto first = test::apply(*store_, dataset, sent);
  store_ = home_->open(clock_);  // as after a restart
  prepare(dataset);
  const auto second = test::apply(*store_, dataset, sent);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->json, second->json);
  EXPECT_EQ(first->signature, second->signature);
  EXPECT_THAT(home_->query("SELECT count(*) FROM " + home_->table("history", "enterprise")),
              ElementsAre("0"));
  EXPECT_THAT(records(dataset), ElementsAre(columns({"a", "Alpha", "1"})));
}

TEST_P(StoreTest, ReceiptThatCanNotBeMadeLeavesNothingBehind) {
  const auto dataset = enterprises();
  prepare(dataset);
  const Sent sent = stream_.batch(dataset, {upsert({"a", "Alpha", "1"})});
  const auto checker = checker_of(dataset);
  const store::ReceiptMaker broken = [](auto&&...) -> record::SignedReceipt {
    throw std::runtime_error("no key");
  };
  EXPECT_THROW(
      static_cast<void>(store_->apply({sent.manifest, sent.batch, dataset, checker}, broken)),
      std::runtime_error);
  EXPECT_THAT(records(dataset), ElementsAre());
  EXPECT_EQ(apply(dataset, sent).rows, outcomes(1, 0, 0, 0, 0));
}

TEST_P(StoreTest, BatchThatIsNotNextIsOutOfOrder) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", "Alpha", "1"})});
  const auto& head = stream_.head();
  const auto ahead = stream_.stray(dataset, {upsert({"b", "Beta", "1"})},
                                   {{head.sequence.value + 1}, head.manifest});
  EXPECT_EQ(refusal(dataset, ahead), StoreProblem::out_of_order);
  EXPECT_EQ(refusal(dataset, TestStream("park", 999).batch(dataset, {})),
            StoreProblem::out_of_order);
  EXPECT_THAT(records(dataset), ElementsAre(columns({"a", "Alpha", "1"})));
}

TEST_P(StoreTest, BatchThatFollowsAnotherOneBreaksTheChain) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", "Alpha", "1"})});
  const auto forged = stream_.stray(dataset, {upsert({"b", "Beta", "1"})},
                                    {stream_.head().sequence, record::sha256("another")});
  EXPECT_EQ(refusal(dataset, forged), StoreProblem::chain_broken);
  const auto first = TestStream("park", 1001).stray(dataset, {}, {{0}, record::sha256("x")});
  EXPECT_EQ(refusal(dataset, first), StoreProblem::chain_broken);
}

TEST_P(StoreTest, AnotherBatchUnderAnAppliedNumberIsConflicting) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", "Alpha", "1"})});
  const auto other = stream_.stray(dataset, {upsert({"a", "Omega", "1"})}, {});
  EXPECT_EQ(refusal(dataset, other), StoreProblem::conflicting);
}

Sent sealed_at(Sent sent, record::Time time) {
  sent.manifest.collected_at = time;
  sent.batch.manifest = record::to_json(sent.manifest);
  return sent;
}

// Of whatever epoch; an old key can not date back.
TEST_P(StoreTest, BatchSealedBeforeTheLastOneOfItsBureauIsUntimely) {
  const auto dataset = enterprises();
  prepare(dataset);
  const record::Time noon = record::parse_time("2026-11-23T12:00:00.000Z").value();
  const auto before = noon - std::chrono::milliseconds(1);
  const Sent first = sealed_at(stream_.stray(dataset, {upsert({"a", "Alpha", "1"})}, {}), noon);
  apply(dataset, first);
  const record::ChainHead head{{1}, record::sha256(first.batch.manifest)};
  const Sent second = stream_.stray(dataset, {upsert({"b", "Beta", "1"})}, head);
  EXPECT_EQ(refusal(dataset, sealed_at(second, before)), StoreProblem::untimely);
  const Sent renewed = TestStream("park", 2000).stray(dataset, {}, {});
  EXPECT_EQ(refusal(dataset, sealed_at(renewed, before)), StoreProblem::untimely);
  store_ = home_->open(clock_);
  prepare(dataset);
  EXPECT_EQ(refusal(dataset, sealed_at(second, before)), StoreProblem::untimely);
  EXPECT_EQ(apply(dataset, sealed_at(second, noon)).rows, outcomes(1, 0, 0, 0, 0));
}

TEST_P(StoreTest, LedgerTellsBesideEachReceiptWhatTheReceiptTells) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", "Alpha", "1"}), upsert({"b", "Beta", "2"})});
  apply(dataset,
        {upsert({"a", "Alpha", "1"}), upsert({"b", "Omega", "2"}), upsert({"c", "C", "3"})});
  std::vector<record::RowOutcomes> told;
  record::Time last{};
  ASSERT_TRUE(store_->walk({}, [&](const store::LedgerEntry& entry, const record::Batch&) {
    const record::Receipt receipt = receipt_of(entry.receipt);
    EXPECT_EQ(entry.outcome, record::to_string(receipt.outcome));
    EXPECT_EQ(entry.rows, receipt.rows);
    EXPECT_EQ(entry.applied_at, std::max(receipt.at, last + std::chrono::milliseconds(1)));
    last = entry.applied_at;
    told.push_back(entry.rows);
    return true;
  }));
  EXPECT_THAT(told, ElementsAre(outcomes(2, 0, 0, 0, 0), outcomes(1, 1, 1, 0, 0)));
}

TEST_P(StoreTest, NewEpochStartsAtOneAndEndsTheOldOne) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", "Alpha", "1"})});
  apply(dataset, {upsert({"b", "Beta", "1"})});
  TestStream renewed("park", 2000);
  EXPECT_EQ(refusal(dataset, renewed.stray(dataset, {}, {{1}, {}})), StoreProblem::out_of_order);
  const auto receipt = apply(
      dataset, renewed.batch(dataset, {upsert({"a", "Alpha", "1"}), upsert({"b", "B", "1"})}));
  EXPECT_EQ(receipt.rows, outcomes(0, 1, 1, 0, 0));
  EXPECT_EQ(refusal(dataset, stream_.batch(dataset, {})), StoreProblem::out_of_order);
  EXPECT_EQ(store_->head(stream_.id())->sequence.value, 2U);
  EXPECT_EQ(*store_->head(renewed.id()), renewed.head());
  EXPECT_THAT(*store_->streams(), ElementsAre(renewed.id()));
}

TEST_P(StoreTest, HeadFollowsTheLedger) {
  const auto dataset = enterprises();
  EXPECT_EQ(*store_->head(stream_.id()), record::ChainHead{});
  prepare(dataset);
  apply(dataset, {upsert({"a", "Alpha", "1"})});
  apply(dataset, std::vector<std::string>{});
  EXPECT_EQ(*store_->head(stream_.id()), stream_.head());
}

TEST_P(StoreTest, DatasetThatWasNotPreparedIsUnknown) {
  const auto dataset = enterprises();
  EXPECT_EQ(refusal(dataset, stream_.stray(dataset, {}, {})), StoreProblem::unknown_dataset);
  EXPECT_EQ(store_->read(dataset.id, std::nullopt, [](auto&) { return true; }).error().code,
            StoreProblem::unknown_dataset);
}

TEST_P(StoreTest, BatchForADatasetOfAnotherBureauIsRefused) {
  const auto dataset = enterprises();
  prepare(dataset);
  EXPECT_EQ(refusal(dataset, TestStream("portal").batch(dataset, {})), StoreProblem::failed);
}

TEST_P(StoreTest, PayloadThatDoesNotDecodeOrCountIsCorruptAndLeavesNothingBehind) {
  const auto dataset = enterprises();
  prepare(dataset);
  Sent cut = stream_.batch(dataset, {upsert({"a", "Alpha", "1"}), upsert({"b", "Beta", "1"})});
  const Sent whole = cut;
  cut.batch.payload.resize(cut.batch.payload.size() - 3);
  EXPECT_EQ(refusal(dataset, cut), StoreProblem::corrupt);
  Sent miscounted = whole;
  miscounted.manifest.upserts = {3};
  EXPECT_EQ(refusal(dataset, miscounted), StoreProblem::corrupt);
  EXPECT_THAT(records(dataset), ElementsAre());
  EXPECT_EQ(apply(dataset, whole).rows, outcomes(2, 0, 0, 0, 0));
}

TEST_P(StoreTest, ValuesOfEveryKindComeBackByteForByte) {
  using record::FieldType;
  const auto dataset = DatasetBuilder("everything", "park")
                           .field("text")
                           .field("amount", FieldType::number)
                           .field("count", FieldType::integer)
                           .field("flag", FieldType::boolean)
                           .field("day", FieldType::date)
                           .field("moment", FieldType::datetime)
                           .field("clock", FieldType::time)
                           .field("year", FieldType::year)
                           .field("month", FieldType::yearmonth)
                           .field("span", FieldType::duration)
                           .field("object", FieldType::object)
                           .field("list", FieldType::array)
                           .build();
  prepare(dataset);
  const std::vector<std::vector<Value>> wanted = {
      {"", "0", "0", "t", "0001-01-01", "0001-01-01T00:00:00Z", "00:00:00", "0001", "0001-01",
       "PT0S", "{}", "[]"},
      {"\\N", null, null, null, null, null, null, null, null, null, null, null},
      {"plain", "-12345678901234567890.000000001", "-9223372036854775808", "f", "2024-02-29",
       "2026-11-23T04:44:00.123456Z", "23:59:59.5", "2026", "2026-11", "P1Y2M3DT4H5M6.7S",
       R"({"b" : 1, "a":"\u4e2d\n\\", "a": 2})", R"([1,  2.50, "t\tab"])"},
      {"tab\tnewline\nreturn\rback\\slash\b\f\v", "1.5", "9223372036854775807", null, "9999-12-31",
       "9999-12-31T23:59:59.9Z", "12:00:00.000001", "9999", "9999-12", "P1W", "{\n}", "[\t]"},
      {"\x01\x1f\x7f quote \" ' {}", null, null, null, null, null, null, null, null, null, null,
       null},
      {"海淀区 𠮷 🏛️ e\u0301", null, null, null, null, null, null, null, null, null, null,
       null},
  };
  std::vector<std::string> lines;
  std::vector<std::string> expected;
  for (const auto& values : wanted) {
    lines.push_back(upsert(values, "2026-11-23T04:44:00.5Z"));
    expected.push_back(columns(values));
  }
  EXPECT_EQ(apply(dataset, lines).rows, outcomes(wanted.size(), 0, 0, 0, 0));
  EXPECT_THAT(records(dataset), ::testing::UnorderedElementsAreArray(expected));
  EXPECT_EQ(apply(dataset, lines).rows, outcomes(0, 0, wanted.size(), 0, 0));
}

TEST_P(StoreTest, NullAndEmptyTextAreDifferentValues) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", null, "1"}), upsert({"b", "", "1"})});
  const auto receipt = apply(dataset, {upsert({"a", "", "1"}), upsert({"b", "", "1"})});
  EXPECT_EQ(receipt.rows, outcomes(0, 1, 1, 0, 0));
}

TEST_P(StoreTest, KeysOfSeveralFieldsAreComparedWhole) {
  const auto dataset = DatasetBuilder("licence", "park")
                           .field("kind")
                           .field("note")
                           .field("number", record::FieldType::integer)
                           .field("day", record::FieldType::date)
                           .key({"number", "kind", "day"})
                           .build();
  prepare(dataset);
  apply(dataset, {upsert({"a\tb", "1", "10", "2026-01-01"}), upsert({"a", "2", "9", "2026-01-01"}),
                  upsert({"a", "3", "10", "2026-01-02"}), upsert({"a", "4", "10", "2026-01-01"})});
  const auto receipt = apply(
      dataset, {upsert({"a\tb", "1", "10", "2026-01-01"}),
                upsert({"a", "changed", "10", "2026-01-01"}), "D\t\\N\ta\t\\N\t9\t2026-01-01\n"});
  EXPECT_EQ(receipt.rows, outcomes(0, 1, 1, 1, 0));
  EXPECT_THAT(records(dataset), ElementsAre(columns({"a", "changed", "10", "2026-01-01"}),
                                            columns({"a", "3", "10", "2026-01-02"}),
                                            columns({"a\tb", "1", "10", "2026-01-01"})));
}

TEST_P(StoreTest, DatasetsDoNotMix) {
  const auto first = enterprises();
  const auto second = DatasetBuilder("person", "portal").field("code").field("name").build();
  prepare(first);
  prepare(second);
  TestStream portal("portal");
  apply(first, {upsert({"a", "Alpha", "1"})});
  apply(second, portal.batch(second, {upsert({"a", "Anna"})}));
  apply(second, portal.batch(second, {remove({"a"}, 2), upsert({"b", "Bob"})}));
  EXPECT_THAT(records(first), ElementsAre(columns({"a", "Alpha", "1"})));
  EXPECT_THAT(records(second), ElementsAre(columns({"b", "Bob"})));
  EXPECT_EQ(*store_->head(portal.id()), portal.head());
}

TEST_P(StoreTest, FieldNamesMayBeAnyText) {
  const auto dataset = DatasetBuilder("odd", "park")
                           .field("统一社会信用代码")
                           .field("a \"quoted\" {name}")
                           .field("id")
                           .field("line")
                           .field("bureau")
                           .unique()
                           .build();
  prepare(dataset);
  apply(dataset, {upsert({"k", "1", "2", "3", "4"})});
  EXPECT_EQ(apply(dataset, {upsert({"k", "1", "2", "3", "5"})}).rows, outcomes(0, 1, 0, 0, 0));
  EXPECT_THAT(records(dataset), ElementsAre(columns({"k", "1", "2", "3", "5"})));
}

TEST_P(StoreTest, WalkBringsEveryBatchByteForByteAndStopsWhenTold) {
  const auto dataset = enterprises();
  prepare(dataset);
  std::vector<Sent> sent;
  for (const char* code : {"a", "b", "c"}) {
    sent.push_back(stream_.batch(dataset, {upsert({code, "Name", "1"})}));
    apply(dataset, sent.back());
  }
  std::vector<store::LedgerEntry> entries;
  const auto collect = [&](const store::LedgerEntry& entry, const record::Batch& batch) {
    const Sent& expected = sent[entry.sequence.value - 1];
    EXPECT_EQ(batch.manifest, expected.batch.manifest);
    EXPECT_EQ(batch.signature, expected.batch.signature);
    EXPECT_EQ(batch.payload, expected.batch.payload);
    EXPECT_EQ(entry.manifest, record::sha256(expected.batch.manifest));
    EXPECT_EQ(entry.stream, stream_.id());
    EXPECT_EQ(entry.dataset, dataset.id);
    EXPECT_EQ(receipt_of(entry.receipt).rows, outcomes(1, 0, 0, 0, 0));
    EXPECT_EQ(entry.receipt.signature, std::string("\0\xFF signed", 9));
    entries.push_back(entry);
    return true;
  };
  ASSERT_TRUE(store_->walk({}, collect));
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_LT(entries[0].id, entries[1].id);
  EXPECT_LT(entries[0].applied_at, entries[1].applied_at);
  EXPECT_EQ(entries[2].applied_at, clock_.last());
  const std::int64_t second = entries[1].id;
  entries.clear();
  ASSERT_TRUE(store_->walk({.after = second}, collect));
  EXPECT_EQ(entries.size(), 1U);
  int seen = 0;
  ASSERT_TRUE(store_->walk({}, [&](auto&, auto&) { return ++seen < 2; }));
  EXPECT_EQ(seen, 2);
  EXPECT_EQ(*store_->head(stream_.id()), stream_.head());  // the connection is still good
}

TEST_P(StoreTest, WalkBringsOneBureausBatchesOrOneWithoutThePayloadsOnRequest) {
  const auto dataset = enterprises();
  const auto persons = DatasetBuilder("person", "portal").field("code").field("name").build();
  prepare(dataset);
  prepare(persons);
  TestStream portal("portal");
  apply(dataset, {upsert({"a", "Alpha", "1"})});
  apply(persons, portal.batch(persons, {upsert({"b", "Bob"})}));
  apply(dataset, {upsert({"c", "Gamma", "1"})});
  const auto walked = [&](const store::Extent& extent) {
    std::vector<std::string> found;
    EXPECT_TRUE(store_->walk(extent, [&](const auto& entry, const record::Batch& batch) {
      EXPECT_FALSE(batch.manifest.empty());
      EXPECT_EQ(batch.payload.empty(), extent.payloads == store::Extent::Payloads::left_out);
      found.push_back(fmt::format("{} {}", entry.stream.bureau.str(), entry.sequence.value));
      return true;
    }));
    return found;
  };
  EXPECT_THAT(walked({.payloads = store::Extent::Payloads::left_out}),
              ElementsAre("park 1", "portal 1", "park 2"));
  EXPECT_THAT(walked({.bureau = stream_.id().bureau}), ElementsAre("park 1", "park 2"));
  EXPECT_THAT(walked({.bureau = stream_.id().bureau, .sequence = record::Sequence{2}}),
              ElementsAre("park 2"));
  EXPECT_THAT(walked({.sequence = record::Sequence{3}}), ElementsAre());
}

TEST_P(StoreTest, ReadStopsWhenTold) {
  const auto dataset = enterprises();
  prepare(dataset);
  std::vector<std::string> lines;
  for (int i = 0; i < 3000; ++i)
    lines.push_back(upsert({std::to_string(i), "Name", "1"}));
  apply(dataset, lines);
  int seen = 0;
  ASSERT_TRUE(store_->read(dataset.id, std::nullopt, [&](auto&) { return ++seen < 2; }));
  EXPECT_EQ(seen, 2);
  EXPECT_EQ(records(dataset).size(), 3000U);
}

TEST_P(StoreTest, BatchLargerThanMemoryIsMeantForIsAppliedInStretches) {
  const auto dataset = enterprises();
  prepare(dataset);
  std::vector<std::string> lines;
  for (int i = 0; i < 90'000; ++i)
    lines.push_back(upsert({std::to_string(i % 60'000), "Name", "1"}));
  EXPECT_EQ(apply(dataset, lines).rows, outcomes(60'000, 0, 30'000, 0, 0));
  lines.push_back(upsert({"0", "Changed", "1"}));
  lines.push_back(upsert({"0", "Changed again", "1"}));
  EXPECT_EQ(apply(dataset, lines).rows, outcomes(0, 2, 90'000, 0, 0));
  EXPECT_EQ(records(dataset).front(), columns({"0", "Changed again", "1"}));
}

}  // namespace
}  // namespace sluice::test
