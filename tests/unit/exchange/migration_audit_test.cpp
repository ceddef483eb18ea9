#include "exchange/migration_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/center_builder.h"

namespace sluice::exchange::test {
namespace {

using ::testing::HasSubstr;

class MigrationAuditTest : public testing::Test {
 protected:
  MigrationAuditTest() { entry_ = signed_by(center_.signer, 2); }

  store::MigrationEntry signed_by(const record::Signer& signer, std::uint64_t version) {
    store::MigrationEntry entry{.id = 7,
                                .dataset = record::DatasetId("approval"),
                                .version = {version},
                                .from_schema = "old",
                                .to_schema = "new",
                                .mapping = "mapping",
                                .records = {3},
                                .applied_at = center_.now,
                                .statement = {}};
    entry.statement.json = record::to_json(record::Migration{.ledger_id = entry.id,
                                                             .dataset = entry.dataset,
                                                             .version = entry.version,
                                                             .from = record::sha256("old"),
                                                             .to = record::sha256("new"),
                                                             .mapping = record::sha256("mapping"),
                                                             .records = entry.records,
                                                             .at = entry.applied_at});
    entry.statement.signature = signer.sign(entry.statement.json);
    return entry;
  }
  std::string fault(const store::MigrationEntry& entry, std::uint64_t last = 1) {
    return fault_of_migration(entry, {last}, center_.verifier, own_).value_or("none");
  }

  Center center_;
  record::Signers own_{"CN=center"};
  store::MigrationEntry entry_;
};

TEST_F(MigrationAuditTest, OneAsItWasSignedIsGood) {
  EXPECT_EQ(fault(entry_), "none");
}

TEST_F(MigrationAuditTest, WhateverWasChangedInTheLedgerIsFound) {
  const auto changed = [&](auto change) {
    store::MigrationEntry entry = entry_;
    change(entry);
    return fault(entry);
  };
  const auto told = HasSubstr("the ledger has not what was signed");
  EXPECT_THAT(changed([](auto& entry) { entry.id = 8; }), told);
  EXPECT_THAT(changed([](auto& entry) { entry.dataset = record::DatasetId("other"); }), told);
  EXPECT_THAT(changed([](auto& entry) { entry.version = {3}; }), told);
  EXPECT_THAT(changed([](auto& entry) { entry.from_schema += ' '; }), told);
  EXPECT_THAT(changed([](auto& entry) { entry.to_schema += ' '; }), told);
  EXPECT_THAT(changed([](auto& entry) { entry.mapping += ' '; }), told);
  EXPECT_THAT(changed([](auto& entry) { entry.records = {4}; }), told);
  EXPECT_THAT(changed([](auto& entry) { entry.applied_at += std::chrono::milliseconds(1); }), told);
  EXPECT_NE(changed([](auto& entry) { entry.statement.json += ' '; }), "none");
}

TEST_F(MigrationAuditTest, SchemasOfTheVersionBeforeAreProvedWhereTheStatementNamesThem) {
  store::MigrationEntry entry = entry_;
  entry.schemas = {record::sha256("old")};
  EXPECT_EQ(fault(entry), "none") << "a statement of before says nothing of them";
  entry.statement.json = record::to_json(stated(entry));
  entry.statement.signature = center_.signer.sign(entry.statement.json);
  EXPECT_EQ(fault(entry), "none");
  entry.schemas.push_back(record::sha256("other"));
  EXPECT_THAT(fault(entry), HasSubstr("or other schemas of the version before"));
}

TEST_F(MigrationAuditTest, OneByAnotherNodeIsNotTheCenters) {
  EXPECT_THAT(fault(signed_by(center_.node.signer, 2)),
              HasSubstr("which was not this center then"));
}

TEST_F(MigrationAuditTest, OneThatIsMissingBetweenTwoIsFound) {
  EXPECT_THAT(fault(signed_by(center_.signer, 4), 2),
              HasSubstr("the migration to version 3 is missing"));
}

}  // namespace
}  // namespace sluice::exchange::test
