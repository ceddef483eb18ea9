// Proves afterwards what was exchanged: walks the ledger and the archive of a central store and
// checks every chain, digest and signature, and who signed.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "exchange/held_audit.h"
#include "record/signature.h"
#include "record/signers.h"
#include "store/store.h"

namespace sluice::exchange {

struct LedgerReport {
  std::uint64_t batches = 0;
  // Where each stream ends in the ledger, those included of which it should have entries.
  std::map<record::StreamId, record::ChainHead> heads;
  std::uint64_t bytes = 0;  // of payloads
  // What is to be known of where epochs end, which breaks no proof (epoch_seams.h).
  std::vector<std::string> seams;
  // What is held and not settled.
  std::map<HeldAudit::Dataset, HeldAudit::Open> held = {};
  // Where the proof breaks first, and why.
  std::optional<std::string> first_break;
};

// What a journal of this node says was applied: it holds receipts up to there.
struct JournalClaim {
  record::StreamId stream;
  record::Sequence acknowledged;
};

// Whose word counts, and counted at which times. All must outlive the walk.
struct AuditTrust {
  const record::Verifier& verifier;
  const std::map<record::BureauId, record::Signers>& signatories;  // of batches
  const record::Signers& center;                                   // of receipts
};

// The claims must be older than the walk. `seen` is told of every entry that was found good.
[[nodiscard]] store::Result<LedgerReport> verify_ledger(
    store::Store& store, const AuditTrust& trust, std::span<const JournalClaim> claims,
    const std::function<void(const store::LedgerEntry&)>& seen);

}  // namespace sluice::exchange
