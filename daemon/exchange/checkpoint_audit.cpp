#include "exchange/checkpoint_audit.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "record/receipt.h"
#include "record/try.h"

namespace sluice::exchange {
namespace {

constexpr std::size_t checkpoints_at_once = 1000;

std::string name_of(const store::KeptCheckpoint& kept) {
  return fmt::format("checkpoint {} of line {}, made at {}", kept.checkpoint.number,
                     kept.checkpoint.line, record::to_string(kept.made_at));
}

std::string name_of_entry(const store::LedgerEntry& entry) {
  return fmt::format("ledger entry {} ({} batch {}, epoch {})", entry.id, entry.stream.bureau.str(),
                     entry.sequence.value, entry.stream.epoch.value);
}

// The last one of a line that has any.
store::Result<std::optional<record::Checkpoint>> last_of(
    store::Store& store, const std::vector<store::CheckpointLine>& lines) {
  for (std::size_t i = lines.size(); i > 0; --i) {
    auto last = SLUICE_TRY(store.checkpoints().last(lines[i - 1].name));
    if (last) return last;
  }
  return std::nullopt;
}

}  // namespace

store::Result<CheckpointAudit> CheckpointAudit::begin(store::Store& store) {
  CheckpointAudit audit(store);
  audit.lines_ = SLUICE_TRY(store.checkpoints().lines());
  audit.last_ = SLUICE_TRY(last_of(store, audit.lines_));
  for (const store::CheckpointLine& line : audit.lines_) {
    if (line.after.number == 0) continue;
    const auto kept = SLUICE_TRY(store.checkpoints().list(line.after.line, line.after.number, 1));
    if (!kept.empty() && kept.front().checkpoint == line.after) continue;
    audit.break_off(fmt::format(
        "line {} of checkpoints began at {} after checkpoint {} of line {}, which the store has "
        "not",
        line.name, record::to_string(line.began_at), line.after.number, line.after.line));
  }
  return audit;
}

void CheckpointAudit::break_off(std::string sentence) {
  if (!report_.first_break) report_.first_break = std::move(sentence);
}

store::Result<std::optional<store::KeptCheckpoint>> CheckpointAudit::next() {
  while (read_.empty()) {
    if (!last_ || line_ == lines_.size()) return std::nullopt;
    const auto page =
        SLUICE_TRY(store_.checkpoints().list(lines_[line_].name, number_, checkpoints_at_once));
    read_.assign(page.begin(), page.end());
    if (read_.empty()) {
      ++line_;
      number_ = 1;
    } else {
      number_ = read_.back().checkpoint.number + 1;
    }
  }
  return read_.front();
}

// Those that were made since the audit began are left to the next one.
store::Result<void> CheckpointAudit::compare(const store::LedgerEntry& entry) {
  digest_ = store::chain(digest_, store::chained(entry));
  while (const auto due = SLUICE_TRY(next())) {
    const record::Checkpoint& checkpoint = due->checkpoint;
    if (checkpoint.ledger > entry.id) break;
    if (checkpoint.ledger < entry.id) {
      break_off(fmt::format("{}: it ends with ledger entry {}, which is not in the ledger",
                            name_of(*due), checkpoint.ledger));
      break;
    }
    if (checkpoint.digest != digest_) {
      break_off(fmt::format(
          "{}: its digest is {}, and the ledger up to entry {} makes {}: since the checkpoint "
          "before it, an entry was changed, taken out or put in, or a checkpoint was changed",
          name_of(*due), record::to_string(checkpoint.digest), entry.id,
          record::to_string(digest_)));
      break;
    }
    ++report_.checkpoints;
    if (checkpoint == last_) last_.reset();
    read_.pop_front();
    if (!last_) read_.clear();
  }
  return {};
}

// Whoever writes everything anew by hand has still to change what the center signed.
store::Result<void> CheckpointAudit::believe(const store::LedgerEntry& entry) {
  const auto receipt = record::parse_receipt(entry.receipt.json);
  if (!receipt || !receipt->checkpoint || receipt->checkpoint == believed_) return {};
  const record::Checkpoint& told = *receipt->checkpoint;
  believed_ = told;
  const auto kept = SLUICE_TRY(store_.checkpoints().list(told.line, told.number, 1));
  if (!kept.empty() && kept.front().checkpoint == told) return {};
  const std::uint64_t numbers[] = {told.number};
  const auto answer = SLUICE_TRY(answer_of(store_, told.line, numbers));
  switch (standing_of(told, receipt->at, answer)) {
    case Standing::same:
      break;
    case Standing::lost_by_restore:
      ++report_.lost;
      break;
    case Standing::missing:
    case Standing::different:
      break_off(fmt::format(
          "{}: its receipt tells of checkpoint {} of line {}, up to ledger entry {} with digest "
          "{}, and the store has {}",
          name_of_entry(entry), told.number, told.line, told.ledger, record::to_string(told.digest),
          answer.checkpoints.empty()
              ? std::string("none")
              : fmt::format("entry {} with digest {} there", answer.checkpoints.front().ledger,
                            record::to_string(answer.checkpoints.front().digest))));
  }
  return {};
}

void CheckpointAudit::see(const store::LedgerEntry& entry) {
  if (failure_ || report_.first_break) return;
  auto done = compare(entry);
  if (done) done = believe(entry);
  if (!done) failure_ = std::move(done.error());
}

store::Result<CheckpointReport> CheckpointAudit::finish() {
  if (failure_) return std::unexpected(*failure_);
  if (report_.first_break) return report_;
  if (const auto left = SLUICE_TRY(next())) {
    break_off(fmt::format("{}: it reaches to ledger entry {}, before which the ledger ends",
                          name_of(*left), left->checkpoint.ledger));
  }
  return report_;
}

}  // namespace sluice::exchange
