// What an operator is told of a migration that was done, or was not, and what the auditor reads.
#include "jobs/migration_job.h"

#include <csignal>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sqlite/database.h"
#include "support/audited_text.h"
#include "support/center_builder.h"
#include "support/development_ca.h"
#include "support/temporary_directory.h"

namespace sluice::jobs::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class MigrationJobTest : public testing::Test {
 protected:
  // The store's tables have the field `name`, and the configuration then `title`.
  MigrationJobTest() {
    authority_.issue("node");
    authority_.write_revocations();
    std::filesystem::create_directories(directory_ / "config/bureaus");
    std::filesystem::create_directories(directory_ / "config/schemas");
    const std::string here = directory_.path().string();
    std::ofstream(directory_ / "config/node.yaml")
        << "node: {name: node, state_directory: " << here << "/state, control_socket: " << here
        << "/control.socket}\n"
        << "identity: {certificate: " << here << "/node.pem, key: " << here
        << "/node.key, authorities: " << authority_.authorities().string()
        << ", revocations: " << authority_.revocations().string() << "}\n"
        << "listen: {address: 127.0.0.1, port: 0}\nstore: {kind: sqlite}\n";
    std::ofstream(directory_ / "config/bureaus/park.yaml")
        << "bureau: park\nname: park\ncertificate_subject: \"CN=park,O=Sluice development\"\n"
           "channels: {direct: {}}\n"
           "publishes:\n  - {dataset: approval, channels: [direct]}\n"
           "  - {dataset: permit, channels: [direct]}\n";
    std::ofstream(directory_ / "config/schemas/permit.json")
        << R"({"sluice:dataset": {"owner": "park", "title": "Permits"},
              "fields": [{"name": "number", "type": "string", "constraints": {"required": true}}],
              "primaryKey": ["number"]})";
    std::ofstream(mapping_) << "fields:\n  - {field: title, from: name}\n";
    configure("name");
    store_ = installation_->open_store().value();
    EXPECT_TRUE(store_->prepare(known().dataset));
    configure("title");
  }

  void configure(const std::string& field) {
    std::ofstream(directory_ / "config/schemas/approval.json") << fmt::format(
        R"({{"sluice:dataset": {{"owner": "park", "title": "Approvals"}},
            "fields": [{{"name": "number", "type": "integer", "constraints": {{"required": true}}}},
                       {{"name": "{}", "type": "string"}}],
            "primaryKey": ["number"]}})",
        field);
    auto loaded = installation::load_installation(directory_ / "config");
    if (!loaded) throw std::runtime_error(loaded.error().lines.at(0));
    installation_ = std::move(*loaded);
  }
  const exchange::KnownDataset& known(const std::string& dataset = "approval") {
    return *installation_->catalogue.find(record::DatasetId(dataset));
  }
  // Why nothing was done; the tables are as they were.
  std::string refusal(const std::string& dataset = "approval") {
    const auto refused = run_migration(
        *installation_, {.known = known(dataset), .mapping = mapping_, .actor = "li.wei"}, *store_);
    EXPECT_FALSE(refused);
    EXPECT_EQ(version(), 1U);
    if (refused || refused.error().size() != 1) return "";
    return refused.error().front();
  }
  std::expected<store::MigrationReport, MigrationObjections> migrate(
      store::MigrationOrder::Purpose purpose = store::MigrationOrder::Purpose::migrate) {
    return run_migration(
        *installation_,
        {.known = known(), .mapping = mapping_, .purpose = purpose, .actor = "li.wei"}, *store_);
  }
  std::uint64_t version() {
    return store_->migrations().current(record::DatasetId("approval")).value()->number.value;
  }
  // It can be opened, and takes no line.
  void close_audit_log() {
    EXPECT_TRUE(installation_->open_audit_log());
    auto database = sqlite::Database::open(installation_->paths.audit_log()).value();
    EXPECT_TRUE(
        database.execute("CREATE TRIGGER closed BEFORE INSERT ON line "
                         "BEGIN SELECT RAISE(ABORT, 'closed'); END"));
  }

  record::test::TemporaryDirectory directory_;
  sluice::test::DevelopmentCa authority_{directory_.path()};
  std::filesystem::path mapping_ = directory_ / "mapping.yaml";
  std::unique_ptr<installation::Installation> installation_;
  std::unique_ptr<store::Store> store_;
};

TEST_F(MigrationJobTest, IsToldToTheAuditor) {
  EXPECT_TRUE(migrate());
  EXPECT_THAT(sluice::test::audited_text(installation_->paths.audit_log()),
              HasSubstr(R"("event":"dataset-migrated","actor":"li.wei","dataset":"approval",)"
                        R"("version":"2")"));
}

// Something happens when it is signed, which is when it is about to be committed; and perhaps
// nobody hears that it was.
class MeddledMigrations final : public store::Migrations {
 public:
  MeddledMigrations(store::Migrations& migrations, std::function<void()> at_commit)
      : migrations_(migrations), at_commit_(std::move(at_commit)) {}

  store::Result<store::MigrationReport> migrate(const store::MigrationOrder& order,
                                                const store::MigrationSigner& sign) override {
    auto report = migrations_.migrate(order, [&](const record::Migration& migration) {
      auto signed_one = sign(migration);
      at_commit_();
      return signed_one;
    });
    if (report && is_answer_lost) return lost();
    return report;
  }
  store::Result<std::vector<store::MigrationEntry>> of(const record::DatasetId& dataset) override {
    return is_committing ? std::vector<store::MigrationEntry>() : migrations_.of(dataset);
  }
  store::Result<std::optional<store::MigrationEntry>> last_settled(
      const record::DatasetId& dataset, std::chrono::milliseconds longest) override {
    if (is_gone) return lost();
    if (is_stuck) return std::unexpected(store::being_migrated(dataset));
    is_committing = false;
    return migrations_.last_settled(dataset, longest);
  }
  store::Result<std::optional<store::TablesVersion>> current(
      const record::DatasetId& dataset) override {
    return migrations_.current(dataset);
  }
  store::Result<std::vector<record::Digest>> schemas(const record::DatasetId& dataset,
                                                     store::Version version) override {
    return migrations_.schemas(dataset, version);
  }
  store::Result<void> walk(
      std::int64_t after,
      const std::function<bool(const store::MigrationEntry&)>& consume) override {
    return migrations_.walk(after, consume);
  }
  store::Result<void> read(
      const store::MigrationEntry& ended_by, std::optional<record::Time> as_of,
      const std::function<bool(const store::StoredRecord&)>& consume) override {
    return migrations_.read(ended_by, as_of, consume);
  }
  store::Result<void> read_versions(
      const store::MigrationEntry& ended_by,
      const std::function<bool(const store::StoredVersion&)>& consume) override {
    return migrations_.read_versions(ended_by, consume);
  }
  store::Result<void> drop(const store::MigrationEntry& ended_by) override {
    return migrations_.drop(ended_by);
  }

  bool is_answer_lost = false;
  bool is_gone = false;
  bool is_committing = false;  // until somebody waits for it
  bool is_stuck = false;

 private:
  static std::unexpected<store::StoreFailure> lost() {
    return std::unexpected(
        store::StoreFailure{store::StoreProblem::unavailable, "store", "no connection"});
  }
  store::Migrations& migrations_;
  std::function<void()> at_commit_;
};

class MeddledStore final : public exchange::test::UnsteadyStore {
 public:
  MeddledStore(std::unique_ptr<store::Store> store, std::function<void()> at_commit)
      : UnsteadyStore(std::move(store), always), meddled(inner(), std::move(at_commit)) {}
  store::Migrations& migrations() override { return meddled; }

  MeddledMigrations meddled;

 private:
  store::Migrations& inner() { return UnsteadyStore::migrations(); }
  static constexpr std::atomic<bool> always = true;
};

// One that comes before may end it: then nothing is committed.
TEST_F(MigrationJobTest, IsNotPartedFromItsLineInTheAuditLogByASignal) {
  struct sigaction before {};
  ASSERT_EQ(::sigaction(SIGTERM, nullptr, &before), 0);
  MeddledStore store(std::move(store_), [] {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
      std::raise(signal);
  });
  EXPECT_TRUE(run_migration(*installation_,
                            {.known = known(), .mapping = mapping_, .actor = "li.wei"}, store));
  EXPECT_THAT(sluice::test::audited_text(installation_->paths.audit_log()),
              HasSubstr(R"("event":"dataset-migrated")"));
  struct sigaction after {};
  ASSERT_EQ(::sigaction(SIGTERM, nullptr, &after), 0);
  EXPECT_EQ(after.sa_handler, before.sa_handler);
}

TEST_F(MigrationJobTest, IsToldToTheAuditorThoughTheAnswerToItsCommitWasLost) {
  MeddledStore store(std::move(store_), [] {});
  store.meddled.is_answer_lost = true;
  const auto report = run_migration(
      *installation_, {.known = known(), .mapping = mapping_, .actor = "li.wei"}, store);
  ASSERT_TRUE(report && report->entry);
  EXPECT_EQ(report->entry->version.value, 2U);
  EXPECT_THAT(sluice::test::audited_text(installation_->paths.audit_log()),
              HasSubstr(R"("event":"dataset-migrated")"));
}

TEST_F(MigrationJobTest, IsToldAsDoneWhereItIsAskedAboutBeforeTheServerHasCommittedIt) {
  MeddledStore store(std::move(store_), [] {});
  store.meddled.is_answer_lost = store.meddled.is_committing = true;
  const auto report = run_migration(
      *installation_, {.known = known(), .mapping = mapping_, .actor = "li.wei"}, store);
  ASSERT_TRUE(report && report->entry);
  EXPECT_THAT(sluice::test::audited_text(installation_->paths.audit_log()),
              HasSubstr(R"("event":"dataset-migrated")"));
}

TEST_F(MigrationJobTest, SaysThatItIsInDoubtWhereTheServerIsNotDoneWithIt) {
  MeddledStore store(std::move(store_), [] {});
  store.meddled.is_answer_lost = store.meddled.is_stuck = true;
  const auto report = run_migration(
      *installation_, {.known = known(), .mapping = mapping_, .actor = "li.wei"}, store);
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error(), ElementsAre(AllOf(HasSubstr("whether it was can not be told now"),
                                                HasSubstr("still at it after 60 s"))));
}

TEST_F(MigrationJobTest, SaysThatItIsInDoubtWhereTheLedgerCanNotBeAsked) {
  MeddledStore store(std::move(store_), [] {});
  store.meddled.is_answer_lost = store.meddled.is_gone = true;
  const auto report = run_migration(
      *installation_, {.known = known(), .mapping = mapping_, .actor = "li.wei"}, store);
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error(), ElementsAre(HasSubstr("whether it was can not be told now")));
}

TEST_F(MigrationJobTest, WhereTheAuditLogCanNotBeOpenedNothingIsDone) {
  std::filesystem::create_directories(installation_->paths.audit_log());
  const auto refused = migrate();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), ElementsAre(HasSubstr("nothing was done")));
  EXPECT_EQ(version(), 1U);
  EXPECT_TRUE(migrate(store::MigrationOrder::Purpose::try_out)) << "nothing is noted of that";
}

TEST_F(MigrationJobTest, WhereItsLineCanNotBeWrittenItIsSaidThatItWasDone) {
  close_audit_log();
  const auto unaudited = migrate();
  ASSERT_FALSE(unaudited);
  EXPECT_THAT(unaudited.error(), ElementsAre(AllOf(HasSubstr("it was migrated to version 2"),
                                                   HasSubstr("not in the audit log"))));
  EXPECT_EQ(version(), 2U);
}

TEST_F(MigrationJobTest, WhereTheLineOfADroppedVersionCanNotBeWrittenItIsSaidThatItIsGone) {
  ASSERT_TRUE(migrate());
  close_audit_log();
  const auto unaudited =
      drop_version(*installation_, record::DatasetId("approval"), {1}, "li.wei", *store_);
  ASSERT_FALSE(unaudited);
  EXPECT_THAT(unaudited.error(),
              AllOf(HasSubstr("version 1 was dropped"), HasSubstr("not in the audit log")));
  EXPECT_TRUE(store_->migrations().of(record::DatasetId("approval")).value().front().dropped_at);
}

TEST_F(MigrationJobTest, SaysWhatIsWrongWithTheMappingLineByLine) {
  std::ofstream(mapping_) << "fields:\n  - {field: title, from: name}\n  - {field: none}\n";
  EXPECT_THAT(refusal(), AllOf(HasSubstr("mapping.yaml:3"), HasSubstr("none")));
  std::ofstream(mapping_) << "fields:\n  - {field: title, from: nothing}\n";
  EXPECT_THAT(refusal(), AllOf(HasSubstr("mapping.yaml"), HasSubstr("nothing")));
}

TEST_F(MigrationJobTest, WhereThereIsNothingToMigrateItSaysSo) {
  std::ofstream(mapping_) << "fields: []\n";
  EXPECT_THAT(refusal("permit"), HasSubstr("the store has no tables of it"));
  configure("name");
  EXPECT_THAT(refusal(), HasSubstr("have the schema that is configured"));
}

TEST_F(MigrationJobTest, IsNotSignedWithACertificateThatDoesNotHold) {
  authority_.issue("node", sluice::test::DevelopmentCa::Validity::expired);
  configure("title");
  EXPECT_THAT(refusal(), HasSubstr("this node's certificate"));
}

TEST_F(MigrationJobTest, IsNotDoneOnADiskThatIsNotTrusted) {
  installation_->disk->distrust("ledger");
  EXPECT_THAT(refusal(), HasSubstr("an fsync failed"));
}

TEST_F(MigrationJobTest, AVersionThatThereIsNotIsNotDropped) {
  ASSERT_TRUE(migrate());
  for (const store::Version version : {store::Version{2}, store::Version{3}}) {
    const auto refused =
        drop_version(*installation_, record::DatasetId("approval"), version, "li.wei", *store_);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error(), HasSubstr("has no older version"));
  }
}

}  // namespace
}  // namespace sluice::jobs::test
