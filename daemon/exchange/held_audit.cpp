#include "exchange/held_audit.h"

#include <fmt/format.h>

namespace sluice::exchange {

void HeldAudit::note(const store::LedgerEntry& entry) {
  if (entry.settles != 0) {
    open_.erase(entry.settles);
  } else if (entry.outcome == record::to_string(record::Outcome::held)) {
    store::LedgerEntry kept = entry;
    kept.receipt = {};
    open_.emplace(entry.id, std::move(kept));
  }
}

std::optional<std::string> HeldAudit::fault_of_settlement(const store::LedgerEntry& entry) const {
  const auto held = open_.find(entry.settles);
  if (held == open_.end()) {
    return fmt::format(
        "it says that it settles entry {}, which is no batch that is held, or was settled before",
        entry.settles);
  }
  const store::LedgerEntry& of = held->second;
  if (of.stream != entry.stream || of.sequence != entry.sequence || of.dataset != entry.dataset ||
      of.manifest != entry.manifest) {
    return fmt::format("it says that it settles entry {}, which is another batch", entry.settles);
  }
  if (entry.outcome == record::to_string(record::Outcome::held)) {
    return fmt::format("it says that it settles entry {}, and that the batch is held",
                       entry.settles);
  }
  return std::nullopt;
}

std::map<HeldAudit::Dataset, HeldAudit::Open> HeldAudit::open() const {
  std::map<Dataset, Open> all;
  for (const auto& [id, entry] : open_) {
    Open& of = all.try_emplace({entry.stream.bureau, entry.dataset}, Open{0, id}).first->second;
    ++of.batches;
  }
  return all;
}

std::optional<std::string> HeldAudit::fault_of_list(
    const std::vector<store::HeldDataset>& listed) const {
  auto expected = open();
  const auto told = [](const Dataset& dataset, const Open& ledger, const Open& list) {
    return fmt::format(
        "bureau {}, dataset {}: the ledger has {} batches that are held and not settled, and the "
        "store lists {}; what is not listed is never applied",
        dataset.first.str(), dataset.second.str(), ledger.batches, list.batches);
  };
  for (const store::HeldDataset& of : listed) {
    const Dataset dataset{of.bureau, of.dataset};
    const Open list{of.batches, of.first};
    const auto found = expected.find(dataset);
    const Open ledger = found == expected.end() ? Open{} : found->second;
    if (ledger != list) return told(dataset, ledger, list);
    expected.erase(found);
  }
  if (expected.empty()) return std::nullopt;
  return told(expected.begin()->first, expected.begin()->second, {});
}

}  // namespace sluice::exchange
