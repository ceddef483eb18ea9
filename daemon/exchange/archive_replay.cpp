#include "exchange/archive_replay.h"

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <utility>

#include "exchange/scratch_failure.h"
#include "exchange/version_fields.h"
#include "record/try.h"

namespace sluice::exchange {
namespace {

class ArchiveReplay {
 public:
  ArchiveReplay(const ReplaySurroundings& surroundings, const ReplayWish& wish,
                ReplayedTables tables)
      : surroundings_(surroundings),
        wish_(wish),
        tables_(std::move(tables)),
        schema_of_([this](const record::Digest& digest) { return schema(digest); }) {}
  ArchiveReplay(const ArchiveReplay&) = delete;
  ArchiveReplay& operator=(const ArchiveReplay&) = delete;

  store::Result<ReplayReport> run();

 private:
  struct Dataset {
    ReplayedDataset report;
    BatchReplay replay;
  };
  store::Result<std::optional<record::TableSchema>> schema(const record::Digest& digest) const;
  [[nodiscard]] bool is_wished(const record::DatasetId& id) const {
    return !wish_.only || *wish_.only == id;
  }
  store::Result<Dataset*> dataset(const record::DatasetId& id);
  store::Result<void> take_over(int number, Dataset& dataset, const NewBeginning& beginning);
  store::Result<void> walk();
  store::Result<void> take(const store::LedgerEntry& entry, const record::Batch& batch);
  void note(const store::LedgerEntry& entry, const Replayed& replayed, ReplayedDataset& report);
  store::Result<void> compare(int number, Dataset& dataset);
  // By which the tables are read.
  [[nodiscard]] std::optional<record::Dataset> form_of_tables(const Dataset& dataset) const;

  const ReplaySurroundings& surroundings_;
  const ReplayWish& wish_;
  ReplayedTables tables_;
  SchemaByDigest schema_of_;
  std::map<record::DatasetId, int> numbers_;
  std::vector<std::unique_ptr<Dataset>> datasets_;  // by number
  ReplayReport report_;
};

store::Result<std::optional<record::TableSchema>> ArchiveReplay::schema(
    const record::Digest& digest) const {
  for (const auto& [id, known] : surroundings_.catalogue.datasets()) {
    if (known->schema == digest) return known->dataset.schema;
  }
  if (!surroundings_.schema_of) return std::nullopt;
  return surroundings_.schema_of(digest);
}

store::Result<ArchiveReplay::Dataset*> ArchiveReplay::dataset(const record::DatasetId& id) {
  const auto number = static_cast<int>(datasets_.size());
  const auto [known, is_new] = numbers_.emplace(id, number);
  if (!is_new) return datasets_[static_cast<std::size_t>(known->second)].get();
  datasets_.push_back(
      std::make_unique<Dataset>(Dataset{{.dataset = id}, {number, schema_of_, tables_}}));
  const auto beginning = surroundings_.new_beginnings.find(id);
  if (beginning != surroundings_.new_beginnings.end()) {
    SLUICE_TRY(take_over(number, *datasets_.back(), beginning->second));
  }
  return datasets_.back().get();
}

// Nothing but the tables themselves says what they began with. Reads them, and so not while the
// store is walked: then there is no form to read them by.
store::Result<void> ArchiveReplay::take_over(int number, Dataset& dataset,
                                             const NewBeginning& beginning) {
  dataset.report.judged_from = beginning.ledger_id;
  const auto form = form_of_tables(dataset);
  if (!form) {  // what they began with can not be read
    dataset.report.judged_up_to = beginning.ledger_id - 1;
    return {};
  }
  VersionFields fields(form->schema);
  store::Result<void> taken;
  const auto read =
      surroundings_.store.read_versions(*form, [&](const store::StoredVersion& version) {
        if (version.begun_by != beginning.ledger_id || !fields.read(version)) return true;
        const auto key = fields.encoded_key();
        if (!key) return true;
        ++dataset.report.taken_over;
        taken = record::recast(tables_.take_over(number, *key, version, beginning.at), of_scratch);
        return taken.has_value();
      });
  if (!taken) return taken;
  if (!read && read.error().code != store::StoreProblem::unknown_dataset) return read;
  return {};
}

store::Result<void> ArchiveReplay::walk() {
  store::Result<void> taken;
  std::uint64_t bytes = 0;
  SLUICE_TRY(surroundings_.store.walk(
      {}, [&](const store::LedgerEntry& entry, const record::Batch& batch) {
        report_.last = entry.id;
        bytes += batch.payload.size();
        if (is_wished(entry.dataset)) taken = take(entry, batch);
        surroundings_.replayed(bytes);
        return taken.has_value();
      }));
  return taken;
}

store::Result<void> ArchiveReplay::take(const store::LedgerEntry& entry,
                                        const record::Batch& batch) {
  Dataset& of = *SLUICE_TRY(dataset(entry.dataset));
  ++of.report.entries;
  if (of.report.judged_from && entry.id <= *of.report.judged_from) return {};
  if (of.report.judged_up_to) {
    note(entry, {.why_not = "an entry in front of it could not be replayed"}, of.report);
    return {};
  }
  const Replayed replayed = SLUICE_TRY(of.replay.take(entry, batch));
  note(entry, replayed, of.report);
  return {};
}

void ArchiveReplay::note(const store::LedgerEntry& entry, const Replayed& replayed,
                         ReplayedDataset& report) {
  if (replayed.ends_replay) report.judged_up_to = entry.id - 1;
  if (replayed.why_not) {
    ++report.not_replayed;
    if (report_.not_replayed.size() < wish_.named) {
      report_.not_replayed.push_back(
          {entry.id, entry.stream, entry.sequence, entry.dataset, *replayed.why_not});
    }
  }
  if (replayed.rows && *replayed.rows != entry.rows) {
    ++report.differences;
    if (report_.other_counts.size() < wish_.named) {
      report_.other_counts.push_back({entry.id, entry.dataset, entry.rows, *replayed.rows});
    }
  }
}

std::optional<record::Dataset> ArchiveReplay::form_of_tables(const Dataset& dataset) const {
  if (const KnownDataset* known = surroundings_.catalogue.find(dataset.report.dataset)) {
    return known->dataset;
  }
  const record::TableSchema* schema = dataset.replay.last_schema();
  if (schema == nullptr) return std::nullopt;
  return record::Dataset{.id = dataset.report.dataset, .owner = {}, .title = {}, .schema = *schema};
}

store::Result<void> ArchiveReplay::compare(int number, Dataset& dataset) {
  ReplayedDataset& report = dataset.report;
  const auto form = form_of_tables(dataset);
  if (!form) return {};  // nothing of it could be replayed
  const auto told = [&](const TableDifference& difference) {
    ++report.differences;
    if (report_.differences.size() < wish_.named) report_.differences.push_back(difference);
  };
  auto comparison = SLUICE_TRY(TableComparison::begin(
      *form,
      {tables_, number,
       report.judged_up_to.value_or(std::max(report_.last, report.judged_from.value_or(0)))},
      told));
  store::Result<void> taken;
  std::uint64_t versions = 0;
  const auto read =
      surroundings_.store.read_versions(*form, [&](const store::StoredVersion& version) {
        taken = comparison.take(version);
        surroundings_.compared(report.dataset, ++versions);
        return taken.has_value();
      });
  if (!taken) return taken;
  // Where there are no tables all that must be there is missing.
  if (!read && read.error().code != store::StoreProblem::unknown_dataset) return read;
  SLUICE_TRY(comparison.finish());
  report.current = comparison.current();
  report.ended = comparison.ended();
  report.in_doubt = SLUICE_TRY(record::recast(tables_.count_in_doubt(number), of_scratch));
  return {};
}

store::Result<ReplayReport> ArchiveReplay::run() {
  // Those, too, that no batch came of: then nothing must be in their tables.
  for (const auto& [id, known] : surroundings_.catalogue.datasets()) {
    if (is_wished(id)) SLUICE_TRY(dataset(id));
  }
  SLUICE_TRY(walk());
  for (const auto& [id, number] : numbers_) {
    Dataset& of = *datasets_[static_cast<std::size_t>(number)];
    SLUICE_TRY(compare(number, of));
    report_.datasets.push_back(of.report);
  }
  return std::move(report_);
}

}  // namespace

std::uint64_t ReplayReport::count_differences() const {
  return std::accumulate(
      datasets.begin(), datasets.end(), std::uint64_t{0},
      [](std::uint64_t sum, const ReplayedDataset& each) { return sum + each.differences; });
}

std::uint64_t ReplayReport::count_not_replayed() const {
  return std::accumulate(
      datasets.begin(), datasets.end(), std::uint64_t{0},
      [](std::uint64_t sum, const ReplayedDataset& each) { return sum + each.not_replayed; });
}

store::Result<ReplayReport> replay_archive(const ReplaySurroundings& surroundings,
                                           const ReplayWish& wish) {
  auto tables = SLUICE_TRY(record::recast(ReplayedTables::open(surroundings.scratch), of_scratch));
  ArchiveReplay replay(surroundings, wish, std::move(tables));
  return replay.run();
}

}  // namespace sluice::exchange
