// A comparison and its repair on a whole node, while the exchange database goes on changing at the
// worst of moments.
#include "jobs/reconcile_job.h"

#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exchange/checkpoint_maker.h"
#include "exchange/holding.h"
#include "node/stream.h"
#include "reconciliation/reports.h"
#include "sqlite/database.h"
#include "support/development_ca.h"
#include "support/temporary_directory.h"

namespace sluice::jobs::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr const char* drivers = SLUICE_ODBC_DRIVERS;

class NoProgress : public adapters::Progress {
 public:
  void advanced(std::uint64_t, std::uint64_t, std::uint64_t) override {}
};

// Payments whose last change is in `changed`: what does not touch it, no collection notices.
class ReconcileJobTest : public testing::Test {
 protected:
  ReconcileJobTest() {
    authority_.issue("node");
    authority_.write_revocations();
    std::filesystem::create_directories(directory_ / "config/bureaus");
    std::filesystem::create_directories(directory_ / "config/schemas");
    const std::string here = directory_.path().string();
    file("node.yaml") << "node: {name: node, state_directory: " << here
                      << "/state, control_socket: " << here << "/control.socket}\n"
                      << "identity: {certificate: " << here << "/node.pem, key: " << here
                      << "/node.key, authorities: " << authority_.authorities().string()
                      << ", revocations: " << authority_.revocations().string() << "}\n"
                      << "store: {kind: sqlite}\n";
    file("bureaus/levy.yaml")
        << "bureau: levy\nname: levy\n"
           "certificate_subject: \"CN=levy,O=Sluice development\"\n"
           "channels:\n"
           "  front-end: {connection: 'Driver="
        << drivers << "/libsqlite3odbc.so;Database=" << here
        << "/exchange.db'}\n"
           "publishes:\n"
           "  - dataset: payment\n"
           "    channels: [front-end]\n"
           "    front-end: {table: payment, capture: {kind: watermark, column: changed, "
           "look_back_numbers: 0}}\n"
           "    mapping: {ignore: [changed]}\n";
    file("schemas/payment.json") << R"({"sluice:dataset": {"owner": "levy", "title": "Payments"},
               "fields": [{"name": "number", "type": "integer", "constraints": {"required": true}},
                          {"name": "amount", "type": "string"}],
               "primaryKey": ["number"]})";
    sql("CREATE TABLE payment (number INTEGER NOT NULL PRIMARY KEY, amount TEXT, changed INTEGER);"
        "INSERT INTO payment VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3), (4, 'd', 4)");
    auto installation = installation::load_installation(directory_ / "config");
    if (!installation) throw std::runtime_error(installation.error().lines.at(0));
    installation_ = std::move(*installation);
    signatories_[bureau_] = {installation_->keyring->current()->signer.subject()};
    auto stream = node::Stream::open(
        bureau_, {.installation = *installation_,
                  .log = *log_,
                  .metrics = metrics_,
                  .callers = callers_.get_executor(),
                  .signatories = signatories_,
                  .holding = holding_,
                  .waiting = nullptr,
                  .applying = nullptr,
                  .newest_checkpoint = std::make_shared<exchange::NewestCheckpoint>()});
    if (!stream) throw std::runtime_error(stream.error().sentence);
    stream_ = std::move(*stream);
    stream_->begin();
  }

  std::ofstream file(const std::string& name) {
    return std::ofstream(directory_ / ("config/" + name));
  }
  void sql(const std::string& statements) {
    auto database = sqlite::Database::open(directory_ / "exchange.db").value();
    const auto done = database.execute(statements);
    ASSERT_TRUE(done) << done.error().message;
  }
  std::expected<ReconcileReport, ReconcileFailure> reconcile(bool repairs) {
    const settings::Bureau& bureau = installation_->settings.bureaus.at(bureau_);
    NoProgress progress;
    ReconcileRequest request{.bureau = bureau,
                             .publication = bureau.publishes.front(),
                             .repairs = repairs,
                             .most_deleted = 0.5,
                             .named = named};
    const ReconcileEvents events{progress,
                                 [&](const std::string& step) {
                                   if (on_step) on_step(step);
                                   if (!stream_) request.patience = {};
                                 },
                                 {[](const std::string&) {}, [] {}}};
    return run_reconcile(*installation_, request, events);
  }
  reconciliation::Reports kept() {
    return reconciliation::Reports::open(installation_->paths.reconciliation_reports()).value();
  }
  // From now on it takes nothing, and nobody waits for it.
  void stop_center() { stream_.reset(); }
  std::vector<std::string> center_has() {
    std::vector<std::string> records;
    const record::DatasetId payment("payment");
    const auto store = installation_->open_store().value();
    EXPECT_TRUE(store->prepare(installation_->catalogue.find(payment)->dataset));
    const auto read = store->read(payment, std::nullopt, [&](const store::StoredRecord& record) {
      records.emplace_back(record.columns);
      return true;
    });
    EXPECT_TRUE(read);
    return records;
  }

  std::function<void(const std::string& step)> on_step;
  std::size_t named = 20;

 protected:
  record::test::TemporaryDirectory directory_;
  sluice::test::DevelopmentCa authority_{directory_.path()};
  record::BureauId bureau_{"levy"};
  observe::Metrics metrics_;
  std::unique_ptr<observe::Log> log_ = observe::open_log({}, "test");
  boost::asio::io_context callers_;
  exchange::Reception::Signatories signatories_;
  exchange::Holding holding_{std::chrono::minutes(10)};
  std::unique_ptr<installation::Installation> installation_;
  std::unique_ptr<node::Stream> stream_;
};

TEST_F(ReconcileJobTest, AKeyThatIsBackBeforeTheRepairIsSentIsNotDeleted) {
  ASSERT_TRUE(reconcile(false));
  sql("DELETE FROM payment WHERE number IN (2, 3)");
  on_step = [&](const std::string& step) {
    if (step == "repairing") sql("INSERT INTO payment VALUES (3, 'c', 3)");
  };
  const auto report = reconcile(true);
  ASSERT_TRUE(report) << record::to_string(report.error());
  EXPECT_FALSE(report->unrepaired);
  EXPECT_EQ(report->found.extra, 2U);
  ASSERT_TRUE(report->repair);
  EXPECT_EQ(report->repair->sent, 1U);
  EXPECT_EQ(report->repair->deleted, 1U);
  EXPECT_EQ(report->repair->left->all(), 0U);
  EXPECT_THAT(center_has(), UnorderedElementsAre("1\ta", "3\tc", "4\td"));
}

TEST_F(ReconcileJobTest, AfterARepairTheSourceIsReadAgain) {
  ASSERT_TRUE(reconcile(false));
  sql("UPDATE payment SET amount = 'B' WHERE number = 2");
  bool is_repairing = false;
  on_step = [&](const std::string& step) {
    if (step == "repairing") {
      is_repairing = true;
    } else if (std::exchange(is_repairing, false)) {
      sql("UPDATE payment SET amount = 'A' WHERE number = 1");
    }
  };
  const auto report = reconcile(true);
  ASSERT_TRUE(report) << record::to_string(report.error());
  EXPECT_EQ(report->found.different, 1U);
  ASSERT_TRUE(report->repair);
  EXPECT_EQ(report->repair->sent, 1U);
  EXPECT_EQ(report->repair->left->different, 1U) << "of which the source knew before it was sent";
}

TEST_F(ReconcileJobTest, WhatIsOnItsWayAfterARepairIsNotLeftOver) {
  ASSERT_TRUE(reconcile(false));
  sql("UPDATE payment SET amount = 'B' WHERE number = 2");
  int repaired = 0;
  on_step = [&](const std::string& step) {
    if (step == "repairing") ++repaired;
    if (repaired > 0 && step == "reading the exchange database" && ++repaired == 2) {
      sql("INSERT INTO payment VALUES (5, 'e', 5)");
    }
  };
  const auto report = reconcile(true);
  ASSERT_TRUE(report) << record::to_string(report.error());
  EXPECT_EQ(report->repair->left->all(), 0U);
}

TEST_F(ReconcileJobTest, ARepairThatIsRefusedTellsWhatWasFound) {
  ASSERT_TRUE(reconcile(false));
  sql("DELETE FROM payment WHERE number > 1");
  const auto report = reconcile(true);
  ASSERT_TRUE(report) << record::to_string(report.error());
  EXPECT_EQ(report->found.extra, 3U);
  ASSERT_TRUE(report->unrepaired);
  EXPECT_EQ(report->unrepaired->code, ReconcileProblem::refused);
  EXPECT_THAT(report->unrepaired->sentence, HasSubstr("it would delete 3 of the 4 records"));
  EXPECT_FALSE(report->repair);
  EXPECT_EQ(center_has().size(), 4U);
}

TEST_F(ReconcileJobTest, ARepairThatTheCenterDoesNotTakeTellsWhatWasFoundAndSent) {
  ASSERT_TRUE(reconcile(false));
  sql("UPDATE payment SET amount = 'B' WHERE number = 2");
  on_step = [&](const std::string& step) {
    if (step == "repairing") stop_center();
  };
  const auto report = reconcile(true);
  ASSERT_TRUE(report) << record::to_string(report.error());
  EXPECT_EQ(report->found.different, 1U);
  ASSERT_TRUE(report->unrepaired);
  EXPECT_EQ(report->unrepaired->code, ReconcileProblem::behind);
  ASSERT_TRUE(report->repair);
  EXPECT_EQ(report->repair->sent, 1U);
  EXPECT_FALSE(report->repair->left) << "nobody knows";
}

TEST_F(ReconcileJobTest, ARepairWhoseSourceIsGoneTellsWhatWasFound) {
  ASSERT_TRUE(reconcile(false));
  sql("UPDATE payment SET amount = 'B' WHERE number = 2");
  on_step = [&](const std::string& step) {
    if (step == "repairing") sql("ALTER TABLE payment RENAME TO away");
  };
  const auto report = reconcile(true);
  ASSERT_TRUE(report) << record::to_string(report.error());
  EXPECT_EQ(report->found.different, 1U);
  ASSERT_TRUE(report->unrepaired);
}

TEST_F(ReconcileJobTest, WhatWasFoundIsKeptWithMoreOfTheDifferencesThanAreNamed) {
  ASSERT_TRUE(reconcile(false));
  auto first = kept().latest(std::nullopt).value();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_TRUE(first[0].is_same());
  EXPECT_EQ(first[0].source_records, 4U);
  sql("DELETE FROM payment WHERE number IN (2, 3)");
  named = 1;
  const auto report = reconcile(true);
  ASSERT_TRUE(report) << record::to_string(report.error());
  EXPECT_FALSE(report->unkept);
  EXPECT_EQ(report->named.size(), 1U);
  const auto found = kept().latest(std::nullopt).value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].found.extra, 2U);
  EXPECT_EQ(found[0].central_records, 4U) << "as it was before the repair";
  EXPECT_EQ(found[0].repair->deleted, 2U);
  EXPECT_TRUE(found[0].is_same()) << "since the repair";
  EXPECT_THAT(found[0].key_fields, ElementsAre("number"));
  const auto differences = kept().differences(found[0].id, 0, 100).value();
  ASSERT_EQ(differences.size(), 2U);
  EXPECT_THAT(differences[1].key, ElementsAre("3"));
  EXPECT_EQ(differences[1].kind, reconciliation::Kind::extra);
}

TEST_F(ReconcileJobTest, ARepairThatIsRefusedIsKeptWithWhy) {
  ASSERT_TRUE(reconcile(false));
  sql("DELETE FROM payment WHERE number > 1");
  ASSERT_TRUE(reconcile(true));
  const auto found = kept().latest(std::nullopt).value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].unrepaired, HasSubstr("it would delete 3 of the 4 records"));
  EXPECT_FALSE(found[0].is_same());
}

TEST_F(ReconcileJobTest, AReportThatCanNotBeKeptIsToldAllTheSame) {
  std::filesystem::create_directory(installation_->paths.reconciliation_reports());
  const auto report = reconcile(false);
  ASSERT_TRUE(report) << record::to_string(report.error());
  EXPECT_TRUE(report->unkept);
  EXPECT_EQ(report->source.present, 4U);
}

}  // namespace
}  // namespace sluice::jobs::test
