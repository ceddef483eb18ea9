// Proves afterwards what was exchanged: walks the ledger and the archive of a central store and
// checks every chain, digest and signature.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>

#include "record/signature.h"
#include "store/store.h"

namespace sluice::exchange {

struct LedgerReport {
  std::uint64_t batches = 0;
  std::uint64_t streams = 0;
  std::uint64_t bytes = 0;  // of payloads
  // Where the proof breaks first, and why.
  std::optional<std::string> first_break;
};

// `seen` is told of every entry that was found good.
[[nodiscard]] std::expected<LedgerReport, store::StoreFailure> verify_ledger(
    store::Store& store, const record::Verifier& verifier,
    const std::function<void(const store::LedgerEntry&)>& seen);

}  // namespace sluice::exchange
