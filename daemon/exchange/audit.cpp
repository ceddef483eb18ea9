#include "exchange/audit.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "exchange/epoch_seams.h"
#include "record/batch.h"
#include "record/try.h"
#include "record/verified_receipt.h"

namespace sluice::exchange {
namespace {

using Fault = std::optional<std::string>;

// The last entry of a bureau that was walked, whatever its epoch.
struct BureauPlace {
  EpochEnd end;
  record::Time sealed_at{};
  record::Time applied_at{};
};

std::string outcomes_text(std::string_view outcome, const record::RowOutcomes& rows) {
  return fmt::format("{}, {} inserted, {} updated, {} unchanged, {} deleted, {} rejected", outcome,
                     rows.inserted.value, rows.updated.value, rows.unchanged.value,
                     rows.deleted.value, rows.rejected.value);
}

Fault fault_of_place(const store::LedgerEntry& entry, const record::Manifest& manifest,
                     const record::ChainHead& head) {
  if (manifest.stream != entry.stream || manifest.sequence != entry.sequence ||
      manifest.dataset != entry.dataset) {
    return "the ledger names another batch than the archive holds";
  }
  if (entry.sequence.value != head.sequence.value + 1) {
    return fmt::format("batch {} of this stream is missing", head.sequence.value + 1);
  }
  if (manifest.previous != head.manifest) {
    return "its manifest does not follow the one before it";
  }
  return std::nullopt;
}

std::string not_after(const store::LedgerEntry& entry, const BureauPlace& last) {
  return fmt::format(
      "the ledger says that it was applied at {}, not after the bureau's batch in "
      "front of it ({})",
      record::to_string(entry.applied_at), record::to_string(last.applied_at));
}

// Epochs and times go forward, from one epoch of a bureau to the next too.
Fault fault_of_order(const store::LedgerEntry& entry, const record::Manifest& manifest,
                     const BureauPlace& last) {
  if (entry.stream.epoch < last.end.epoch) {
    return fmt::format("its epoch was over: entries of epoch {} stand before it",
                       last.end.epoch.value);
  }
  if (manifest.collected_at < last.sealed_at) {
    return fmt::format(
        "it says that it was sealed at {}, before the bureau's batch in front of it "
        "({})",
        record::to_string(manifest.collected_at), record::to_string(last.sealed_at));
  }
  if (entry.applied_at <= last.applied_at) return not_after(entry, last);
  return std::nullopt;
}

Fault fault_of_signer(const record::VerifiedBatch& batch, const AuditTrust& trust) {
  const record::BureauId& bureau = batch.manifest.stream.bureau;
  const auto signers = trust.signatories.find(bureau);
  if (signers == trust.signatories.end()) {
    return fmt::format(
        "it was signed by {}, and the configuration has no bureau {}: put its file "
        "back, so that it can be told who might",
        batch.signatory.subject, bureau.str());
  }
  const auto objection = signers->second.objection(batch.signatory, batch.manifest.collected_at);
  if (!objection) return std::nullopt;
  return fmt::format("it was signed by {}, which did not speak for {} when it was sealed: {}",
                     batch.signatory.subject, bureau.str(), *objection);
}

// As the store counts it: by the clock, which the receipt tells, and after the one in front.
record::Time applied_after_last(record::Time at, const BureauPlace& last) {
  return std::max(at, last.applied_at + std::chrono::milliseconds(1));
}

Fault fault_of_counts(const record::Receipt& receipt, const record::Manifest& manifest) {
  const record::RowOutcomes& rows = receipt.rows;
  const std::uint64_t outcomes = rows.inserted.value + rows.updated.value + rows.unchanged.value +
                                 rows.deleted.value + rows.rejected.value;
  if (receipt.outcome == record::Outcome::held) {
    if (outcomes == 0) return std::nullopt;
    return "its receipt says that it is held, and that rows of it were taken";
  }
  if (outcomes != manifest.upserts.value + manifest.deletes.value) {
    return "its receipt does not account for every row";
  }
  if (receipt.outcome == record::Outcome::rejected && rows.rejected.value != outcomes) {
    return "its receipt says that it was rejected, and that rows of it were taken";
  }
  return std::nullopt;
}

Fault fault_of_receipt(const store::LedgerEntry& entry, const record::Manifest& manifest,
                       const BureauPlace& last, const AuditTrust& trust) {
  const auto verified = record::verify_kept(entry.receipt, trust.verifier);
  if (!verified) return "its receipt: " + record::to_string(verified.error());
  const record::Receipt& receipt = verified->receipt;
  if (const auto objection = trust.center.objection(verified->signatory, receipt.at)) {
    return fmt::format(
        "its receipt was signed by {}, which was not this center then: {} (`identity` says it)",
        verified->signatory.subject, *objection);
  }
  if (receipt.manifest != entry.manifest || receipt.stream != entry.stream ||
      receipt.sequence != entry.sequence) {
    return "its receipt is for another batch";
  }
  // One of format 1, which names no dataset, tells when it was signed: a moment later.
  if (applied_after_last(receipt.at, last) != entry.applied_at && !receipt.dataset.str().empty()) {
    return fmt::format("the ledger says that it was applied at {}, its receipt at {}",
                       record::to_string(entry.applied_at), record::to_string(receipt.at));
  }
  const std::string in_ledger = outcomes_text(entry.outcome, entry.rows);
  const std::string in_receipt = outcomes_text(record::to_string(receipt.outcome), receipt.rows);
  if (in_ledger != in_receipt) {
    return fmt::format("the ledger counts {}, its receipt {}", in_ledger, in_receipt);
  }
  return fault_of_counts(receipt, manifest);
}

// What is wrong with one entry that follows `head` in its stream and `last` of its bureau, which it
// then is itself; nothing: it is good.
Fault fault(const store::LedgerEntry& entry, const record::Batch& batch,
            const record::ChainHead& head, BureauPlace& last, const AuditTrust& trust,
            std::vector<std::string>& seams) {
  const auto verified = record::verify_kept(batch, trust.verifier);
  if (!verified) return record::to_string(verified.error());
  const record::Manifest& manifest = verified->manifest;
  if (record::sha256(batch.manifest) != entry.manifest) {
    return "the ledger names another batch than the archive holds";
  }
  if (auto wrong = fault_of_place(entry, manifest, head)) return wrong;
  if (auto wrong = fault_of_order(entry, manifest, last)) return wrong;
  if (auto wrong = fault_of_signer(*verified, trust)) return wrong;
  Seam seam = judge_seam(manifest, last.end);
  if (seam.fault) return seam.fault;
  if (auto wrong = fault_of_receipt(entry, manifest, last, trust)) return wrong;
  if (seam.notice) seams.push_back(fmt::format("{}: {}", entry.stream.bureau.str(), *seam.notice));
  last = {{entry.stream.epoch, entry.sequence}, manifest.collected_at, entry.applied_at};
  return std::nullopt;
}

// The same of one that settles a batch, which has its place in the chain where it was held.
Fault fault_of_settlement(const store::LedgerEntry& entry, const record::Batch& batch,
                          const HeldAudit& held, BureauPlace& last, const AuditTrust& trust) {
  const auto manifest = record::parse_manifest(batch.manifest);
  if (!manifest) return record::to_string(manifest.error());
  if (record::sha256(batch.manifest) != entry.manifest) {
    return "the ledger names another batch than the archive holds";
  }
  if (auto wrong = held.fault_of_settlement(entry)) return wrong;
  if (entry.applied_at <= last.applied_at) return not_after(entry, last);
  if (auto wrong = fault_of_receipt(entry, *manifest, last, trust)) return wrong;
  last.applied_at = entry.applied_at;
  return std::nullopt;
}

// Walks the ledger, and compares where it ends with what is said elsewhere of where it should.
class LedgerAudit {
 public:
  LedgerAudit(store::Store& store, const AuditTrust& trust,
              const std::function<void(const store::LedgerEntry&)>& seen)
      : store_(store), trust_(trust), seen_(seen) {}

  // What was not walked yet.
  store::Result<void> walk() {
    return store_.walk({.after = last_seen_},
                       [this](const store::LedgerEntry& entry, const record::Batch& batch) {
                         return take(entry, batch);
                       });
  }
  store::Result<void> compare_ends();
  store::Result<void> compare_held();
  void compare(const JournalClaim& claim);
  LedgerReport take_report();

 private:
  // False: the proof breaks here.
  bool take(const store::LedgerEntry& entry, const record::Batch& batch);
  void compare_epochs(const std::vector<record::StreamId>& streams);
  store::Result<void> compare_head(const record::StreamId& stream, const record::ChainHead& head);
  void break_off(std::string sentence) {
    if (!report_.first_break) report_.first_break = std::move(sentence);
  }

  store::Store& store_;
  const AuditTrust& trust_;
  const std::function<void(const store::LedgerEntry&)>& seen_;
  std::int64_t last_seen_ = 0;
  std::map<record::BureauId, BureauPlace> places_;
  HeldAudit held_;
  LedgerReport report_;
};

bool LedgerAudit::take(const store::LedgerEntry& entry, const record::Batch& batch) {
  last_seen_ = entry.id;
  const bool settles = entry.settles != 0;
  record::ChainHead& head = report_.heads[entry.stream];
  BureauPlace& place = places_[entry.stream.bureau];
  const auto wrong = settles ? fault_of_settlement(entry, batch, held_, place, trust_)
                             : fault(entry, batch, head, place, trust_, report_.seams);
  if (wrong) {
    break_off(fmt::format("ledger entry {} ({} batch {}, epoch {}): {}", entry.id,
                          entry.stream.bureau.str(), entry.sequence.value, entry.stream.epoch.value,
                          *wrong));
    return false;
  }
  held_.note(entry);
  if (!settles) {
    head = {entry.sequence, entry.manifest};
    ++report_.batches;
    report_.bytes += batch.payload.size();
  }
  seen_(entry);
  return true;
}

// Entries at the end of a stream can not be missed by following the chain: the store says which
// streams there are and where each stands.
store::Result<void> LedgerAudit::compare_ends() {
  const auto streams = SLUICE_TRY(store_.streams());
  compare_epochs(streams);
  for (const record::StreamId& stream : streams)
    report_.heads.try_emplace(stream);
  for (const auto& [stream, head] : report_.heads) {
    if (report_.first_break) break;
    SLUICE_TRY(compare_head(stream, head));
  }
  return {};
}

void LedgerAudit::compare_epochs(const std::vector<record::StreamId>& streams) {
  for (const auto& [bureau, place] : places_) {
    const auto latest = std::ranges::find(streams, bureau, &record::StreamId::bureau);
    if (latest != streams.end() && latest->epoch >= place.end.epoch) continue;
    break_off(fmt::format("bureau {}: the ledger has batches of epoch {}, and its head {}",
                          bureau.str(), place.end.epoch.value,
                          latest == streams.end()
                              ? std::string("is gone")
                              : fmt::format("stands in epoch {}", latest->epoch.value)));
  }
}

store::Result<void> LedgerAudit::compare_head(const record::StreamId& stream,
                                              const record::ChainHead& head) {
  const auto stands = SLUICE_TRY(store_.head(stream));
  if (stands == head) return {};
  // A daemon that runs may have applied more since: then the ledger has it by now.
  SLUICE_TRY(walk());
  const bool ends_early = stands.sequence.value > head.sequence.value;
  const bool is_another = stands.sequence == head.sequence && stands.manifest != head.manifest;
  if (ends_early || is_another) {
    break_off(fmt::format(
        "stream {} (epoch {}): its last batch should be {}, the ledger ends at {}",
        stream.bureau.str(), stream.epoch.value, stands.sequence.value, head.sequence.value));
  }
  return {};
}

// The list is read while a daemon may hold and settle: what differs by that is walked meanwhile.
store::Result<void> LedgerAudit::compare_held() {
  constexpr int tries = 10;
  Fault wrong;
  for (int i = 0; i < tries && !report_.first_break; ++i) {
    const auto listed = SLUICE_TRY(store_.held());
    SLUICE_TRY(walk());
    wrong = held_.fault_of_list(listed);
    if (!wrong) return {};
  }
  if (wrong) break_off(std::move(*wrong));
  return {};
}

void LedgerAudit::compare(const JournalClaim& claim) {
  const record::Sequence end = report_.heads[claim.stream].sequence;
  if (end >= claim.acknowledged) return;
  break_off(fmt::format(
      "stream {} (epoch {}): this node's journal has receipts up to batch {}, the ledger ends at "
      "{}",
      claim.stream.bureau.str(), claim.stream.epoch.value, claim.acknowledged.value, end.value));
}

LedgerReport LedgerAudit::take_report() {
  report_.held = held_.open();
  return std::move(report_);
}

}  // namespace

store::Result<LedgerReport> verify_ledger(
    store::Store& store, const AuditTrust& trust, std::span<const JournalClaim> claims,
    const std::function<void(const store::LedgerEntry&)>& seen) {
  LedgerAudit audit(store, trust, seen);
  SLUICE_TRY(audit.walk());
  SLUICE_TRY(audit.compare_ends());
  SLUICE_TRY(audit.compare_held());
  for (const JournalClaim& claim : claims)
    audit.compare(claim);
  return audit.take_report();
}

}  // namespace sluice::exchange
