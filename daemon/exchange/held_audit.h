// What an audit of the ledger knows of batches that were held: which are not settled, and whether
// what settles one has a right to.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/store.h"

namespace sluice::exchange {

class HeldAudit {
 public:
  using Dataset = std::pair<record::BureauId, record::DatasetId>;
  struct Open {
    std::uint64_t batches = 0;
    std::int64_t first = 0;  // ledger id
    friend bool operator==(const Open&, const Open&) = default;
  };

  // The entry that is looked at is good, but for what it settles.
  void note(const store::LedgerEntry& entry);
  // What is wrong with what an entry says that it settles; nothing: nothing.
  [[nodiscard]] std::optional<std::string> fault_of_settlement(
      const store::LedgerEntry& entry) const;

  [[nodiscard]] std::map<Dataset, Open> open() const;
  // Where the store does not list what the ledger has as held, it would never be settled.
  [[nodiscard]] std::optional<std::string> fault_of_list(
      const std::vector<store::HeldDataset>& listed) const;

 private:
  std::map<std::int64_t, store::LedgerEntry> open_;  // by ledger id
};

}  // namespace sluice::exchange
