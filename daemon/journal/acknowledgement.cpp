// What follows from a batch's receipt: the rows that it refuses come back, and the batch stays for
// a while, until it is too old, too much, or in the way.
#include <algorithm>

#include "journal/journal_state.h"
#include "record/try.h"
#include "sqlite/shrinking.h"

namespace sluice::journal {
namespace {

// Whether the rows that a receipt refuses are in the quarantine since the first one came.
bool refuses_the_same(const std::optional<record::SignedReceipt>& first,
                      const record::Receipt& receipt) {
  if (!first) return false;
  const auto earlier = record::parse_receipt(first->json);
  return earlier && earlier->refused == receipt.refused;
}

}  // namespace

Result<void> Journal::State::take_receipt(StreamRow& row, const std::string& manifest,
                                          const record::Receipt& receipt,
                                          const record::SignedReceipt& signed_receipt) {
  const record::Sequence sequence = receipt.sequence;
  const auto parsed = record::parse_manifest(manifest);
  if (!parsed) return std::unexpected(broken(parsed.error().sentence));
  if (receipt.outcome == record::Outcome::held) {
    return take_held(row, *parsed, receipt, signed_receipt);
  }
  const auto first = SLUICE_TRY(ours(tables.receipt(sequence)));
  if (receipt.rows.rejected.value > 0 && !refuses_the_same(first, receipt)) {
    const auto batch = SLUICE_TRY(ours(tables.next_batch({sequence.value - 1})));
    if (!batch) return std::unexpected(broken("a batch is gone whose manifest is there"));
    const std::string texts = SLUICE_TRY(ours(places.find({stream.epoch, sequence})));
    SLUICE_TRY(keep_refused(row, *batch, *parsed, {receipt, PlacesOfRows(texts)}));
  }
  SLUICE_TRY(ours(held.remove({stream.epoch, sequence})));
  const bool had_one = SLUICE_TRY(ours(retained.has(sequence)));
  if (had_one || first) {
    SLUICE_TRY(ours(retained.put_receipt_again(sequence, receipt.at, signed_receipt)));
  } else {
    SLUICE_TRY(ours(tables.put_receipt(sequence, receipt.at, signed_receipt)));
  }
  if (had_one) return {};
  SLUICE_TRY(ours(retained.retain(sequence, clock())));
  --row.backlog_batches;
  row.backlog_bytes -= SLUICE_TRY(ours(places.backlog_bytes({stream.epoch, sequence})));
  row.confirmed_at = std::max(row.confirmed_at, parsed->collected_at);
  return {};
}

bool Journal::State::is_to_go(const RetainedBatch& batch, const StreamRow& row) {
  // What is to be sent again stays until it is.
  if (batch.sequence > row.acknowledged) return false;
  if (clock() - batch.acknowledged_at >= limits.retention_age) return true;
  const std::uint64_t excess =
      retention ? retention->excess(stream.bureau, row.retained_bytes, batch.acknowledged_at)
                : row.retained_bytes - std::min(row.retained_bytes, limits.retention_bytes);
  if (excess > 0) return true;
  return disk && disk->shortage();
}

Result<void> Journal::State::give_room_back() {
  // So much is written into the log meanwhile, of what the reserve has.
  constexpr int most_pages = 2048;
  if (!disk || !disk->shortage()) return {};
  const auto shrunk = sqlite::shrink(database, most_pages);
  if (shrunk || shrunk.error().is_busy() || no_room(shrunk.error(), file.string())) return {};
  return std::unexpected(failure(shrunk.error()));
}

Result<void> Journal::State::let_go_of_retained(const StreamRow& row) {
  // A few at a time, so that no one receipt pays for all.
  constexpr int most_batches = 64;
  constexpr std::uint64_t most_bytes = std::uint64_t{32} << 20;
  // As long as a backup of a center may be old.
  constexpr std::chrono::days remembered_for{90};
  SLUICE_TRY(ours(gaps.forget(clock() - remembered_for)));
  StreamRow left = row;
  const StreamRow now = SLUICE_TRY(ours(tables.stream()));
  left.retained_batches = now.retained_batches;
  left.retained_bytes = now.retained_bytes;
  std::uint64_t gone = 0;
  for (int i = 0; i < most_batches && gone < most_bytes; ++i) {
    const auto oldest = SLUICE_TRY(ours(retained.oldest()));
    if (!oldest || !is_to_go(*oldest, left)) break;
    SLUICE_TRY(ours(gaps.remember(oldest->sequence)));
    SLUICE_TRY(ours(retained.let_go(oldest->sequence)));
    left.retained_bytes -= oldest->bytes;
    gone += oldest->bytes;
  }
  return {};
}

}  // namespace sluice::journal
