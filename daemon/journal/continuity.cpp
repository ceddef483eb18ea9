#include "journal/continuity.h"

#include <system_error>

#include <fmt/format.h>

namespace sluice::journal {
namespace {

// What to do about a journal that is not the latest.
std::string put_back(const record::BureauId& bureau, std::string_view flag) {
  return fmt::format(
      "nothing of this bureau is taken until that is settled: put the latest file and its -wal "
      "back, or, where they can not be had, stop sluiced and say `sluice journal new-epoch {}{}` "
      "(docs/restore.md)",
      bureau.str(), flag);
}

std::string older(const record::BureauId& bureau, std::string_view found) {
  return fmt::format("{}: the journal was put back as it was earlier; {}", found,
                     put_back(bureau, ""));
}

// The ledger lacks what this journal has receipts for.
std::string ledger_lost(const StreamRow& row, const LedgerPlace& place) {
  const bool has_any = place.latest.value != 0;
  return fmt::format(
      "this journal has the center's receipts up to batch {}, and the center's ledger has {}: the "
      "central store was lost, or put back as it was earlier; nothing of this bureau is taken "
      "until that is settled: restore the store's latest backup, or, where it can not be had, stop "
      "sluiced and say `sluice journal new-epoch {}{}` here, which reads again what is not there "
      "(docs/restore.md)",
      row.acknowledged.value,
      has_any ? fmt::format("batches up to {} of epoch {}", place.latest_sequence.value,
                            place.latest.value)
              : std::string("nothing of this bureau"),
      row.stream.bureau.str(), has_any ? "" : " --from-start");
}

std::string unknown_predecessor(const record::BureauId& bureau, const LedgerPlace& place) {
  return fmt::format(
      "the center's ledger has batches up to {} of epoch {} of this bureau, of which this node "
      "knows nothing: its journal was lost, or began on another node; nothing of this bureau is "
      "taken until that is settled: put the journal back, or stop sluiced and say `sluice journal "
      "new-epoch {} --from-start`, which reads everything again (docs/restore.md)",
      place.latest_sequence.value, place.latest.value, bureau.str());
}

}  // namespace

std::optional<std::string> objection_to_file(const std::filesystem::path& file,
                                             const record::BureauId& bureau,
                                             const StreamMark& remembered) {
  std::error_code missing;
  const auto bytes = std::filesystem::file_size(file, missing);
  if (!missing && bytes > 0) return std::nullopt;
  return fmt::format(
      "the journal of {} {}: this node had one of epoch {} with batches up to {}, and what was "
      "acknowledged and had no receipt yet is in it alone; {}",
      bureau.str(), missing ? "is gone" : "has 0 bytes", remembered.epoch.value,
      remembered.numbered.value, put_back(bureau, " --from-start"));
}

std::optional<std::string> objection_of_mark(const record::StreamId& stream,
                                             record::Sequence numbered,
                                             const StreamMark& remembered) {
  if (stream.epoch != remembered.epoch) {
    return older(
        stream.bureau,
        fmt::format("it is of epoch {}, and this node had one of epoch {} with batches up "
                    "to {}",
                    stream.epoch.value, remembered.epoch.value, remembered.numbered.value));
  }
  if (numbered >= remembered.numbered) return std::nullopt;
  return older(stream.bureau,
               fmt::format("its last batch is {}, and this node had given out numbers up to {}",
                           numbered.value, remembered.numbered.value));
}

std::optional<std::string> objection_of_ledger(const RowsAround& rows, const LedgerPlace& place,
                                               const OwnBatches& own) {
  const StreamRow& row = rows.after;
  const bool same = rows.before.stream == row.stream;
  const record::Sequence acknowledged = same ? rows.before.acknowledged : row.acknowledged;
  const record::Epoch epoch = row.stream.epoch;
  if (place.latest > epoch) {
    return older(row.stream.bureau,
                 fmt::format("it is of epoch {}, and the center's ledger has batches up to {} of "
                             "the later epoch {}",
                             epoch.value, place.latest_sequence.value, place.latest.value));
  }
  // One that has something of the bureau was put back as it was earlier, and what it lacks can be
  // sent again or is named. One that has nothing may be another store than was meant.
  if (place.head.sequence < acknowledged && !own.reach_back &&
      (place.latest.value == 0 || own.forks)) {
    return ledger_lost(rows.before, place);
  }
  if (place.latest < epoch) {
    if (place.latest <= row.follows) return std::nullopt;
    return unknown_predecessor(row.stream.bureau, place);
  }
  if (place.head.sequence > row.head.sequence) {
    return older(row.stream.bureau,
                 fmt::format("its last batch is {}, and the center's ledger has batches up to {}",
                             row.head.sequence.value, place.head.sequence.value));
  }
  if (own.last && *own.last != place.head.manifest) {
    return older(row.stream.bureau,
                 fmt::format("its batch {} is another one than the center's ledger has",
                             place.head.sequence.value));
  }
  return std::nullopt;
}

}  // namespace sluice::journal
