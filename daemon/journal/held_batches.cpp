// What the center holds: its batches stay, though the stream goes on behind them, until a receipt
// says what became of them; also where the stream has begun a new epoch meanwhile.
#include <algorithm>

#include "journal/journal_state.h"
#include "record/try.h"

namespace sluice::journal {

Result<void> Journal::State::take_held(StreamRow& row, const record::Manifest& manifest,
                                       const record::Receipt& receipt,
                                       const record::SignedReceipt& signed_receipt) {
  SLUICE_TRY(ours(held.put(receipt, signed_receipt)));
  row.confirmed_at = std::max(row.confirmed_at, manifest.collected_at);
  // A center that was restored holds what it had taken before: it waits once more.
  if (!SLUICE_TRY(ours(retained.has(receipt.sequence)))) return {};
  SLUICE_TRY(ours(retained.release(receipt.sequence)));
  ++row.backlog_batches;
  row.backlog_bytes += SLUICE_TRY(ours(places.backlog_bytes({stream.epoch, receipt.sequence})));
  return {};
}

Result<void> Journal::State::settle_earlier(StreamRow& row, const record::Receipt& receipt) {
  const HeldBatch place{receipt.stream.epoch, receipt.sequence};
  const auto batch = SLUICE_TRY(ours(held.earlier(place)));
  if (receipt.stream.bureau != stream.bureau || !batch) {
    return std::unexpected(broken("the receipt is for another stream"));
  }
  if (record::sha256(batch->manifest) != receipt.manifest) {
    return std::unexpected(broken("the receipt for a batch that is held is for other content"));
  }
  const auto manifest = record::parse_manifest(batch->manifest);
  if (!manifest) return std::unexpected(broken(manifest.error().sentence));
  if (receipt.outcome == record::Outcome::held) return {};
  const std::string texts = SLUICE_TRY(ours(places.find(place)));
  SLUICE_TRY(keep_refused(row, *batch, *manifest, {receipt, PlacesOfRows(texts)}));
  --row.backlog_batches;
  row.backlog_bytes -= SLUICE_TRY(ours(places.backlog_bytes(place)));
  SLUICE_TRY(ours(held.remove(place)));
  return {};
}

Result<std::vector<HeldDataset>> Journal::held() {
  return state_->ours(state_->held.datasets());
}

Result<std::vector<HeldBatch>> Journal::held_of(const record::DatasetId& dataset,
                                                const HeldBatch& after, std::uint64_t most) {
  return state_->ours(state_->held.of(dataset, after, most));
}

}  // namespace sluice::journal
