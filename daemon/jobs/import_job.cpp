#include "jobs/import_job.h"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "adapters/disk/drop_folder.h"
#include "adapters/disk/file_digest.h"
#include "installation/schema_side.h"
#include "installation/system_clock.h"
#include "intake/journal_sink.h"
#include "jobs/ledger_side.h"
#include "jobs/not_journaled.h"
#include "jobs/run_lock.h"
#include "record/try.h"
#include "settings/channels.h"

namespace sluice::jobs {
namespace {

constexpr std::string_view channel = "disk";

class NoSink : public intake::BatchSink {
 public:
  [[nodiscard]] intake::Result<void> put(intake::ConvertedBatch) override { return {}; }
  [[nodiscard]] intake::Result<record::Sequence> finish() override { return record::Sequence{}; }
};

// One dataset can be loaded from the same file by several bureaus' rules only if they are different
// datasets; so the cursor names the dataset beside the digest.
std::string cursor_key(const record::DatasetId& dataset, const record::Digest& digest) {
  return dataset.str() + "/" + record::to_string(digest);
}

struct Confirmation {
  std::string not_asked;       // why the ledger could not be asked; empty where it was
  bool is_sent_again = false;  // the ledger has lost the rows, and this node still has them
};

// What a complete cursor says was loaded counts if the center's ledger has it, or the rows still
// wait here. Fails where neither has them.
adapters::Result<Confirmation> confirm(const installation::Installation& installation,
                                       journal::Journal& journal, const journal::KeptCursor& kept) {
  const auto status = SLUICE_TRY(of_journal(journal.status()));
  if (kept.placement.sequence > status.acknowledged) return Confirmation{};
  std::string away;
  std::optional<journal::LedgerPlace> told;
  const auto ask = [&](const record::StreamId& stream) -> std::optional<journal::LedgerPlace> {
    auto ledger = LedgerSide::open(installation);
    auto place = ledger ? (*ledger)->place(stream) : std::unexpected(ledger.error());
    if (place) return told = *place;
    away = std::move(place.error().sentence);
    return std::nullopt;
  };
  SLUICE_TRY(of_journal(journal.compare(ask)));
  SLUICE_TRY(of_journal(journal.check_taking()));
  const record::Sequence where = kept.placement.sequence;
  const bool is_lost = told && told->head.sequence < where;
  if (is_lost && !SLUICE_TRY(of_journal(journal.holds(where)))) {
    return std::unexpected(not_journaled(
        "", fmt::format("the center has lost batch {}, in which it was loaded, and this node has "
                        "it no more: say it again in a moment, and it is loaded again",
                        where.value)));
  }
  // A store of this node that can not be asked is no center that is away.
  if (!away.empty() && !installation.settings.node.uplink) {
    return std::unexpected(not_journaled("", away));
  }
  return Confirmation{std::move(away), is_lost};
}

// The batch of a complete cursor, where its receipt is not back: its rows wait here, or the center
// holds them.
adapters::Result<std::optional<record::Sequence>> awaited_batch(journal::Journal& journal,
                                                                const journal::KeptCursor& kept) {
  const record::Sequence batch = kept.placement.sequence;
  if (batch == record::Sequence{}) return std::nullopt;  // it had no row that was accepted
  const auto standing = SLUICE_TRY(of_journal(journal.standing(batch)));
  if (standing.state != journal::BatchStanding::State::waiting) return std::nullopt;
  return batch;
}

// What came before and counts for the reject limit.
adapters::Result<std::vector<journal::MinuteTally>> recent_tallies(
    journal::Journal& journal, const settings::Publication& publication) {
  const auto& window = publication.reject_limit.window;
  if (!window) return {};
  return of_journal(journal.tallies(publication.dataset, installation::system_now() - *window));
}

adapters::Result<ImportReport> collect(const ImportRequest& request, const FileReading& reading,
                                       intake::BatchSink& sink, adapters::Progress& progress) {
  auto read = SLUICE_TRY(read_in_child(request.reader, reading, sink, progress));
  return ImportReport{.resumed_after = read.resumed_after,
                      .bytes = reading.digest.stamp.bytes,
                      .rows = read.cursor.rows,
                      .accepted = read.cursor.accepted,
                      .quarantined = read.cursor.quarantined,
                      .copies = read.cursor.copies,
                      .reasons = std::move(read.reasons)};
}

}  // namespace

std::expected<const settings::Publication*, record::Flaw> publication_for(
    const settings::Bureau& bureau, const std::filesystem::path& file, const std::string& named) {
  std::vector<const settings::Publication*> by_disk;
  for (const settings::Publication& publication : bureau.publishes) {
    if (settings::comes_by(publication, record::Mode::disk)) by_disk.push_back(&publication);
  }
  std::vector<record::DatasetId> datasets;
  std::vector<std::string> names;
  for (const auto* publication : by_disk) {
    datasets.push_back(publication->dataset);
    names.push_back(publication->dataset.str());
  }
  // The file's name says it as in a drop folder, whatever its extension is here.
  const auto wanted = named.empty()
                          ? adapters::disk::dataset_of(file.stem().string() + ".csv", datasets)
                          : std::optional(record::DatasetId(named));
  const auto found = std::ranges::find_if(by_disk, [&](const settings::Publication* publication) {
    return publication->dataset == wanted;
  });
  if (found != by_disk.end()) return *found;
  if (by_disk.empty()) {
    return std::unexpected(
        record::Flaw{fmt::format("{} publishes nothing by disk", bureau.id.str())});
  }
  if (!named.empty()) {
    return std::unexpected(
        record::Flaw{fmt::format("{} does not publish {} by disk; it publishes {}", bureau.id.str(),
                                 named, fmt::join(names, ", "))});
  }
  if (by_disk.size() == 1) return by_disk.front();
  return std::unexpected(record::Flaw{fmt::format(
      "the file's name does not say for which dataset it is; name one of {} by --dataset",
      fmt::join(names, ", "))});
}

adapters::Result<ImportReport> run_import(const installation::Installation& installation,
                                          const ImportRequest& request,
                                          const ImportEvents& events) {
  const record::BureauId& bureau = request.bureau.id;
  const auto lock = RunLock::take(installation.paths.import_lock(bureau));
  if (!lock) return std::unexpected(not_journaled("", lock.error().sentence));
  const auto digest = SLUICE_TRY(adapters::disk::digest_file(request.file, events.digesting));
  auto journal = SLUICE_TRY(of_journal(installation.open_journal(bureau)));
  SLUICE_TRY(of_journal(journal.check_taking()));
  const record::DatasetId& dataset = request.publication.dataset;
  const std::string key = cursor_key(dataset, digest.digest);
  const auto kept = SLUICE_TRY(of_journal(journal.cursor(channel, key)));
  intake::SourceCursor taken;
  if (kept) taken = intake::parse_source_cursor(kept->value).value_or(taken);
  if (taken.complete) {
    auto confirmed = SLUICE_TRY(confirm(installation, journal, *kept));
    const auto waits_for = SLUICE_TRY(awaited_batch(journal, *kept));
    return ImportReport{.loaded_before = true,
                        .not_asked = std::move(confirmed.not_asked),
                        .waits_for = waits_for,
                        .is_sent_again = confirmed.is_sent_again,
                        .bytes = digest.stamp.bytes,
                        .rows = taken.rows,
                        .accepted = taken.accepted,
                        .quarantined = taken.quarantined,
                        .copies = taken.copies};
  }
  if (auto why = installation::schema_objection(installation, dataset)) {
    return std::unexpected(not_journaled("", std::move(*why)));
  }
  auto recent = SLUICE_TRY(recent_tallies(journal, request.publication));
  intake::JournalSink sink(journal,
                           {installation.origin(request.publication.dataset, record::Mode::disk),
                            std::string(channel), key},
                           [&](const journal::JournalFailure& failure) {
                             events.waiting_for_room(record::to_string(failure));
                           });
  auto report = collect(request,
                        {bureau, request.publication.dataset, request.file, request.source, digest,
                         taken, std::move(recent)},
                        sink, events.loading);
  if (report) report->batches = sink.sequences();
  return report;
}

adapters::Result<ImportReport> dry_run_import(const ImportRequest& request,
                                              const ImportEvents& events) {
  const auto digest = SLUICE_TRY(adapters::disk::digest_file(request.file, events.digesting));
  NoSink sink;
  return collect(request,
                 {request.bureau.id,
                  request.publication.dataset,
                  request.file,
                  request.source,
                  digest,
                  {},
                  {}},
                 sink, events.loading);
}

}  // namespace sluice::jobs
