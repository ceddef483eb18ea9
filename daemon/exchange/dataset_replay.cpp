#include "exchange/dataset_replay.h"

#include <algorithm>
#include <utility>

#include "exchange/scratch_failure.h"
#include "exchange/table_comparison.h"
#include "exchange/version_fields.h"
#include "record/recast.h"
#include "record/try.h"

namespace sluice::exchange {
namespace {

record::RowOutcomes brought(record::RowCount records) {
  record::RowOutcomes rows;
  rows.inserted = records;
  return rows;
}

}  // namespace

DatasetReplay::DatasetReplay(record::DatasetId id, const KnownDataset* known,
                             DatasetVersions versions, int first_number,
                             const Surroundings& surroundings)
    : known_(known),
      versions_(std::move(versions)),
      first_number_(first_number),
      around_(surroundings),
      report_{.dataset = std::move(id)} {
  for (store::Version version{1}; version <= versions_.last(); ++version.value) {
    replays_.push_back(std::make_unique<BatchReplay>(BatchReplay::Target{version, number(version)},
                                                     versions_, around_.schema_of, around_.tables));
    if (version == versions_.last()) break;
    around_.tables.keep_fields(number(version));
    migration_replays_.emplace_back(versions_, version);
  }
}

store::Result<void> DatasetReplay::begin() {
  const bool is_any_foreign = std::ranges::any_of(migration_replays_, &MigrationReplay::is_foreign);
  return is_any_foreign ? take_over(migrations().back()) : store::Result<void>();
}

// Nothing but the tables themselves says what they began with.
store::Result<void> DatasetReplay::take_over(const store::MigrationEntry& migration) {
  report_.judged_from = migration.id;
  in_use_ = versions_.last();
  const auto form = form_of_tables();
  if (!form) return {};
  VersionFields fields(form->schema);
  store::Result<void> taken;
  const auto read = around_.store.read_versions(*form, [&](const store::StoredVersion& version) {
    if (version.begun_by != migration.id || !fields.read(version)) return true;
    const auto key = fields.encoded_key();
    if (!key) return true;
    ++report_.taken_over;
    // One with a key that was there already is none that the tables began with, and is found out as
    // one that no batch brought.
    auto begun = around_.tables.begin_with(number(in_use_), *key,
                                           {.digest = version.digest,
                                            .source_time = version.source_time,
                                            .by = version.begun_by,
                                            .at = migration.applied_at,
                                            .fields = version.columns});
    if (!begun) taken = std::unexpected(of_scratch(begun.error()));
    return taken.has_value();
  });
  if (!taken) return taken;
  if (!read && read.error().code != store::StoreProblem::unknown_dataset) return read;
  return {};
}

store::Result<void> DatasetReplay::take(const store::LedgerEntry& entry,
                                        const record::Batch& batch) {
  SLUICE_TRY(migrate_before(entry.id));
  ++report_.entries;
  if (report_.judged_from && entry.id <= *report_.judged_from) return {};
  if (report_.judged_up_to) {
    note(entry, {.why_not = "an entry in front of it could not be replayed"});
    return {};
  }
  note(entry, SLUICE_TRY(replay().take(entry, batch)));
  return {};
}

void DatasetReplay::note(const store::LedgerEntry& entry, const Replayed& replayed) {
  if (replayed.ends_replay) report_.judged_up_to = entry.id - 1;
  if (replayed.why_not) {
    around_.findings.tell(report_, NotReplayed{.id = entry.id,
                                               .stream = entry.stream,
                                               .sequence = entry.sequence,
                                               .dataset = entry.dataset,
                                               .why = *replayed.why_not});
  }
  if (replayed.rows && *replayed.rows != entry.rows) {
    around_.findings.tell(report_, OtherCount{.id = entry.id,
                                              .dataset = entry.dataset,
                                              .told = entry.rows,
                                              .replayed = *replayed.rows});
  }
}

store::Result<void> DatasetReplay::migrate_before(std::int64_t id) {
  while (in_use_ < versions_.last() && !report_.judged_up_to) {
    const store::MigrationEntry& migration = migrations()[in_use_.value - 1];
    if (migration.id > id) return {};
    SLUICE_TRY(migrate(migration));
  }
  return {};
}

store::Result<void> DatasetReplay::migrate(const store::MigrationEntry& migration) {
  const auto tell = [&](const TableDifference& difference) {
    around_.findings.tell(report_, difference);
  };
  const ReplayedMigration replayed = SLUICE_TRY(migration_replays_[in_use_.value - 1].run(
      {number(in_use_), number(in_use_) + 1}, around_.tables, tell));
  if (replayed.why_not) {
    report_.judged_up_to = migration.id - 1;
    around_.findings.tell(report_, NotReplayed{.id = migration.id,
                                               .stream = {},
                                               .sequence = {},
                                               .dataset = migration.dataset,
                                               .why = *replayed.why_not});
    return {};
  }
  const std::uint64_t told = migration.records.value;
  if (told < replayed.records.value || told > replayed.records.value + replayed.in_doubt.value) {
    around_.findings.tell(report_, OtherCount{.of = OtherCount::Of::migration,
                                              .id = migration.id,
                                              .dataset = migration.dataset,
                                              .told = brought(migration.records),
                                              .replayed = brought(replayed.records),
                                              .in_doubt = replayed.in_doubt});
  }
  ++report_.migrations;
  ++in_use_.value;
  return {};
}

store::Result<void> DatasetReplay::finish(std::int64_t last) {
  last_entry_ = migrations().empty() ? last : std::max(last, migrations().back().id);
  return migrate_before(last_entry_);
}

std::optional<record::Dataset> DatasetReplay::form_of_tables() const {
  // One of another version than the tables does not tell how to read them.
  if (known_ != nullptr && versions_.may_be_of_last(known_->dataset.schema)) return known_->dataset;
  const record::TableSchema* schema = replays_.back()->last_schema();
  if (schema == nullptr) schema = versions_.last_began_with();
  if (schema == nullptr) return std::nullopt;
  return record::Dataset{.id = report_.dataset, .owner = {}, .title = {}, .schema = *schema};
}

std::optional<DatasetReplay::Compared> DatasetReplay::older(store::Version version) const {
  const store::MigrationEntry& ended_by = migrations()[version.value - 1];
  if (ended_by.dropped_at || report_.judged_from) return std::nullopt;
  const std::int64_t end = ended_by.id - 1;
  return Compared{.form = {.id = store::name_of_version(report_.dataset, version),
                           .owner = {},
                           .title = {},
                           .schema = versions_.ended_with(version)},
                  .version = version,
                  .up_to = std::min(end, report_.judged_up_to.value_or(end)),
                  .read = [this, &ended_by](const auto& consume) {
                    return around_.store.migrations().read_versions(ended_by, consume);
                  }};
}

std::optional<DatasetReplay::Compared> DatasetReplay::last() const {
  auto form = form_of_tables();
  if (!form) return std::nullopt;  // nothing of it could be replayed
  return Compared{.form = *form,
                  .version = versions_.last(),
                  .up_to = report_.judged_up_to.value_or(last_entry_),
                  .read = [this, form = *form](const auto& consume) {
                    return around_.store.read_versions(form, consume);
                  }};
}

store::Result<void> DatasetReplay::compare(const std::function<void()>& compared) {
  for (store::Version version{1}; version <= in_use_; ++version.value) {
    const auto as = version < versions_.last() ? older(version) : last();
    if (!as) continue;
    SLUICE_TRY(compare(*as, compared));
    SLUICE_TRY(tell_in_doubt(*as));
  }
  return {};
}

store::Result<void> DatasetReplay::tell_in_doubt(const Compared& as) {
  const record::KeyOrder order(as.form.schema);
  return record::recast(
      around_.tables.read_in_doubt(
          number(as.version),
          [&](std::string_view key) {
            around_.findings.tell(report_, RecordInDoubt{as.form.id, order.decode(key)});
          }),
      of_scratch);
}

store::Result<void> DatasetReplay::compare(const Compared& as,
                                           const std::function<void()>& compared) {
  auto comparison = SLUICE_TRY(TableComparison::begin(
      as.form, {around_.tables, number(as.version), as.up_to},
      [&](const TableDifference& difference) { around_.findings.tell(report_, difference); }));
  store::Result<void> taken;
  const auto read = as.read([&](const store::StoredVersion& version) {
    taken = comparison.take(version);
    compared();
    return taken.has_value();
  });
  if (!taken) return taken;
  // Where there are no tables all that must be there is missing.
  if (!read && read.error().code != store::StoreProblem::unknown_dataset) return read;
  SLUICE_TRY(comparison.finish());
  if (as.version == versions_.last()) {
    report_.current = comparison.current();
    report_.ended += comparison.ended();
  } else {
    report_.ended += comparison.current() + comparison.ended();
  }
  return {};
}

}  // namespace sluice::exchange
