#include "record/migration.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/batch_builder.h"

namespace sluice::record {
namespace {

using ::testing::HasSubstr;

Migration some_migration() {
  return {.ledger_id = (std::int64_t{1} << 53) + 1,
          .dataset = DatasetId("enterprise"),
          .version = {2},
          .from = sha256("old"),
          .to = sha256("new"),
          .mapping = sha256("mapping"),
          .records = {3},
          .at = test::moment("2026-11-23T04:44:00.000Z")};
}

TEST(MigrationTest, StatementIsReadBackAsItWasSaid) {
  const Migration migration = some_migration();
  const auto read = parse_migration(to_json(migration));
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(*read, migration);
  EXPECT_THAT(to_json(migration), HasSubstr(R"("ledger_id":"9007199254740993")"));
}

TEST(MigrationTest, StatementNamesTheSchemasOfTheVersionBefore) {
  Migration migration = some_migration();
  EXPECT_THAT(to_json(migration), HasSubstr("sluice-migration/1")) << "as it was before";
  std::vector<Digest> schemas = {sha256("old"), sha256("older"), sha256("oldest")};
  std::ranges::sort(schemas);
  migration.schemas = schemas;
  const std::string json = to_json(migration);
  EXPECT_THAT(json, HasSubstr("sluice-migration/2"));
  const auto read = parse_migration(json);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(*read, migration);
  const auto refusal = [](const std::string& text) {
    const auto refused = parse_migration(text);
    return refused ? std::string("read") : to_string(refused.error());
  };
  std::swap(schemas[0], schemas[2]);
  migration.schemas = schemas;
  EXPECT_THAT(refusal(to_json(migration)), HasSubstr("digests that ascend"));
  std::string other = json;
  other.replace(other.find("migration/2"), 11, "migration/1");
  EXPECT_THAT(refusal(other), HasSubstr("a member that this version does not know"));
}

TEST(MigrationTest, WhatIsNotAsItShouldBeIsRefused) {
  const std::string good = to_json(some_migration());
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string json = good;
    json.replace(json.find(from), from.size(), to);
    const auto read = parse_migration(json);
    return read ? std::string("read") : to_string(read.error());
  };
  EXPECT_THAT(with("sluice-migration/1", "sluice-migration/9"), HasSubstr("format"));
  EXPECT_THAT(with("9007199254740993", "-1"), HasSubstr("ledger_id"));
  EXPECT_THAT(with("9007199254740993", "1x"), HasSubstr("ledger_id"));
  EXPECT_THAT(with("\"version\":2", "\"version\":1"), HasSubstr("version"));
  EXPECT_THAT(with("enterprise", "Enter prise"), HasSubstr("dataset"));
  EXPECT_THAT(with("sha256:", "md5:"), HasSubstr("from"));
  EXPECT_THAT(with("\"records\"", "\"rows\""), HasSubstr("records"));
}

TEST(MigrationTest, StatementThatWasChangedAfterwardsIsNotBelieved) {
  test::SigningNode node;
  const std::string json = to_json(some_migration());
  const std::string signature = node.signer.sign(json);
  const auto verifier = node.verifier();
  const auto good = verify_kept(SignedMigration{json, signature}, verifier);
  ASSERT_TRUE(good) << to_string(good.error());
  EXPECT_EQ(good->migration, some_migration());
  EXPECT_EQ(good->signatory.subject, node.signer.subject());
  Migration other = some_migration();
  other.records = {4};
  EXPECT_FALSE(verify_kept(SignedMigration{to_json(other), signature}, verifier));
}

}  // namespace
}  // namespace sluice::record
