// What a node is told that asks whether its schema of a dataset could be taken: what its batches
// would then meet.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "link/https/center_answer.h"
#include "link/https/https_caller.h"
#include "reconciliation/schema_standing.h"
#include "support/center_server.h"
#include "support/test_migration.h"

namespace sluice::api::test {
namespace {

using reconciliation::SchemaStanding;
using State = SchemaStanding::State;
using testing::HasSubstr;

class SchemaQuestionTest : public testing::Test {
 protected:
  SchemaQuestionTest() {
    EXPECT_TRUE(center().reception().receive(center().batch(exchange::test::line("A1"))));
  }

  exchange::test::Center& center() { return server_.center; }
  // The status, and what it said.
  std::pair<unsigned, std::optional<SchemaStanding>> ask(const record::TableSchema& schema) {
    const link::Uplink uplink = server_.uplink();
    link::Bandwidth bandwidth{std::nullopt};
    link::HttpsCaller caller(uplink, server_.identity(), bandwidth);
    const std::string body = record::canonical_json(schema);
    auto reply = caller.call({.method = "POST",
                              .target = "/v1/datasets/approval/schema",
                              .content_type = "application/json",
                              .body = body},
                             std::chrono::seconds(30));
    if (!reply) {
      ADD_FAILURE() << record::to_string(reply.error());
      return {};
    }
    const unsigned status = reply->answer.status;
    const auto read = link::read_body(std::move(reply->answer), reply->place);
    return {status, read ? reconciliation::parse_schema_standing(*read) : std::nullopt};
  }
  SchemaStanding standing(const record::TableSchema& schema) {
    const auto [status, told] = ask(schema);
    EXPECT_EQ(status, 200U);
    return told.value_or(SchemaStanding{});
  }
  // The tables get a version with a field that every record must have.
  record::TableSchema migrate() {
    record::TableSchema present = center().dataset.schema;
    present.fields.push_back({.name = "district", .constraints = {.required = true}});
    record::Dataset migrated = center().dataset;
    migrated.schema = present;
    const auto store = center().store();
    const auto report = sluice::test::migrate_tables(*store, migrated, [](auto values) {
      return fmt::format("{}\t{}\thaidian", *values[0], *values[1]);
    });
    EXPECT_TRUE(report && report->entry);
    return present;
  }

  CenterServer server_;
};

TEST_F(SchemaQuestionTest, TablesThatCanNotFollowTheCentersOwnSchemaAreInEverybodysWay) {
  const record::TableSchema before = center().dataset.schema;
  EXPECT_EQ(standing(before).state, State::same);
  record::TableSchema renamed = before;
  renamed.fields[1].name = "title";
  center().change(renamed);
  server_.restart();
  const auto same = standing(renamed);
  EXPECT_EQ(same.state, State::conflict) << "the migration is to come";
  EXPECT_THAT(same.reason, HasSubstr("dataset approval: the field name was removed"));
  EXPECT_THAT(same.reason, HasSubstr("sluice dataset migrate approval"));
  EXPECT_EQ(standing(before).state, State::conflict);
}

TEST_F(SchemaQuestionTest, CenterThatHasTheSchemaOfBeforeAMigrationTakesNothing) {
  const record::TableSchema before = center().dataset.schema;
  migrate();
  const auto told = standing(before);
  EXPECT_EQ(told.state, State::conflict);
  EXPECT_THAT(told.reason, HasSubstr("schema of version 1"));
}

// That its batches are taken or not is the center's matter; that they are is not to be told of
// those that it then does not take.
TEST_F(SchemaQuestionTest, SchemaOfBeforeAMigrationIsAnsweredAsItsBatchesAre) {
  const record::TableSchema before = center().dataset.schema;
  center().change(migrate());
  server_.restart();
  EXPECT_EQ(standing(center().dataset.schema).state, State::same);
  const auto told = standing(before);
  const auto taken =
      center().reception().receive(center().batch_under(before, exchange::test::line("A2")));
  EXPECT_EQ(told.state, taken ? State::readable : State::conflict)
      << (taken ? "taken" : taken.error().sentence);
  EXPECT_EQ(told.reason.empty(), taken.has_value()) << told.reason;
}

// The columns fit, and nobody knows the meaning of which version they have.
TEST_F(SchemaQuestionTest, SchemaThatMayBeOfSeveralVersionsIsInConflictAsItsBatchesAre) {
  record::TableSchema kept = center().dataset.schema;
  kept.fields[1].constraints.max_length = 5;
  record::Dataset migrated = center().dataset;
  migrated.schema.fields[1].constraints.max_length = 20;
  {
    const auto store = center().store();
    ASSERT_TRUE(store->keep(kept));
    const auto report = sluice::test::migrate_tables(*store, migrated, [](auto values) {
      return fmt::format("{}\t{}", *values[0], *values[1]);
    });
    ASSERT_TRUE(report && report->entry);
  }
  center().change(migrated.schema);
  server_.restart();
  const auto told = standing(kept);
  EXPECT_EQ(told.state, State::conflict);
  EXPECT_THAT(told.reason, HasSubstr("of a batch under this schema it would be said"));
  EXPECT_FALSE(
      center().reception().receive(center().batch_under(kept, exchange::test::line("A2"))));
}

TEST_F(SchemaQuestionTest, StoreThatCanNotBeAskedIsNotSaidToTakeAnything) {
  center().is_store_available = false;
  EXPECT_EQ(ask(center().dataset.schema).first, 503U);
}

}  // namespace
}  // namespace sluice::api::test
