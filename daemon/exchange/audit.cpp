#include "exchange/audit.h"

#include <fmt/format.h>

#include "record/batch.h"
#include "record/try.h"

namespace sluice::exchange {
namespace {

// What is wrong with one entry that follows `head` in its stream; nothing: it is good.
std::optional<std::string> fault(const store::LedgerEntry& entry, const record::Batch& batch,
                                 const record::ChainHead& head, const record::Verifier& verifier) {
  // Certificates expire and batches stay: each must have been good when it was applied.
  const auto verified = record::verify(batch, verifier, entry.applied_at);
  if (!verified) return record::to_string(verified.error());
  const record::Manifest& manifest = verified->manifest;
  const record::Digest digest = record::sha256(batch.manifest);
  if (manifest.stream != entry.stream || manifest.sequence != entry.sequence ||
      manifest.dataset != entry.dataset || digest != entry.manifest) {
    return "the ledger names another batch than the archive holds";
  }
  if (entry.sequence.value != head.sequence.value + 1) {
    return fmt::format("batch {} of this stream is missing", head.sequence.value + 1);
  }
  if (manifest.previous != head.manifest) {
    return "its manifest does not follow the one before it";
  }
  const auto signatory =
      verifier.verify(entry.receipt.json, entry.receipt.signature, entry.applied_at);
  if (!signatory) return "its receipt: " + record::to_string(signatory.error());
  const auto receipt = record::parse_receipt(entry.receipt.json);
  if (!receipt) return "its receipt: " + record::to_string(receipt.error());
  if (receipt->manifest != digest || receipt->stream != entry.stream ||
      receipt->sequence != entry.sequence) {
    return "its receipt is for another batch";
  }
  const record::RowOutcomes& rows = receipt->rows;
  const std::uint64_t outcomes = rows.inserted.value + rows.updated.value + rows.unchanged.value +
                                 rows.deleted.value + rows.rejected.value;
  if (receipt->outcome == record::Outcome::accepted &&
      outcomes != manifest.upserts.value + manifest.deletes.value) {
    return "its receipt does not account for every row";
  }
  return std::nullopt;
}

}  // namespace

store::Result<LedgerReport> verify_ledger(
    store::Store& store, const record::Verifier& verifier, std::span<const JournalClaim> claims,
    const std::function<void(const store::LedgerEntry&)>& seen) {
  LedgerReport report;
  std::int64_t last_seen = 0;
  const auto check = [&](const store::LedgerEntry& entry, const record::Batch& batch) {
    last_seen = entry.id;
    record::ChainHead& head = report.heads[entry.stream];
    if (const auto wrong = fault(entry, batch, head, verifier)) {
      report.first_break = fmt::format("ledger entry {} ({} batch {}, epoch {}): {}", entry.id,
                                       entry.stream.bureau.str(), entry.sequence.value,
                                       entry.stream.epoch.value, *wrong);
      return false;
    }
    head = {entry.sequence, entry.manifest};
    ++report.batches;
    report.bytes += batch.payload.size();
    seen(entry);
    return true;
  };
  auto walked = store.walk({}, check);
  if (!walked) return std::unexpected(walked.error());
  // Entries at the end of a stream can not be missed by following the chain: the store says which
  // streams there are and where each stands.
  const auto streams = SLUICE_TRY(store.streams());
  for (const record::StreamId& stream : streams)
    report.heads.try_emplace(stream);
  for (const auto& [stream, head] : report.heads) {
    if (report.first_break) break;
    const auto stands = SLUICE_TRY(store.head(stream));
    // A daemon that runs may have applied more since: then the ledger has it by now.
    if (stands != head) walked = store.walk({.after = last_seen}, check);
    if (!walked) return std::unexpected(walked.error());
    const bool ends_early = stands.sequence.value > head.sequence.value;
    const bool is_another = stands.sequence == head.sequence && stands.manifest != head.manifest;
    if (!report.first_break && (ends_early || is_another)) {
      report.first_break = fmt::format(
          "stream {} (epoch {}): its last batch should be {}, the ledger ends at {}",
          stream.bureau.str(), stream.epoch.value, stands.sequence.value, head.sequence.value);
    }
  }
  for (const JournalClaim& claim : claims) {
    const record::Sequence end = report.heads[claim.stream].sequence;
    if (report.first_break || end >= claim.acknowledged) continue;
    report.first_break = fmt::format(
        "stream {} (epoch {}): this node's journal has receipts up to batch {}, the ledger ends at "
        "{}",
        claim.stream.bureau.str(), claim.stream.epoch.value, claim.acknowledged.value, end.value);
  }
  return report;
}

}  // namespace sluice::exchange
