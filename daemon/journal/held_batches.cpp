// What the center holds: its batches stay, though the stream goes on behind them, until a receipt
// says what became of them; also where the stream has begun a new epoch meanwhile.
#include <algorithm>

#include "journal/journal_state.h"
#include "record/rules.h"
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

Result<std::optional<record::Receipt>> Journal::give_back(const HeldBatch& lost) {
  using Told = std::optional<record::Receipt>;
  State& state = *state_;
  return state.write(0, [&](StreamRow& row) -> Result<Told> {
    const auto batch = SLUICE_TRY(state_->ours(state.held.earlier(lost)));
    if (!batch) return Told();
    const auto manifest = record::parse_manifest(batch->manifest);
    if (!manifest) return std::unexpected(state.broken(manifest.error().sentence));
    const std::uint64_t rows = manifest->upserts.value + manifest->deletes.value;
    const std::string reason =
        "the center held it, has lost it since, and may have applied what came behind it: replay "
        "what still holds";
    record::Receipt told{.stream = manifest->stream,
                         .sequence = manifest->sequence,
                         .dataset = manifest->dataset,
                         .manifest = record::sha256(batch->manifest),
                         .outcome = record::Outcome::rejected,
                         .reason = reason,
                         .rows = {.rejected = {rows}},
                         .refused = {{"", record::Rule("batch").text(), reason, {{1, rows}}}},
                         .at = state.clock()};
    SLUICE_TRY(state.settle_earlier(row, told));
    return Told(std::move(told));
  });
}

}  // namespace sluice::journal
