#include "store/apply_once.h"

#include <utility>

#include "fault/kill_point.h"
#include "record/try.h"

namespace sluice::store {

Result<record::SignedReceipt> apply_once(const AdmittedBatch& admitted,
                                         const ReceiptMaker& make_receipt,
                                         const std::function<record::Time()>& now,
                                         ApplyTransaction& transaction, Expectation& expectation) {
  const record::Manifest& manifest = admitted.manifest;
  const record::Digest digest = record::sha256(admitted.batch.manifest);
  // The lock first: whoever held it may just have applied this very batch.
  const auto place = SLUICE_TRY(transaction.lock_stream(manifest.stream.bureau));
  auto known = SLUICE_TRY(transaction.find(manifest.stream, manifest.sequence));
  if (known) {
    if (auto other = refuse_other(manifest, digest, known->manifest)) {
      return std::unexpected(std::move(*other));
    }
    return std::move(known->receipt);
  }
  if (auto refused = refuse_place(manifest, place)) return std::unexpected(std::move(*refused));

  const auto id = SLUICE_TRY(transaction.draw_id());
  const record::Time applied_at = applied_after(place, now());
  const auto applied =
      SLUICE_TRY(apply_rows(admitted, transaction.begin_batch(id, applied_at), expectation));
  const LedgerEntry entry{
      id,
      manifest.stream,
      manifest.sequence,
      manifest.dataset,
      digest,
      applied_at,
      make_receipt(record::Outcome::accepted, "", applied.outcomes, applied.rejected, applied_at)};
  SLUICE_TRY(transaction.write(entry, applied.outcomes, admitted.batch));
  SLUICE_KILL_POINT("store.before-commit");
  SLUICE_TRY(transaction.commit());
  SLUICE_KILL_POINT("store.after-commit");
  expectation = applied.all_new ? Expectation::new_records : Expectation::any;
  return entry.receipt;
}

}  // namespace sluice::store
