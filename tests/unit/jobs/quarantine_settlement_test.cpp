// What a person does with a row of the quarantine, and what the auditor reads of it.
#include "jobs/quarantine_settlement.h"

#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jobs/confined_csv.h"
#include "jobs/replay_job.h"
#include "sqlite/database.h"
#include "support/audited_text.h"
#include "support/development_ca.h"
#include "support/journal_builder.h"
#include "support/temporary_directory.h"

namespace sluice::jobs::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class QuarantineSettlementTest : public testing::Test {
 protected:
  QuarantineSettlementTest() {
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
           "publishes:\n  - {dataset: approval, channels: [direct]}\n";
    std::ofstream(directory_ / "config/schemas/approval.json")
        << R"({"sluice:dataset": {"owner": "park", "title": "Approvals"},
               "fields": [{"name": "number", "type": "integer", "constraints": {"required": true}}],
               "primaryKey": ["number"]})";
    auto installation = installation::load_installation(directory_ / "config");
    if (!installation) throw std::runtime_error(installation.error().lines.at(0));
    installation_ = std::move(*installation);
    audit_ = std::make_unique<trust::AuditLog>(
        trust::AuditLog::open(installation_->paths.audit_log(), [] {
          return record::Time{};
        }).value());
    refuse(R"({"number": "none"})");
  }

  // Ids are given from 1 on; the first row is there.
  void refuse(const std::string& original, record::Mode mode = record::Mode::direct) {
    const record::DatasetId approval("approval");
    const std::vector<journal::QuarantinedRow> rows = {{.dataset = approval,
                                                        .mode = mode,
                                                        .source = "call",
                                                        .place = 1,
                                                        .field = "number",
                                                        .rule = "type",
                                                        .columns = R"(["number"])",
                                                        .original = original}};
    auto opened = journal();
    const auto kept = opened.append(installation_->origin(approval, mode),
                                    record::compress_payload("", {0}, {0}), rows, {});
    if (!kept) throw std::runtime_error(record::to_string(kept.error()));
  }
  // At the center, of a batch under that schema.
  void refuse_line(const record::TableSchema& schema, const std::string& line) {
    const record::DatasetId approval("approval");
    const std::vector<journal::QuarantinedRow> rows = {
        {.dataset = approval,
         .source = "batch 4",
         .place = 7,
         .field = "number",
         .rule = "unique",
         .columns = to_string(schema_digest(schema)),
         .original = line,
         .refused = journal::RefusedPlace{{1}, {4}, 7}}};
    EXPECT_EQ(columns_of_line(rows[0], *installation_->catalogue.find(approval)), "");
    ASSERT_TRUE(journal().append(installation_->origin(approval, record::Mode::direct),
                                 record::compress_payload("", {0}, {0}), rows, {}));
  }
  journal::Journal journal() { return installation_->open_journal(bureau_).value(); }
  journal::QuarantineEntry entry(std::int64_t id) {
    return journal().quarantine_entry(id).value().value();
  }
  SettlementDesk desk() {
    return {*installation_, *audit_, bureau_,
            "li.wei",       parser_, installation::schema_objections(*installation_)};
  }
  std::string audited() { return sluice::test::audited_text(installation_->paths.audit_log()); }

  record::test::TemporaryDirectory directory_;
  sluice::test::DevelopmentCa authority_{directory_.path()};
  record::BureauId bureau_{"park"};
  adapters::disk::OwnCsvParser parser_;
  std::unique_ptr<installation::Installation> installation_;
  std::unique_ptr<trust::AuditLog> audit_;
};

TEST_F(QuarantineSettlementTest, AReplayIsToldToTheAuditorWithWhoDidIt) {
  const auto refused = replay_entry(desk(), 1, std::nullopt);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, SettlementProblem::still_refused);
  EXPECT_EQ(audited(), "") << "nothing was done";
  const auto placed = replay_entry(desk(), 1, R"({"number": 7})");
  ASSERT_TRUE(placed) << record::to_string(placed.error());
  EXPECT_EQ(placed->sequence.value, 1U);
  EXPECT_THAT(audited(), HasSubstr(R"("event":"quarantine-replayed","actor":"li.wei",)"
                                   R"("bureau":"park","entry":"1","corrected":"yes")"));
  EXPECT_EQ(entry(1).state, journal::QuarantineState::replayed);
  EXPECT_EQ(entry(1).settlement->decision.by, "li.wei");
  EXPECT_EQ(replay_entry(desk(), 1, std::nullopt).error().code, SettlementProblem::not_waiting);
  EXPECT_EQ(replay_entry(desk(), 2, std::nullopt).error().code, SettlementProblem::not_waiting);
}

// Bytes in a bureau's dialect and encoding: not for the process that has the key.
TEST_F(QuarantineSettlementTest, ARowOfAFileIsReadByWhoHoldsNoKey) {
  refuse("none", record::Mode::disk);
  const ConfinedCsv ended("/bin/false");
  const SettlementDesk without_reader{
      *installation_, *audit_, bureau_,
      "li.wei",       ended,   installation::schema_objections(*installation_)};
  const auto not_read = replay_entry(without_reader, 2, "7");
  ASSERT_FALSE(not_read);
  EXPECT_EQ(not_read.error().code, SettlementProblem::still_refused);
  EXPECT_THAT(not_read.error().sentence, HasSubstr("nothing of it was taken"));
  EXPECT_EQ(entry(2).state, journal::QuarantineState::waiting);
  EXPECT_THAT(replay_entry(desk(), 2, "7,8").error().sentence, testing::StartsWith("ragged: "));
  ASSERT_TRUE(replay_entry(desk(), 2, "7"));
  EXPECT_EQ(entry(2).state, journal::QuarantineState::replayed);
}

TEST_F(QuarantineSettlementTest, NothingIsTakenAgainOfADatasetThatNothingIsTakenInOf) {
  SettlementDesk closed = desk();
  closed.objection = [](const record::DatasetId&) { return "the field name was removed"; };
  const auto refused = replay_entry(closed, 1, R"({"number": 7})");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr("the field name was removed"));
  EXPECT_EQ(entry(1).state, journal::QuarantineState::waiting);
}

TEST_F(QuarantineSettlementTest, ARowThatTheCenterRefusedIsTakenAgainAsALineOfABatch) {
  {
    auto opened = journal();
    const std::vector<journal::QuarantinedRow> rows = {
        {.dataset = record::DatasetId("approval"),
         .source = "permits.csv",
         .place = 12,
         .field = "number",
         .rule = "unique",
         .original = "U\t\\N\t7",
         .refused = journal::RefusedPlace{{1}, {4}, 7}}};
    ASSERT_TRUE(
        opened.append(installation_->origin(record::DatasetId("approval"), record::Mode::direct),
                      record::compress_payload("", {0}, {0}), rows, {}));
  }
  const auto sentence = [&](const std::string& corrected) {
    return replay_entry(desk(), 2, corrected).error().sentence;
  };
  EXPECT_THAT(sentence("U\t\\N\t7\t8"), HasSubstr("3 columns"));
  EXPECT_THAT(sentence("U\t\\N\tseven"), HasSubstr("number"));
  EXPECT_THAT(sentence(""), HasSubstr("no row"));
  ASSERT_TRUE(replay_entry(desk(), 2, std::nullopt));
  EXPECT_EQ(entry(2).state, journal::QuarantineState::replayed);
  auto opened = journal();
  ASSERT_TRUE(opened.close_open_batches(journal::Journal::Close::all));
  const auto batch = opened.next({}).value().value();
  EXPECT_EQ(journal::test::text_of(batch), "U\t\\N\t7\n");
  record::Receipt again = journal::test::receipt_for(batch);
  again.rows = {.rejected = again.rows.inserted};
  again.refused = {{"number", "unique", "still", {{1, 1}}}};
  ASSERT_TRUE(opened.acknowledge(again, {record::to_json(again), "signature"}));
  EXPECT_EQ(entry(3).row.source, "permits.csv") << "wherever it came from at first";
  EXPECT_EQ(entry(3).row.place, 12U);
}

TEST_F(QuarantineSettlementTest, ALineOfAnEarlierSchemaIsTakenAgainInThePresentColumns) {
  record::TableSchema earlier{
      .fields = {{.name = "name"}, {.name = "number", .type = record::FieldType::integer}},
      .primary_key = {"number"}};
  refuse_line(earlier, "U\t\\N\tAlpha\t7");
  const auto refused = replay_entry(desk(), 2, std::nullopt);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr("which the store does not have"));
  ASSERT_TRUE(installation_->open_store().value()->keep(earlier));
  EXPECT_THAT(replay_entry(desk(), 2, std::nullopt).error().sentence,
              HasSubstr("has a field name, the present one has not"));
  // Corrected it is a line of the present one.
  EXPECT_TRUE(replay_entry(desk(), 2, "U\t\\N\t7"));
  std::ofstream(directory_ / "config/schemas/approval.json")
      << R"({"sluice:dataset": {"owner": "park", "title": "Approvals"},
             "fields": [{"name": "number", "type": "integer", "constraints": {"required": true}},
                        {"name": "phone", "type": "string"}, {"name": "name", "type": "string"}],
             "primaryKey": ["number"]})";
  installation_ = std::move(installation::load_installation(directory_ / "config").value());
  refuse_line(earlier, "U\t\\N\tAlpha\t7");
  ASSERT_TRUE(replay_entry(desk(), 3, std::nullopt));
  auto opened = journal();
  ASSERT_TRUE(opened.close_open_batches(journal::Journal::Close::all));
  EXPECT_EQ(journal::test::text_of(opened.next({1}).value().value()), "U\t\\N\t7\t\\N\tAlpha\n");
}

// Whoever opened it once more would find none.
TEST_F(QuarantineSettlementTest, LinesOfAnEarlierSchemaThatAreSettledTogetherOpenTheStoreOnce) {
  const record::TableSchema earlier{
      .fields = {{.name = "number", .type = record::FieldType::integer}},
      .primary_key = {"number"}};
  ASSERT_TRUE(installation_->open_store().value()->keep(earlier));
  for (const char* number : {"7", "8", "9"})
    refuse_line(earlier, std::string("U\t\\N\t") + number);
  const SettlementDesk together = desk();
  ASSERT_TRUE(replay_entry(together, 2, std::nullopt));
  const auto& store = std::get<settings::SqliteLocation>(*installation_->settings.node.store).file;
  std::filesystem::rename(store, store.string() + ".away");
  const auto second = replay_entry(together, 3, std::nullopt);
  EXPECT_TRUE(second) << record::to_string(second.error());
  EXPECT_FALSE(replay_entry(desk(), 4, std::nullopt));
}

TEST_F(QuarantineSettlementTest, NothingIsTakenAgainThatTheStoreCouldNotTake) {
  record::Dataset other = installation_->catalogue.find(record::DatasetId("approval"))->dataset;
  other.schema.fields[0].type = record::FieldType::string;
  ASSERT_TRUE(installation_->open_store().value()->prepare(other));
  const auto refused = replay_entry(desk(), 1, R"({"number": 7})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, SettlementProblem::failed);
  EXPECT_THAT(refused.error().sentence, HasSubstr("number is of type integer"));
  EXPECT_EQ(entry(1).state, journal::QuarantineState::waiting);
  const auto verdict = installation::check_configuration(directory_ / "config");
  ASSERT_EQ(verdict.complaints.size(), 1U);
  EXPECT_THAT(verdict.complaints[0], HasSubstr("dataset approval: the field number is of type"));
}

TEST_F(QuarantineSettlementTest, OfADiscardTheAuditorReadsWhoAndNotWhy) {
  ASSERT_TRUE(discard_entry(desk(), 1, "公司 91100000710930026Y 已注销"));
  EXPECT_THAT(audited(), HasSubstr(R"("event":"quarantine-discarded","actor":"li.wei",)"
                                   R"("bureau":"park","entry":"1")"));
  EXPECT_THAT(audited(), Not(HasSubstr("91100000710930026Y"))) << "it is a value of a record";
  EXPECT_EQ(entry(1).state, journal::QuarantineState::discarded);
  EXPECT_EQ(entry(1).settlement->decision.note, "公司 91100000710930026Y 已注销");
  const std::string once = audited();
  EXPECT_EQ(discard_entry(desk(), 1, "again").error().code, SettlementProblem::not_waiting);
  EXPECT_EQ(replay_entry(desk(), 1, R"({"number": 7})").error().code,
            SettlementProblem::not_waiting);
  EXPECT_EQ(audited(), once);
}

TEST_F(QuarantineSettlementTest, AReasonIsOneLineThatOthersCanRead) {
  const std::string as_long_as_may_be = [] {
    std::string text;
    for (std::size_t i = 0; i < longest_reason; ++i)
      text += "错";
    return text;
  }();
  for (const std::string& bad : {std::string(), std::string("   "), std::string("\xff"),
                                 std::string("a\nb"), as_long_as_may_be + "x"}) {
    const auto discarded = discard_entry(desk(), 1, bad);
    ASSERT_FALSE(discarded) << bad;
    EXPECT_EQ(discarded.error().code, SettlementProblem::bad_reason);
  }
  EXPECT_EQ(entry(1).state, journal::QuarantineState::waiting);
  EXPECT_TRUE(discard_entry(desk(), 1, as_long_as_may_be));
}

TEST_F(QuarantineSettlementTest, WhatTheAuditLogDoesNotTakeIsDoneAndSaidToBeMissingThere) {
  auto database = sqlite::Database::open(installation_->paths.audit_log()).value();
  ASSERT_TRUE(database.execute("DROP TABLE line"));
  EXPECT_EQ(discard_entry(desk(), 1, "closed").error().code, SettlementProblem::unaudited);
  EXPECT_EQ(entry(1).state, journal::QuarantineState::discarded);
}

}  // namespace
}  // namespace sluice::jobs::test
