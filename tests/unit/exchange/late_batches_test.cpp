// What was made under a schema of before a migration, and comes to the center after it.
#include <functional>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exchange/version_conversion.h"
#include "record/canonical_schema.h"
#include "settings/mapping_text.h"
#include "support/center_builder.h"
#include "support/refused_rows.h"

namespace sluice::exchange::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

// Approvals have a district, a title for a name, and a number for a code.
record::TableSchema renewed() {
  return {.fields = {{.name = "district"},
                     {.name = "code", .type = record::FieldType::integer},
                     {.name = "title", .constraints = {.max_length = 10}}},
          .primary_key = {"district", "code"}};
}
constexpr auto to_renewed =
    R"({"fields":[{"field":"district","constant":"haidian"},{"field":"title","from":"name"}],"ignore":[]})";

// Something happens just before it prepares a dataset.
class MeddledStore : public UnsteadyStore {
 public:
  MeddledStore(Center& center, std::function<void()> meddle)
      : UnsteadyStore(center.store(), center.is_store_available), meddle_(std::move(meddle)) {}
  std::expected<void, store::StoreFailure> prepare(const record::Dataset& dataset) override {
    if (meddle_) std::exchange(meddle_, nullptr)();
    return UnsteadyStore::prepare(dataset);
  }

 private:
  std::function<void()> meddle_;
};

class LateBatchesTest : public testing::Test {
 protected:
  LateBatchesTest() { center.hold_after(std::chrono::milliseconds(0)); }

  // From now on the center has that schema, and the tables are of it.
  void migrate(const record::TableSchema& to, const std::string& mapping) {
    center.change(to);
    migrate_tables(mapping);
  }
  void migrate_tables(const std::string& mapping) {
    const auto store = center.store();
    const auto from = store->migrations().current(center.dataset.id).value().value();
    auto conversion =
        VersionConversion::bind(record::parse_canonical_schema(from.schema).value(), center.dataset,
                                settings::parse_mapping_text(mapping).value());
    ASSERT_TRUE(conversion) << conversion.error().sentence;
    const store::RecordConverter convert = [&](auto values) { return conversion->convert(values); };
    const auto report = store->migrations().migrate(
        {.dataset = center.dataset,
         .checker = center.catalogue.find(center.dataset.id)->checker,
         .from = from,
         .mapping = mapping,
         .convert = convert},
        [](const record::Migration& migration) {
          return record::SignedMigration{record::to_json(migration), "signature"};
        });
    ASSERT_TRUE(report && report->entry);
  }
  // The tables as they are get that schema.
  void follow(const record::TableSchema& schema) {
    center.change(schema);
    ASSERT_TRUE(center.store()->prepare(center.dataset));
  }
  // The next batch, made under that schema.
  record::Batch made(const record::TableSchema& schema, const std::string& lines,
                     std::uint64_t deletes = 0) {
    record::BatchOrigin origin = center.origin();
    origin.schema = record::schema_digest(schema);
    const auto rows = static_cast<std::uint64_t>(std::ranges::count(lines, '\n'));
    record::Batch batch =
        record::seal(origin, record::compress_payload(lines, {rows - deletes}, {deletes}),
                     center.head, center.node.signer)
            .batch;
    center.head = {{center.head.sequence.value + 1}, record::sha256(batch.manifest)};
    return batch;
  }
  static record::Receipt said(const Result<record::SignedReceipt>& receipt) {
    EXPECT_TRUE(receipt) << record::to_string(receipt.error());
    return receipt ? record::parse_receipt(receipt->json).value() : record::Receipt{};
  }
  std::vector<std::string> held_here() {
    const auto store = center.store();
    EXPECT_TRUE(store->prepare(center.dataset));
    std::vector<std::string> records;
    EXPECT_TRUE(store->read(center.dataset.id, std::nullopt, [&](const auto& record) {
      records.emplace_back(record.columns);
      return true;
    }));
    return records;
  }

  Center center;
  const record::TableSchema before = center.dataset.schema;
};

TEST_F(LateBatchesTest, ABacklogGoesThroughTheMappingRowByRow) {
  {
    Reception reception = center.reception();
    said(reception.receive(made(before, line("1", "one") + line("2", "two"))));
  }
  const record::Batch first = made(before, line("1", "changed") + line("many") + line("3"));
  const record::Batch second = made(before, "D\t\\N\t2\t\\N\n" + line("4", "four"), 1);
  migrate(renewed(), to_renewed);
  Reception reception = center.reception();
  const auto receipt = said(reception.receive(first));
  EXPECT_EQ(receipt.outcome, record::Outcome::accepted);
  EXPECT_EQ(receipt.rows, (record::RowOutcomes{{1}, {1}, {}, {}, {1}}));
  const auto refused = record::test::rejected_rows(receipt);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].row, 2U);
  EXPECT_EQ(refused[0].field, "code");
  EXPECT_EQ(refused[0].rule, "type");
  EXPECT_EQ(said(reception.receive(second)).rows, (record::RowOutcomes{{1}, {}, {}, {1}, {}}));
  EXPECT_EQ(said(reception.receive(made(renewed(), "U\t\\N\tchaoyang\t4\tother\n"))).rows,
            (record::RowOutcomes{{1}, {}, {}, {}, {}}));
  EXPECT_THAT(held_here(), ElementsAre("chaoyang\t4\tother", "haidian\t1\tchanged",
                                       "haidian\t3\tname", "haidian\t4\tfour"));
}

TEST_F(LateBatchesTest, WhatWasHeldBeforeTheMigrationIsTurnedWhenItIsSettled) {
  Reception early = center.reception();
  said(early.receive(made(before, line("1", "one"))));
  const record::Batch late = made(before, line("2", "two"));
  center.change(renewed());
  {
    Reception reception = center.reception();  // the tables are not migrated yet
    EXPECT_EQ(said(reception.receive(late)).outcome, record::Outcome::held);
  }
  migrate(renewed(), to_renewed);
  Reception reception = center.reception();
  EXPECT_EQ(reception.settle_held(64)->batches, 1U);
  EXPECT_THAT(held_here(), ElementsAre("haidian\t1\tone", "haidian\t2\ttwo"));
}

TEST_F(LateBatchesTest, ADeleteWhoseKeyDoesNotTellTheNewOneIsHeldWithTheReasonAndCanBeReleased) {
  {
    Reception reception = center.reception();
    said(reception.receive(made(before, line("1", "one"))));
  }
  const record::Batch late = made(before, line("2", "two") + "D\t\\N\t1\t\\N\n", 1);
  record::TableSchema by_title = renewed();
  by_title.primary_key = {"district", "title"};
  migrate(by_title, to_renewed);
  Reception reception = center.reception();
  const auto receipt = said(reception.receive(late));
  EXPECT_EQ(receipt.outcome, record::Outcome::held);
  EXPECT_THAT(receipt.reason,
              AllOf(HasSubstr("before its tables were migrated to version 2 (ledger entry 2)"),
                    HasSubstr("it deletes records, and title of the key is made of name"),
                    HasSubstr("to be sent again by its source")));
  EXPECT_EQ(reception.settle_held(64)->batches, 0U);
  const auto released =
      reception.release_held(store::NumberOfStream{center.origin().stream, {2}}, "sent anew")
          .value()
          .value();
  EXPECT_EQ(record::parse_receipt(released.json)->outcome, record::Outcome::rejected);
  EXPECT_THAT(held_here(), ElementsAre("haidian\t1\tone"));
}

// The values went through the mapping, whatever the columns.
TEST_F(LateBatchesTest, ASchemaOfBeforeIsOfBeforeThoughThePresentTablesHaveItsColumns) {
  {
    Reception reception = center.reception();
    said(reception.receive(made(before, line("1", "a"))));
  }
  record::TableSchema other_names = before;
  other_names.fields[1].constraints.max_length = 20;
  migrate(other_names, R"({"fields":[{"field":"name","steps":["upper-case"]}],"ignore":[]})");
  Reception reception = center.reception();
  EXPECT_EQ(said(reception.receive(made(before, line("2", "b")))).rows.inserted.value, 1U);
  EXPECT_EQ(said(reception.receive(made(other_names, line("3", "c")))).rows.inserted.value, 1U);
  EXPECT_THAT(held_here(), ElementsAre("1\tA", "2\tB", "3\tc"));
}

// Neither the first of its version nor the last, and its columns fit them all.
TEST_F(LateBatchesTest, ASchemaFromWithinAVersionIsOfTheOneWhoseTablesFollowedIt) {
  const auto bounded = [&](std::size_t length) {
    record::TableSchema schema = before;
    schema.fields[1].constraints.max_length = length;
    return schema;
  };
  for (const auto& schema : {before, bounded(50), bounded(40)})
    follow(schema);
  migrate(bounded(30), R"({"fields":[{"field":"name","steps":["upper-case"]}],"ignore":[]})");
  Reception early = center.reception();
  EXPECT_EQ(said(early.receive(made(bounded(50), line("1", "a")))).rows.inserted.value, 1U);
  for (const auto& schema : {bounded(20), bounded(12)})
    follow(schema);
  Reception reception = center.reception();
  EXPECT_EQ(said(reception.receive(made(bounded(50), line("2", "b")))).rows.inserted.value, 1U);
  EXPECT_EQ(said(reception.receive(made(bounded(20), line("3", "c")))).rows.inserted.value, 1U);
  EXPECT_THAT(held_here(), ElementsAre("1\tA", "2\tB", "3\tc"));
}

// The tables have this center's schema before and after.
TEST_F(LateBatchesTest, ASchemaThatAnotherCenterBroughtMeanwhileIsKnown) {
  follow(before);
  record::TableSchema other_names = before;
  other_names.fields[1].constraints.max_length = 20;
  migrate(other_names, R"({"fields":[{"field":"name","steps":["upper-case"]}],"ignore":[]})");
  Reception reception = center.reception();
  EXPECT_EQ(said(reception.receive(made(before, line("1", "a")))).rows.inserted.value, 1U);
  record::Dataset others = center.dataset;
  others.schema.fields[1].constraints.max_length = 15;
  {
    const auto store = center.store();
    ASSERT_TRUE(store->prepare(others));
    ASSERT_TRUE(store->prepare(center.dataset));
  }
  EXPECT_EQ(said(reception.receive(made(others.schema, line("2", "b")))).outcome,
            record::Outcome::accepted);
  EXPECT_THAT(held_here(), ElementsAre("1\tA", "2\tb"));
}

TEST_F(LateBatchesTest, WhatWasTurnedForAnotherVersionThanIsThereIsNotTakenButTurnedAnew) {
  {
    Reception reception = center.reception();
    said(reception.receive(made(before, line("1", "a"))));
  }
  const record::Batch late = made(before, line("2", "b"));
  record::TableSchema other_names = before;
  other_names.fields[1].constraints.max_length = 20;
  center.change(other_names);
  Reception reception(
      std::make_unique<MeddledStore>(
          center,
          [&] {
            migrate_tables(R"({"fields":[{"field":"name","steps":["upper-case"]}],"ignore":[]})");
          }),
      {.catalogue = center.catalogue, .keyring = center.keyring, .signatories = center.signatories},
      [this] { return center.now; });
  const auto refused = reception.receive(late);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr("its tables are of version 2 now"));
  EXPECT_EQ(said(reception.receive(late)).rows.inserted.value, 1U);
  EXPECT_THAT(held_here(), ElementsAre("1\tA", "2\tB"));
}

}  // namespace
}  // namespace sluice::exchange::test
