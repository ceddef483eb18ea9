// How a stream goes on that can not go on as it is: what the center does not have is sealed anew.
#include <algorithm>

#include "journal/journal_columns.h"
#include "journal/journal_state.h"
#include "record/try.h"

namespace sluice::journal {

Result<void> Journal::State::begin_epoch(StreamRow& row, const NewEpoch& beginning) {
  const auto now = static_cast<std::uint64_t>(milliseconds(clock()));
  // What is sealed anew need not be later than what nobody has taken: it may have been sealed while
  // this machine's clock was wrong.
  row.sealed_at = row.confirmed_at;
  const auto open = SLUICE_TRY(ours(tables.open_batches()));
  for (const OpenBatch& batch : open) {
    SLUICE_TRY(seal_open(row, batch));
  }
  SLUICE_TRY(ours(retained.let_go_up_to(beginning.confirmed)));
  // What the ledger has and holds is not sealed anew: it is applied there, or comes back.
  const HeldBatch last_confirmed{row.stream.epoch, beginning.confirmed};
  SLUICE_TRY(ours(held.set_aside(last_confirmed)));
  SLUICE_TRY(ours(held.forget_after(last_confirmed)));
  const bool is_whole = !SLUICE_TRY(ours(held.missing(beginning.confirmed, row.acknowledged)));
  SLUICE_TRY(ours(tables.forget_cursors({.confirmed = beginning.confirmed,
                                         .all = beginning.from_start,
                                         .waiting_stays = is_whole && !beginning.from_start})));
  for (const std::string& channel : beginning.forgotten_channels) {
    SLUICE_TRY(ours(tables.forget_cursors(channel)));
  }
  SLUICE_TRY(ours(tables.unplace_cursors()));
  SLUICE_TRY(ours(tables.forget_receipts()));
  SLUICE_TRY(ours(retained.forget_receipts()));
  SLUICE_TRY(ours(gaps.forget_all()));
  SLUICE_TRY(note_predecessor(row, beginning));
  const record::Epoch last = std::max(beginning.after, row.stream.epoch);
  row.follows = beginning.after;
  row.stream.epoch.value = std::max(now, last.value + 1);
  row.refused.clear();
  return seal_anew(row);
}

Result<void> Journal::State::note_predecessor(const StreamRow& row, const NewEpoch& beginning) {
  if (!beginning.follows) return ours(predecessors.put(std::nullopt));
  record::Predecessor follows = *beginning.follows;
  follows.numbered = std::max(follows.numbered, follows.sequence);
  const auto before = SLUICE_TRY(ours(predecessors.find()));
  if (follows.epoch == row.stream.epoch) {
    follows.numbered = std::max(follows.numbered, row.head.sequence);
    const std::uint64_t between = follows.numbered.value - follows.sequence.value;
    follows.lost = between - std::min(between, SLUICE_TRY(ours(predecessors.batches())));
  } else if (before && before->epoch == follows.epoch) {
    // Of the epoch between them the ledger has nothing, and what that had is sealed anew once more.
    follows.numbered = std::max(follows.numbered, before->numbered);
    follows.lost = before->lost;
    if (before->sequence > follows.sequence)
      follows.lost += before->sequence.value - follows.sequence.value;
  } else {
    follows.lost = follows.numbered.value - follows.sequence.value;
  }
  return ours(predecessors.put(follows));
}

Result<std::optional<record::Predecessor>> Journal::State::said_by_next(const StreamRow& row) {
  if (row.head.sequence.value != 0) return std::nullopt;
  return ours(predecessors.find());
}

Result<void> Journal::State::follow(const StreamRow& begun, StreamMarks* told) {
  stream = begun.stream;
  remembered = begun.head.sequence;
  if (told == nullptr) return {};
  return told->replace(stream.bureau, {stream.epoch, remembered});
}

Result<SentAgain> Journal::State::seal_beyond_gap(StreamRow& row, const LedgerPlace& place) {
  const record::Sequence after = place.head.sequence;
  SentAgain again{.after = after, .up_to = row.acknowledged};
  if (const auto said = SLUICE_TRY(ours(predecessors.find()));
      said && said->epoch == place.latest && said->sequence > place.latest_sequence) {
    again.lost = SLUICE_TRY(
        ours(gaps.add({said->epoch, {place.latest_sequence.value + 1}, said->sequence}, clock())));
  }
  if (const auto missing = SLUICE_TRY(ours(held.missing(after, row.acknowledged)))) {
    const auto own =
        SLUICE_TRY(ours(gaps.add({row.stream.epoch, missing->first, missing->last}, clock())));
    again.lost.insert(again.lost.end(), own.begin(), own.end());
  }
  SLUICE_TRY(begin_epoch(
      row, {.after = std::max(place.latest, row.stream.epoch),
            .confirmed = after,
            .follows = record::Predecessor{.epoch = place.latest,
                                           .sequence = place.latest_sequence,
                                           .reason = record::EpochReason::center_restored}}));
  again.anew = row.stream.epoch;
  return again;
}

Result<void> Journal::State::seal_anew(StreamRow& row) {
  SLUICE_TRY(check_certificate(row));
  record::Sequence last;
  row.head = {};
  row.acknowledged = {};
  while (const auto batch = SLUICE_TRY(ours(tables.next_batch(last)))) {
    const auto manifest = record::parse_manifest(batch->manifest);
    if (!manifest) return std::unexpected(broken(manifest.error().sentence));
    last = manifest->sequence;
    const auto follows = SLUICE_TRY(said_by_next(row));
    const record::SealedBatch sealed =
        record::seal({.stream = row.stream,
                      .dataset = manifest->dataset,
                      .schema = manifest->schema,
                      .mode = manifest->mode,
                      .collected_at = sealing_time(row),
                      .carries_case_numbers = manifest->carries_case_numbers,
                      .follows = follows},
                     {.compressed = batch->payload,
                      .digest = manifest->payload,
                      .raw_bytes = manifest->payload_raw_bytes,
                      .upserts = manifest->upserts,
                      .deletes = manifest->deletes},
                     row.head, keyring->current()->signer);
    SLUICE_TRY(ours(tables.renumber_batch(last, sealed)));
    SLUICE_TRY(ours(retained.renumber(last, sealed.manifest.sequence)));
    SLUICE_TRY(ours(tables.renumber_cursors(last, sealed.manifest.sequence)));
    row.head = {sealed.manifest.sequence, record::sha256(sealed.batch.manifest)};
    row.sealed_at = sealed.manifest.collected_at;
  }
  return {};
}

}  // namespace sluice::journal
