#include "commands/audit_replay.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "commands/terminal.h"

namespace sluice::commands {
namespace {

using exchange::ReplayedDataset;
using exchange::ReplayReport;

std::string outcomes_text(const record::RowOutcomes& rows) {
  return fmt::format("{} inserted, {} updated, {} unchanged, {} deleted, {} rejected",
                     rows.inserted.value, rows.updated.value, rows.unchanged.value,
                     rows.deleted.value, rows.rejected.value);
}

std::string text_of(const exchange::OtherCount& count) {
  if (count.of == exchange::OtherCount::Of::migration) {
    const std::string doubts =
        count.in_doubt.value == 0
            ? ""
            : fmt::format(", and {} at most are in doubt", count.in_doubt.value);
    return fmt::format("its statement counts {} records; replayed it is {}{}",
                       count.told.inserted.value, count.replayed.inserted.value, doubts);
  }
  return fmt::format("its receipt counts {}; replayed it is {}", outcomes_text(count.told),
                     outcomes_text(count.replayed));
}

void print_datasets(const ReplayReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (const ReplayedDataset& each : report.datasets) {
    rows.push_back({each.dataset.str(), human_count(each.entries), human_count(each.not_replayed),
                    human_count(each.current), human_count(each.ended),
                    human_count(each.differences)});
  }
  fmt::print(
      "{}",
      table({"dataset", "entries", "not replayed", "current", "history", "differences"}, rows));
  for (const ReplayedDataset& each : report.datasets) {
    if (each.migrations > 0) {
      fmt::print("  {}: {} migrations replayed\n", each.dataset.str(),
                 human_count(each.migrations));
    }
    if (each.judged_from) {
      fmt::print(
          "  {}: the mapping of the migration with ledger id {}, or of one before, can not be read "
          "here: judged from there on; the {} records that it brought are taken as they are\n",
          each.dataset.str(), *each.judged_from, human_count(each.taken_over));
    }
    if (each.judged_up_to) {
      fmt::print("  {}: judged as it was after ledger id {}; nothing is said of what came later\n",
                 each.dataset.str(), *each.judged_up_to);
    }
    if (each.in_doubt > 0) {
      fmt::print(
          "  {}: {} records are not judged (below), since an entry that is about them could not be "
          "replayed wholly; all others are\n",
          each.dataset.str(), human_count(each.in_doubt));
    }
  }
}

// How many there are beside those that were named.
void print_rest(std::uint64_t all, std::size_t named) {
  if (all > named) fmt::print("… and {} more (--show names more)\n", human_count(all - named));
}

void print_differences(const ReplayReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (const exchange::TableDifference& each : report.differences) {
    rows.push_back({each.dataset.str(), each.is_current ? "current" : "history",
                    fmt::format("{}", fmt::join(each.key, ", ")), std::to_string(each.ledger_id),
                    each.what});
  }
  for (const exchange::OtherCount& each : report.other_counts) {
    rows.push_back({each.dataset.str(), "ledger", "", std::to_string(each.id), text_of(each)});
  }
  if (rows.empty()) return;
  fmt::print("\n{}", table({"dataset", "table", "key", "ledger id", "what is wrong"}, rows));
  print_rest(report.count_differences(), rows.size());
}

void print_not_replayed(const ReplayReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (const exchange::NotReplayed& each : report.not_replayed) {
    if (each.stream.bureau.str().empty()) {
      rows.push_back({std::to_string(each.id), each.dataset.str(), "", "", "migration", each.why});
      continue;
    }
    rows.push_back({std::to_string(each.id), each.dataset.str(), each.stream.bureau.str(),
                    std::to_string(each.stream.epoch.value), std::to_string(each.sequence.value),
                    each.why});
  }
  if (rows.empty()) return;
  fmt::print(
      "\n{}",
      table({"ledger id", "dataset", "bureau", "epoch", "batch", "why it is not replayed"}, rows));
  print_rest(report.count_not_replayed(), rows.size());
}

void print_in_doubt(const ReplayReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (const exchange::RecordInDoubt& each : report.in_doubt)
    rows.push_back({each.dataset.str(), fmt::format("{}", fmt::join(each.key, ", "))});
  if (rows.empty()) return;
  fmt::print("\n{}", table({"dataset", "key of a record that is not judged"}, rows));
  print_rest(report.count_in_doubt(), rows.size());
}

ExitStatus conclude(const ReplayReport& report) {
  auto status = ExitStatus::success;
  if (const auto entries = report.count_not_replayed(); entries > 0) {
    status = fail(fmt::format(
        "{} entries of the ledger could not be replayed, or not wholly: what depends on them is "
        "not proved (docs/store.md, \"Replaying the archive\")",
        human_count(entries)));
  }
  std::vector<std::string> datasets;
  for (const ReplayedDataset& each : report.datasets) {
    if (each.differences > 0) {
      datasets.push_back(fmt::format("{} ({})", each.dataset.str(), human_count(each.differences)));
    }
  }
  if (datasets.empty()) return status;
  return fail(fmt::format(
      "the tables are not what the archive makes of them: {}; somebody wrote in the database past "
      "sluiced: find out who, then docs/store.md, \"Replaying the archive\"",
      fmt::join(datasets, ", ")));
}

}  // namespace

ExitStatus replay_archive(const installation::Installation& installation, store::Store& store,
                          const exchange::ReplayWish& wish, std::uint64_t payload_bytes) {
  auto scratch = reconciliation::ScratchDatabase::create(installation.paths.replay());
  if (!scratch) return fail(record::to_string(scratch.error()));
  // Schemas are asked for while the ledger is walked, which has a connection for itself.
  auto schemas = installation.open_store();
  if (!schemas) return fail(record::to_string(schemas.error()));
  ProgressLine line("replaying the archive");
  std::string dataset;
  const auto report = exchange::replay_archive(
      {.store = store,
       .catalogue = installation.catalogue,
       .schema_of = [&](const record::Digest& digest) { return (*schemas)->schema(digest); },
       .scratch = *scratch,
       .replayed = [&](std::uint64_t bytes) { line.advanced(bytes, payload_bytes, 0); },
       .compared =
           [&](const record::DatasetId& id, std::uint64_t versions) {
             if (id.str() != dataset) line.name("comparing " + (dataset = id.str()));
             line.advanced(0, 0, versions);
           }},
      wish);
  line.clear();
  if (!report) return fail(record::to_string(report.error()));
  if (report->datasets.empty()) {
    return fail(fmt::format("--dataset: there is no dataset {}, and the ledger has no batch of it",
                            wish.only->str()),
                ExitStatus::usage);
  }
  const bool is_good = report->count_differences() == 0;
  fmt::print("tables: replayed up to ledger id {}: {}\n", report->last,
             !is_good                           ? "NOT WHAT THE ARCHIVE MAKES OF THEM"
             : report->count_not_replayed() > 0 ? "NOT ALL OF IT COULD BE REPLAYED"
                                                : "what the archive makes of them");
  print_datasets(*report);
  print_differences(*report);
  print_not_replayed(*report);
  print_in_doubt(*report);
  return conclude(*report);
}

}  // namespace sluice::commands
