#include "jobs/new_epoch_job.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "installation/system_clock.h"
#include "jobs/flaw_of.h"
#include "jobs/front_end_source.h"
#include "jobs/ledger_side.h"
#include "jobs/run_lock.h"
#include "record/try.h"

namespace sluice::jobs {
namespace {

template <class T>
using Told = std::expected<T, record::Flaw>;

class Beginning {
 public:
  Beginning(const installation::Installation& installation, const NewEpochRequest& request)
      : installation_(installation),
        request_(request),
        file_(installation.paths.journal(request.bureau)) {}

  Told<NewEpochReport> run(trust::AuditLog& audit);

 private:
  // As it lies there, whatever is remembered of it.
  journal::Result<journal::Journal> open_file() const {
    return journal::Journal::open(file_, request_.bureau, installation_.settings.node.journal,
                                  *installation_.keyring, installation::system_now);
  }
  // One that is there and can be read; nothing: there is none.
  std::optional<journal::Journal> readable() const;
  // Out of the way, so that nothing of it gets into the new one.
  Told<void> set_aside();
  Told<void> ask_ledger(const record::StreamId& stream);
  // The receipts that the ledger has for what waits are taken: that is not sent again.
  Told<void> take_receipts(journal::Journal& journal);
  // Whether the journal is as it was earlier: then what captures keep is later than its cursors.
  bool is_older(const journal::Status& status) const;
  // `own`: the epoch of the journal that was there; 0: there was none. Nothing: the ledger was not
  // asked, or there was no epoch before.
  std::optional<record::Predecessor> predecessor(record::Epoch own, bool was_older) const;
  Told<void> note(trust::AuditLog& audit) const;

  const installation::Installation& installation_;
  const NewEpochRequest& request_;
  std::filesystem::path file_;
  std::unique_ptr<LedgerSide> ledger_;
  bool is_forked_ = false;  // rows were taken after the journal was put back
  NewEpochReport report_;
};

std::optional<journal::Journal> Beginning::readable() const {
  std::error_code missing;
  if (std::filesystem::file_size(file_, missing) == 0 || missing) return std::nullopt;
  auto journal = open_file();
  if (!journal) return std::nullopt;
  return std::move(*journal);
}

Told<void> Beginning::set_aside() {
  const auto now = installation::system_now().time_since_epoch().count();
  const std::string aside = fmt::format("{}.set-aside-{}", file_.string(), now);
  for (const char* part : {"", "-wal", "-shm"}) {
    std::error_code error;
    if (!std::filesystem::exists(file_.string() + part, error)) continue;
    std::filesystem::rename(file_.string() + part, aside + part, error);
    if (error) {
      return std::unexpected(record::Flaw{
          fmt::format("{}{}: can not be moved away: {}", file_.string(), part, error.message())});
    }
    report_.set_aside = aside;
  }
  return {};
}

Told<void> Beginning::ask_ledger(const record::StreamId& stream) {
  ledger_ = SLUICE_TRY(LedgerSide::open(installation_));
  report_.ledger = SLUICE_TRY(ledger_->place(stream));
  return {};
}

Told<void> Beginning::take_receipts(journal::Journal& journal) {
  SLUICE_TRY(flawed(journal.close_open_batches(journal::Journal::Close::all)));
  const record::StreamId stream = SLUICE_TRY(flawed(journal.status())).stream;
  record::Sequence last;
  while (const auto batch = SLUICE_TRY(flawed(journal.next(last)))) {
    last = SLUICE_TRY(flawed(record::parse_manifest(batch->manifest))).sequence;
    if (last > report_.ledger->head.sequence) break;
    const auto receipt = SLUICE_TRY(ledger_->receipt(stream, last));
    if (!receipt) continue;
    const auto parsed = SLUICE_TRY(flawed(record::parse_receipt(receipt->json)));
    // Another batch under this number: this one the ledger has not.
    if (parsed.manifest != record::sha256(batch->manifest)) {
      is_forked_ = true;
      continue;
    }
    SLUICE_TRY(flawed(journal.acknowledge(parsed, *receipt)));
  }
  return {};
}

bool Beginning::is_older(const journal::Status& status) const {
  const auto& mark = report_.remembered;
  if (mark && (mark->epoch != status.stream.epoch || mark->numbered > status.head.sequence)) {
    return true;
  }
  const auto& place = report_.ledger;
  if (is_forked_) return true;
  return place && (place->latest > status.stream.epoch ||
                   (place->head.sequence == status.head.sequence &&
                    place->head.manifest != status.head.manifest) ||
                   place->head.sequence > status.head.sequence);
}

std::optional<record::Predecessor> Beginning::predecessor(record::Epoch own, bool was_older) const {
  using record::EpochReason;
  const auto& mark = report_.remembered;
  if (!report_.ledger) return std::nullopt;
  record::Predecessor follows{.epoch = report_.ledger->latest,
                              .sequence = report_.ledger->latest_sequence,
                              .reason = own.value == 0 ? EpochReason::lost_journal
                                        : was_older    ? EpochReason::older_journal
                                                       : EpochReason::by_operator};
  if (follows.epoch.value == 0) follows.epoch = mark ? mark->epoch : own;
  if (follows.epoch.value == 0) return std::nullopt;
  if (mark && mark->epoch == follows.epoch) follows.numbered = mark->numbered;
  return follows;
}

Told<NewEpochReport> Beginning::run(trust::AuditLog& audit) {
  const auto importing =
      SLUICE_TRY(RunLock::take(installation_.paths.import_lock(request_.bureau)));
  const auto collecting =
      SLUICE_TRY(RunLock::take(installation_.paths.collect_lock(request_.bureau)));
  report_.remembered = SLUICE_TRY(flawed(installation_.marks->find(request_.bureau)));
  auto journal = readable();
  const bool was_there = journal.has_value();
  if (!was_there && !request_.from_start) {
    return std::unexpected(record::Flaw{fmt::format(
        "{}: there is no journal that can be read, and with it the places are gone up to which its "
        "sources had been read: put the latest file and its -wal back, or say --from-start, and "
        "everything is read again from the start",
        file_.string())});
  }
  record::StreamId stream{request_.bureau,
                          report_.remembered ? report_.remembered->epoch : record::Epoch{}};
  if (was_there) stream = SLUICE_TRY(flawed(journal->status())).stream;
  if (auto asked = ask_ledger(stream); !asked && was_there) {
    return std::unexpected(record::Flaw{fmt::format(
        "the center's ledger can not be asked what it has of this bureau ({}): without that, rows "
        "that it has might be sent again on top of later ones; say it again when it can be reached",
        asked.error().sentence)});
  }
  if (!was_there) {
    SLUICE_TRY(set_aside());
    journal.emplace(SLUICE_TRY(flawed(open_file())));
  } else {
    SLUICE_TRY(take_receipts(*journal));
  }
  const auto status = SLUICE_TRY(flawed(journal->status()));
  report_.reads_all = request_.from_start;
  const bool is_as_earlier = is_older(status);
  report_.reads_tables = request_.from_start || is_as_earlier;
  journal::NewEpoch beginning{
      .after = std::max({was_there ? status.stream.epoch : record::Epoch{},
                         report_.remembered ? report_.remembered->epoch : record::Epoch{},
                         report_.ledger ? report_.ledger->latest : record::Epoch{}}),
      .confirmed = report_.ledger ? report_.ledger->head.sequence : record::Sequence{},
      .from_start = request_.from_start,
      .follows = predecessor(was_there ? status.stream.epoch : record::Epoch{},
                             was_there && is_as_earlier)};
  if (report_.reads_tables) beginning.forgotten_channels.emplace(front_end_channel);
  const auto epoch = SLUICE_TRY(flawed(journal->begin_epoch(beginning, *installation_.marks)));
  report_.stream = {request_.bureau, epoch};
  report_.waiting = SLUICE_TRY(flawed(journal->status())).head.sequence.value;
  SLUICE_TRY(note(audit));
  return std::move(report_);
}

Told<void> Beginning::note(trust::AuditLog& audit) const {
  const auto& mark = report_.remembered;
  const auto& place = report_.ledger;
  return flawed(audit.append(
      {"journal-epoch-begun",
       {{"actor", request_.actor},
        {"bureau", request_.bureau.str()},
        {"epoch", std::to_string(report_.stream.epoch.value)},
        {"remembered",
         mark ? fmt::format("epoch {} up to {}", mark->epoch.value, mark->numbered.value)
              : std::string("nothing")},
        {"ledger",
         !place ? std::string("not asked")
         : place->latest.value == 0
             ? std::string("nothing")
             : fmt::format("epoch {} up to {}", place->latest.value, place->latest_sequence.value)},
        {"again", report_.reads_all ? "everything" : "what the ledger has not"}}}));
}

}  // namespace

std::expected<NewEpochReport, record::Flaw> run_new_epoch(
    const installation::Installation& installation, const NewEpochRequest& request,
    trust::AuditLog& audit) {
  return Beginning(installation, request).run(audit);
}

}  // namespace sluice::jobs
