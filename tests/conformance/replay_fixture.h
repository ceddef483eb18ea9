// What every test of a replay begins with: a store, a scratch database of the replay's own, and
// somebody who may write in the store's database.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include "conformance/store_fixture.h"
#include "exchange/archive_replay.h"
#include "exchange/version_conversion.h"
#include "record/canonical_schema.h"
#include "settings/mapping_text.h"
#include "store/migrations.h"
#include "support/temporary_directory.h"

namespace sluice::test {

class ReplaySuite : public StoreSuite {
 protected:
  void reject(const record::Dataset& dataset, const std::vector<std::string>& lines) {
    const Sent sent = stream_.batch(dataset, lines);
    const std::string reason = "it may not be";
    ASSERT_TRUE(store_->reject({sent.manifest, sent.batch, reason},
                               receipt_maker(sent.manifest, sent.batch)));
  }
  // The dataset's tables get that form; the mapping as the ledger keeps it.
  store::MigrationEntry migrate(const record::Dataset& to, const std::string& mapping) {
    const auto from = store_->migrations().current(to.id).value().value();
    auto conversion =
        exchange::VersionConversion::bind(record::parse_canonical_schema(from.schema).value(), to,
                                          settings::parse_mapping_text(mapping).value());
    if (!conversion) {
      ADD_FAILURE() << conversion.error().sentence;
      return {};
    }
    const store::RecordConverter convert = [&](auto values) { return conversion->convert(values); };
    const auto checker = checker_of(to);
    const auto report = store_->migrations().migrate(
        {.dataset = to, .checker = checker, .from = from, .mapping = mapping, .convert = convert},
        [](const record::Migration& migration) {
          return record::SignedMigration{record::to_json(migration), "signature"};
        });
    if (!report || !report->entry) {
      ADD_FAILURE() << (report ? "not all fit" : record::to_string(report.error()));
      return {};
    }
    prepare(to);
    return *report->entry;
  }

  // With a scratch database of its own.
  exchange::ReplaySurroundings surroundings() {
    scratch_.reset();
    scratch_.emplace(reconciliation::ScratchDatabase::create(directory_ / "scratch").value());
    return {
        .store = *store_, .catalogue = catalogue_, .schema_of = schema_of_, .scratch = *scratch_};
  }
  exchange::ReplayReport replay(const exchange::ReplayWish& wish = {}) {
    return replay(surroundings(), wish);
  }
  static exchange::ReplayReport replay(const exchange::ReplaySurroundings& with,
                                       const exchange::ReplayWish& wish = {}) {
    auto report = exchange::replay_archive(with, wish);
    if (!report) {
      ADD_FAILURE() << record::to_string(report.error());
      return {};
    }
    return std::move(*report);
  }
  // "enterprise history a, entry 2: what"
  std::vector<std::string> found() {
    const exchange::ReplayReport report = replay();
    std::vector<std::string> texts;
    for (const auto& each : report.differences) {
      texts.push_back(fmt::format("{} {} {}, entry {}: {}", each.dataset.str(),
                                  each.is_current ? "current" : "history", fmt::join(each.key, "/"),
                                  each.ledger_id, each.what));
    }
    EXPECT_EQ(report.count_differences(), texts.size() + report.other_counts.size());
    return texts;
  }
  // What an administrator of the database does to as many rows.
  void tamper(const std::string& sql, std::size_t rows = 1) {
    EXPECT_THAT(home_->query(sql + " RETURNING 1"), testing::SizeIs(rows)) << sql;
  }
  std::string current(const std::string& dataset = "enterprise") {
    return home_->table("data", dataset);
  }
  std::string history(const std::string& dataset = "enterprise") {
    return home_->table("history", dataset);
  }
  bool is_sqlite() { return GetParam().name == "sqlite"; }

  record::test::TemporaryDirectory directory_;
  std::optional<reconciliation::ScratchDatabase> scratch_;
  exchange::Catalogue catalogue_ = exchange::Catalogue::compile({}).value();
  exchange::SchemaByDigest schema_of_;  // of those that the catalogue has not
};

}  // namespace sluice::test
