// How a dataset's tables begin a new version, and what stays of the old one.
#include <functional>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/store_fixture.h"
#include "record/copy_text.h"
#include "store/migrations.h"

namespace sluice::test {
namespace {

using store::MigrationEntry;
using store::MigrationOrder;
using store::StoreProblem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Values = std::vector<Value>;

// The name became a title, staff is a text, and a record is known by its district too.
record::Dataset renewed() {
  return DatasetBuilder("enterprise", "park")
      .field("district")
      .field("code")
      .field("title")
      .field("staff")
      .key({"district", "code"})
      .build();
}

Values renew(const Values& old) {
  return {"haidian", old[0], old[1], old[2]};
}

class StoreMigrationTest : public StoreSuite {
 protected:
  using Convert = std::function<Values(const Values&)>;

  store::Result<store::MigrationReport> try_migrate(
      const record::Dataset& dataset, const Convert& convert = renew,
      MigrationOrder::Purpose purpose = MigrationOrder::Purpose::migrate) {
    const auto from = store_->migrations().current(dataset.id).value().value();
    std::string line;
    const store::RecordConverter converter =
        [&](std::span<const std::optional<std::string_view>> values)
        -> std::expected<std::string_view, store::Unfit> {
      Values old;
      for (const auto& value : values)
        old.push_back(value ? Value(std::string(*value)) : Value());
      if (old[1] == "Unfit") return std::unexpected(store::Unfit{"title", "enum", "not this"});
      line = columns(convert(old));
      return line;
    };
    const auto checker = checker_of(dataset);
    return store_->migrations().migrate(
        {.dataset = dataset,
         .checker = checker,
         .from = from,
         .mapping = mapping_,
         .convert = converter,
         .purpose = purpose},
        [](const record::Migration& migration) {
          return record::SignedMigration{record::to_json(migration), "signature"};
        });
  }
  MigrationEntry migrate(const record::Dataset& dataset, const Convert& convert = renew) {
    const auto report = try_migrate(dataset, convert);
    if (!report || !report->entry) {
      ADD_FAILURE() << (report ? "not all fit" : record::to_string(report.error()));
      return {};
    }
    return *report->entry;
  }
  std::vector<MigrationEntry> entries() {
    std::vector<MigrationEntry> all;
    EXPECT_TRUE(store_->migrations().walk(0, [&](const MigrationEntry& entry) {
      all.push_back(entry);
      return true;
    }));
    return all;
  }
  std::vector<std::string> older(const MigrationEntry& ended_by,
                                 std::optional<record::Time> as_of = std::nullopt) {
    std::vector<std::string> lines;
    const auto read = store_->migrations().read(ended_by, as_of, [&](const auto& record) {
      lines.emplace_back(record.columns);
      return true;
    });
    EXPECT_TRUE(read) << record::to_string(read.error());
    return lines;
  }
  // What each unfit record is told, with how many there are, and the first.
  static std::vector<std::string> told(const store::MigrationReport& report) {
    std::vector<std::string> lines;
    for (const auto& unfit : report.unfit) {
      lines.push_back(fmt::format("{} {} {} {}", unfit.records.value, unfit.why.field,
                                  unfit.why.rule, unfit.first_keys.front()));
    }
    return lines;
  }

  std::string mapping_ = R"({"fields":[],"ignore":[]})";
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreMigrationTest, ::testing::ValuesIn(store_kinds()), kind_name);

TEST_P(StoreMigrationTest, RecordsAreFilledThroughTheMappingAndTheNextBatchFindsThem) {
  prepare(enterprises());
  apply(enterprises(),
        {upsert({"b", "Beta", "2"}, "2026-01-01T00:00:00Z"), upsert({"a", "Al\tpha", null})});
  const auto entry = migrate(renewed());
  EXPECT_EQ(entry.records.value, 2U);
  EXPECT_EQ(entry.version.value, 2U);
  prepare(renewed());
  EXPECT_THAT(records(renewed()), ElementsAre(columns({"haidian", "a", "Al\tpha", null}),
                                              columns({"haidian", "b", "Beta", "2"})));
  EXPECT_EQ(apply(renewed(), {upsert({"haidian", "a", "Al\tpha", null}),
                              upsert({"haidian", "b", "New", "many"}),
                              upsert({"chaoyang", "a", "Other", "1"})})
                .rows,
            outcomes(1, 1, 1, 0, 0));
  EXPECT_THAT(home_->query("SELECT title FROM " + home_->table("history", "enterprise")),
              ElementsAre("Beta"));
}

TEST_P(StoreMigrationTest, MigrationIsAnEntryOfTheLedgerBetweenTheBatches) {
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Alpha", "1"})});
  const auto made = migrate(renewed());
  prepare(renewed());
  apply(renewed(), {upsert({"haidian", "b", "Beta", "2"})});
  std::vector<std::int64_t> batches;
  EXPECT_TRUE(store_->walk({}, [&](const store::LedgerEntry& entry, const record::Batch&) {
    batches.push_back(entry.id);
    return true;
  }));
  ASSERT_THAT(batches, SizeIs(2));
  EXPECT_LT(batches[0], made.id);
  EXPECT_LT(made.id, batches[1]);
  const auto found = entries();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].id, made.id);
  EXPECT_EQ(found[0].dataset, enterprises().id);
  EXPECT_EQ(found[0].from_schema, record::canonical_json(enterprises().schema));
  EXPECT_EQ(found[0].to_schema, record::canonical_json(renewed().schema));
  EXPECT_EQ(found[0].mapping, mapping_);
  EXPECT_EQ(found[0].statement.signature, "signature");
  const auto said = record::parse_migration(found[0].statement.json);
  ASSERT_TRUE(said);
  EXPECT_EQ(said->ledger_id, made.id);
  EXPECT_EQ(said->at, found[0].applied_at);
  EXPECT_EQ(said->records.value, 1U);
}

TEST_P(StoreMigrationTest, RecordThatDoesNotFitLeavesAllAsItWas) {
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Alpha", "1"}), upsert({"b", "Unfit", "2"}),
                        upsert({"c", "Unfit", "3"}), upsert({"d", "Long", "44444"})});
  const auto strict = DatasetBuilder("enterprise", "park")
                          .field("code")
                          .field("title")
                          .field("staff")
                          .max_length(3)
                          .build();
  const auto report = try_migrate(strict, [](const Values& old) { return old; });
  ASSERT_TRUE(report) << record::to_string(report.error());
  EXPECT_FALSE(report->entry);
  EXPECT_EQ(report->records.value, 4U);
  EXPECT_THAT(told(*report), ElementsAre("2 title enum b", "1 staff maxLength d"));
  EXPECT_THAT(entries(), IsEmpty());
  prepare(enterprises());
  EXPECT_EQ(apply(enterprises(), {upsert({"e", "Other", "5"})}).rows, outcomes(1, 0, 0, 0, 0));
  EXPECT_THAT(records(enterprises()), SizeIs(5));
}

TEST_P(StoreMigrationTest, RecordsThatWouldBecomeOneAreNamed) {
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Alpha", "1"}), upsert({"b", "Beta", "2"}),
                        upsert({"c", "Gamma", "1"}), upsert({"d", "Delta", "1"})});
  const auto by_staff = DatasetBuilder("enterprise", "park")
                            .field("staff", record::FieldType::integer)
                            .field("title")
                            .build();
  const auto report = try_migrate(by_staff, [](const Values& old) {
    return Values{old[2], old[1]};
  });
  ASSERT_TRUE(report) << record::to_string(report.error());
  EXPECT_THAT(told(*report), ElementsAre("2  duplicate-key c"));
  const auto unique = DatasetBuilder("enterprise", "park")
                          .field("code")
                          .field("title")
                          .field("staff")
                          .unique()
                          .build();
  const auto shared = try_migrate(unique, [](const Values& old) { return old; });
  ASSERT_TRUE(shared) << record::to_string(shared.error());
  EXPECT_THAT(told(*shared), ElementsAre("2 staff unique c"));
}

TEST_P(StoreMigrationTest, StoreOfTheFormatBeforeCanMigrateOnceItIsBroughtUp) {
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Alpha", "1"})});
  store_.reset();
  home_->make_format_1();
  store_ = home_->open(clock_);
  EXPECT_THAT(entries(), IsEmpty());
  migrate(renewed());
  prepare(renewed());
  EXPECT_THAT(records(renewed()), ElementsAre(columns({"haidian", "a", "Alpha", "1"})));
}

TEST_P(StoreMigrationTest, TryingOutTellsTheSameAndChangesNothing) {
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Alpha", "1"})});
  const auto report = try_migrate(renewed(), renew, MigrationOrder::Purpose::try_out);
  ASSERT_TRUE(report) << record::to_string(report.error());
  EXPECT_EQ(report->records.value, 1U);
  EXPECT_FALSE(report->entry);
  EXPECT_THAT(report->unfit, IsEmpty());
  EXPECT_EQ(apply(enterprises(), {upsert({"b", "Beta", "2"})}).rows, outcomes(1, 0, 0, 0, 0));
  EXPECT_THAT(entries(), IsEmpty());
}

TEST_P(StoreMigrationTest, UniqueKeysHoldBeforeAndAfterWhateverTheirVersion) {
  const auto fields = [] {
    return DatasetBuilder("enterprise", "park").field("code").field("name").unique();
  };
  const auto before = fields().field("staff", record::FieldType::integer).build();
  const auto after = fields().field("staff").build();
  prepare(before);
  apply(before, {upsert({"a", "Alpha", "1"})});
  migrate(after, [](const Values& old) { return old; });
  prepare(after);
  EXPECT_EQ(apply(after, {upsert({"b", "Alpha", "1"})}).rows, outcomes(0, 0, 0, 0, 1));
  const auto without =
      DatasetBuilder("enterprise", "park").field("code").field("name").field("staff").build();
  prepare(without);  // the key is let go of, so its index has the name that was looked for
  EXPECT_EQ(apply(without, {upsert({"b", "Alpha", "1"})}).rows, outcomes(1, 0, 0, 0, 0));
  migrate(before, [](const Values& old) {
    return Values{old[0], fmt::format("{} {}", *old[1], *old[0]), old[2]};
  });
  prepare(before);
  EXPECT_THAT(records(before),
              ElementsAre(columns({"a", "Alpha a", "1"}), columns({"b", "Alpha b", "1"})));
}

TEST_P(StoreMigrationTest, MigrationsComeInTheOrderOfTheirIds) {
  const auto with_staff = [](record::FieldType type) {
    return DatasetBuilder("enterprise", "park")
        .field("code")
        .field("name")
        .field("staff", type)
        .build();
  };
  const auto numbers = with_staff(record::FieldType::integer);
  const auto same = [](const Values& old) { return old; };
  prepare(numbers);
  for (int i = 1; i <= 8; ++i)
    apply(numbers, {upsert({"a", "Alpha " + std::to_string(i), "1"})});
  const auto ninth = migrate(with_staff(record::FieldType::string), same);
  const auto tenth = migrate(numbers, same);
  EXPECT_EQ(ninth.id, 9);
  EXPECT_EQ(tenth.id, 10);
  const auto found = entries();
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].id, ninth.id) << "by number: a text with 10 is before one with 9";
  EXPECT_EQ(found[1].id, tenth.id);
}

TEST_P(StoreMigrationTest, ManyRecordsAreTakenWhole) {
  prepare(enterprises());
  std::vector<std::string> lines;
  for (int i = 0; i < 3000; ++i)
    lines.push_back(upsert({fmt::format("{:04}", i), "Name", fmt::to_string(i)}));
  apply(enterprises(), lines);
  EXPECT_EQ(migrate(renewed()).records.value, 3000U);
  prepare(renewed());
  const auto found = records(renewed());
  ASSERT_THAT(found, SizeIs(3000));
  EXPECT_EQ(found[1999], columns({"haidian", "1999", "Name", "1999"}));
}

// Each is found in a write that is undone while the rest is still to be read.
TEST_P(StoreMigrationTest, RecordsThatWouldBecomeOneAreNamedAmongMany) {
  prepare(enterprises());
  std::vector<std::string> lines;
  for (int i = 0; i < 2000; ++i)
    lines.push_back(upsert({fmt::format("{:04}", i), "Name", fmt::to_string(i)}));
  lines[1500] = upsert({"1500", "Name", "3"});
  lines[1700] = upsert({"1700", "Name", "1600"});
  apply(enterprises(), lines);
  const auto by_staff = DatasetBuilder("enterprise", "park")
                            .field("staff", record::FieldType::integer)
                            .field("title")
                            .build();
  const auto report = try_migrate(by_staff, [](const Values& old) {
    return Values{old[2], old[1]};
  });
  ASSERT_TRUE(report) << record::to_string(report.error());
  EXPECT_EQ(report->records.value, 2000U);
  EXPECT_THAT(told(*report), ElementsAre("2  duplicate-key 1500"));
}

TEST_P(StoreMigrationTest, WhoPreparedTheOldVersionAppliesNothingToTheNew) {
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Alpha", "1"})});
  const auto other = home_->open(clock_);
  ASSERT_TRUE(other->prepare(enterprises()));
  // Of the same columns, so that no statement fails: what the fields mean is another matter.
  const auto same_columns = DatasetBuilder("enterprise", "park")
                                .field("code")
                                .field("name")
                                .max_length(30)
                                .field("staff", record::FieldType::integer)
                                .build();
  migrate(same_columns, [](const Values& old) { return old; });
  const Sent late = stream_.batch(enterprises(), {upsert({"b", "Beta", "2"})});
  const auto refused = test::apply(*other, enterprises(), late);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, StoreProblem::unknown_dataset);
  const auto read = other->read(enterprises().id, std::nullopt, [](const auto&) { return true; });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, StoreProblem::unknown_dataset);
  // Looking anew, it is told that its schema is one of before.
  const auto prepared = other->prepare(enterprises());
  ASSERT_FALSE(prepared);
  EXPECT_EQ(prepared.error().code, StoreProblem::schema_conflict);
  EXPECT_THAT(prepared.error().sentence, HasSubstr("schema of version 1"));
  const auto compared = other->compare(enterprises());
  ASSERT_FALSE(compared);
  EXPECT_EQ(compared.error().code, StoreProblem::schema_conflict);
  ASSERT_TRUE(other->prepare(same_columns));
}

TEST_P(StoreMigrationTest, TablesChangedSinceTheyWereLookedAtAreNotMigrated) {
  prepare(enterprises());
  const store::TablesVersion outdated{{1}, record::canonical_json(renewed().schema)};
  const auto checker = checker_of(renewed());
  const store::RecordConverter none = [](auto) { return std::string_view(); };
  const auto refused = store_->migrations().migrate(
      {.dataset = renewed(),
       .checker = checker,
       .from = outdated,
       .mapping = mapping_,
       .convert = none},
      [](const record::Migration&) { return record::SignedMigration{}; });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, StoreProblem::schema_conflict);
}

TEST_P(StoreMigrationTest, OlderVersionIsReadAsOfItsMomentsUntilItIsDropped) {
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Alpha", "1"})});
  const auto first = clock_.last();
  apply(enterprises(), {upsert({"a", "Changed", "1"}), upsert({"b", "Beta", "2"})});
  const auto entry = migrate(renewed());
  prepare(renewed());
  apply(renewed(), {upsert({"haidian", "c", "Gamma", "3"})});
  EXPECT_THAT(records(renewed(), entry.applied_at), SizeIs(2));
  const auto before =
      store_->read(renewed().id, first, [](const store::StoredRecord&) { return true; });
  ASSERT_FALSE(before);
  EXPECT_EQ(before.error().code, StoreProblem::another_version);
  EXPECT_THAT(before.error().sentence, HasSubstr("--version 1"));
  EXPECT_THAT(older(entry, first), ElementsAre(columns({"a", "Alpha", "1"})));
  EXPECT_THAT(older(entry),
              ElementsAre(columns({"a", "Changed", "1"}), columns({"b", "Beta", "2"})));
  ASSERT_TRUE(store_->migrations().drop(entry));
  const auto dropped = entries().front();
  EXPECT_TRUE(dropped.dropped_at);
  const auto gone = store_->migrations().read(dropped, std::nullopt,
                                              [](const store::StoredRecord&) { return true; });
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, StoreProblem::another_version);
  EXPECT_FALSE(store_->migrations().drop(dropped));
  EXPECT_FALSE(store_->migrations().read_versions(dropped, [](const auto&) { return true; }));
  EXPECT_THAT(records(renewed()), SizeIs(3));
}

TEST_P(StoreMigrationTest, WhatAMigrationBroughtHasItsTime) {
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Alpha", "1"})});
  const auto entry = migrate(renewed());
  prepare(renewed());
  const auto found = store_->find(renewed(), {"haidian", "a"});
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->applied_at, entry.applied_at);
  const auto moment = home_->query("SELECT applied_at FROM " + home_->own_table("migration"));
  apply(renewed(), {upsert({"haidian", "a", "New", "1"})});
  EXPECT_EQ(home_->query("SELECT sluice_valid_from FROM " + home_->table("history", "enterprise")),
            moment);
}

// What PostgreSQL would cut off is told before anything is done, also to who tries out.
TEST_P(StoreMigrationTest, NameThatIsTooLongWithItsVersionIsToldAtOnce) {
  const auto long_name = [](std::size_t length, const char* second) {
    return DatasetBuilder(std::string(length, 'e'), "park").field("code").field(second).build();
  };
  const auto same = [](const Values& old) { return old; };
  prepare(long_name(61, "name"));
  EXPECT_TRUE(try_migrate(long_name(61, "title"), same)->entry);
  prepare(long_name(62, "name"));
  apply(long_name(62, "name"), {upsert({"a", "Alpha"})});
  for (const auto purpose : {MigrationOrder::Purpose::try_out, MigrationOrder::Purpose::migrate}) {
    const auto report = try_migrate(long_name(62, "title"), same, purpose);
    if (GetParam().name == "sqlite") {
      EXPECT_TRUE(report) << "a name may be of any length there";
      continue;
    }
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, StoreProblem::schema_conflict);
    EXPECT_THAT(report.error().sentence, HasSubstr("has 64 characters, and PostgreSQL keeps 63"));
  }
}

// By whichever clock a migration went; and as its receipt tells it, which an audit compares.
TEST_P(StoreMigrationTest, MomentsGrowAlsoWhereTheClockIsSetBackAfterAMigration) {
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Alpha", "1"})});
  const auto before = clock_.last();
  clock_.set(before + std::chrono::hours(1));
  const auto entry = migrate(renewed());
  clock_.set(before);
  prepare(renewed());
  const auto receipt = apply(renewed(), {upsert({"haidian", "a", "New", "1"})});
  EXPECT_GT(receipt.at, entry.applied_at);
  EXPECT_THAT(records(renewed(), entry.applied_at),
              ElementsAre(columns({"haidian", "a", "Alpha", "1"})));
  EXPECT_THAT(records(renewed(), receipt.at), ElementsAre(columns({"haidian", "a", "New", "1"})));
  EXPECT_THAT(home_->query("SELECT CASE WHEN sluice_valid_from < sluice_valid_to THEN 'before' "
                           "ELSE 'not before' END FROM " +
                           home_->table("history", "enterprise")),
              ElementsAre("before"));
  const auto found = store_->find(renewed(), {"haidian", "a"});
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->applied_at, receipt.at);
}

}  // namespace
}  // namespace sluice::test
