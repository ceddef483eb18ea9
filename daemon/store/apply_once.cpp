#include "store/apply_once.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "fault/kill_point.h"
#include "record/rules.h"
#include "record/try.h"

namespace sluice::store {

namespace {

// What became of a batch's rows.
struct Entered {
  record::Outcome outcome = record::Outcome::accepted;
  std::string reason;
  record::RowOutcomes rows;
  std::vector<record::RefusedRows> refused;
};

// What is to be entered: a batch that is not in the ledger, or what settles one that is held there.
struct Entering {
  const record::Manifest& manifest;
  const record::Batch& batch;
  std::int64_t settles = 0;
  bool has_rows = false;  // they are applied: behind none of the dataset that is held
};

// Its receipt, where the ledger has it already; nothing: it is to be entered.
Result<std::optional<record::SignedReceipt>> entered_before(const Entering& entering,
                                                            const record::Digest& digest,
                                                            const std::optional<StreamPlace>& place,
                                                            ApplyTransaction& transaction) {
  const record::Manifest& manifest = entering.manifest;
  auto known = SLUICE_TRY(transaction.find(manifest.stream, manifest.sequence));
  if (known) {
    if (auto other = refuse_other(manifest, digest, known->manifest)) {
      return std::unexpected(std::move(*other));
    }
    // Whoever held the lock may have settled it.
    if (known->held == 0 || known->held != entering.settles) return std::move(known->receipt);
  } else if (entering.settles != 0) {
    return std::unexpected(not_held(manifest));
  } else if (auto refused = refuse_place(manifest, place)) {
    return std::unexpected(std::move(*refused));
  }
  if (!entering.has_rows) return std::nullopt;
  const auto first = SLUICE_TRY(transaction.first_held(manifest.stream.bureau, manifest.dataset));
  if (first && *first != entering.settles) return std::unexpected(behind_held(manifest));
  return std::nullopt;
}

// `settle` does what is to be done with the rows, where the batch is the next of its stream.
template <class Settle>
Result<record::SignedReceipt> enter_once(const Entering& entering, const ReceiptMaker& make_receipt,
                                         const std::function<record::Time()>& now,
                                         ApplyTransaction& transaction, Settle settle) {
  const record::Manifest& manifest = entering.manifest;
  const record::Digest digest = record::sha256(entering.batch.manifest);
  // The lock first: whoever held it may just have applied this very batch.
  const auto place = SLUICE_TRY(transaction.lock_stream(manifest.stream.bureau));
  if (auto before = SLUICE_TRY(entered_before(entering, digest, place, transaction))) {
    return std::move(*before);
  }

  const auto [id, begun_at] = SLUICE_TRY(transaction.draw_id());
  // Moments of a dataset always grow: also behind a migration, by whichever clock that was.
  const record::Time at = std::max(now(), begun_at + std::chrono::milliseconds(1));
  const record::Time applied_at = applied_after(place, at);
  const Entered entered = SLUICE_TRY(settle(id, applied_at));
  const LedgerEntry entry{
      id,
      manifest.stream,
      manifest.sequence,
      manifest.dataset,
      digest,
      applied_at,
      make_receipt(entered.outcome, entered.reason, entered.rows, entered.refused, at),
      std::string(record::to_string(entered.outcome)),
      entered.rows,
      entering.settles};
  SLUICE_TRY(transaction.write(entry, entering.batch));
  SLUICE_KILL_POINT("store.before-commit");
  SLUICE_TRY(transaction.commit());
  SLUICE_KILL_POINT("store.after-commit");
  return entry.receipt;
}

}  // namespace

Result<record::SignedReceipt> apply_once(const AdmittedBatch& admitted,
                                         const ReceiptMaker& make_receipt,
                                         const std::function<record::Time()>& now,
                                         ApplyTransaction& transaction, Expectation& expectation) {
  std::optional<Expectation> next;
  auto receipt = enter_once(
      {admitted.manifest, admitted.batch, admitted.settles, true}, make_receipt, now, transaction,
      [&](std::int64_t id, record::Time applied_at) -> Result<Entered> {
        auto applied =
            SLUICE_TRY(apply_rows(admitted, transaction.begin_batch(id, applied_at), expectation));
        next = applied.all_new ? Expectation::new_records : Expectation::any;
        return Entered{record::Outcome::accepted, "", applied.outcomes, std::move(applied.refused)};
      });
  if (receipt && next) expectation = *next;
  return receipt;
}

Result<record::SignedReceipt> reject_once(const RejectedBatch& rejected,
                                          const ReceiptMaker& make_receipt,
                                          const std::function<record::Time()>& now,
                                          ApplyTransaction& transaction) {
  const record::Manifest& manifest = rejected.manifest;
  return enter_once({manifest, rejected.batch, rejected.settles}, make_receipt, now, transaction,
                    [&](std::int64_t, record::Time) -> Result<Entered> {
                      const record::RowCount rows{manifest.upserts.value + manifest.deletes.value};
                      Entered entered{record::Outcome::rejected, rejected.reason, {}, {}};
                      entered.rows.rejected = rows;
                      if (rows.value > 0) {
                        entered.refused.push_back(
                            {"", record::Rule("batch").text(), rejected.reason, {{1, rows.value}}});
                      }
                      return entered;
                    });
}

Result<record::SignedReceipt> hold_once(const RejectedBatch& held, const ReceiptMaker& make_receipt,
                                        const std::function<record::Time()>& now,
                                        ApplyTransaction& transaction) {
  return enter_once({held.manifest, held.batch}, make_receipt, now, transaction,
                    [&](std::int64_t, record::Time) -> Result<Entered> {
                      return Entered{record::Outcome::held, held.reason, {}, {}};
                    });
}

}  // namespace sluice::store
