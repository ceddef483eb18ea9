#include "store/apply_once.h"

#include <utility>

#include "fault/kill_point.h"

namespace sluice::store {

std::expected<record::SignedReceipt, StoreFailure> apply_once(
    const Delivery& delivery, const ReceiptMaker& make_receipt,
    const std::function<record::Time()>& now, ApplyTransaction& transaction,
    Expectation& expectation) {
  const record::Manifest& manifest = delivery.manifest;
  const record::Digest digest = record::sha256(delivery.batch.manifest);
  // The lock first: whoever held it may just have applied this very batch.
  const auto place = transaction.lock_stream(manifest.stream.bureau);
  if (!place) return std::unexpected(place.error());
  auto known = transaction.find(manifest.stream, manifest.sequence);
  if (!known) return std::unexpected(known.error());
  if (*known) {
    if (auto other = refuse_other(manifest, digest, (*known)->manifest)) {
      return std::unexpected(std::move(*other));
    }
    return std::move((*known)->receipt);
  }
  if (auto refused = refuse_place(manifest, *place)) return std::unexpected(std::move(*refused));

  const auto id = transaction.draw_id();
  if (!id) return std::unexpected(id.error());
  const record::Time applied_at = applied_after(*place, now());
  const auto applied = apply_rows(delivery, transaction.begin_batch(*id, applied_at), expectation);
  if (!applied) return std::unexpected(applied.error());
  const LedgerEntry entry{
      *id,
      manifest.stream,
      manifest.sequence,
      manifest.dataset,
      digest,
      applied_at,
      make_receipt(record::Outcome::accepted, "", applied->outcomes, applied->rejected)};
  if (auto written = transaction.write(entry, applied->outcomes, delivery.batch); !written) {
    return std::unexpected(written.error());
  }
  SLUICE_KILL_POINT("store.before-commit");
  if (auto committed = transaction.commit(); !committed) {
    return std::unexpected(committed.error());
  }
  SLUICE_KILL_POINT("store.after-commit");
  expectation = applied->all_new ? Expectation::new_records : Expectation::any;
  return entry.receipt;
}

}  // namespace sluice::store
