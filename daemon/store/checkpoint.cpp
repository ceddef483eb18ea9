#include "store/checkpoint.h"

#include <fmt/format.h>

namespace sluice::store {

ChainedEntry chained(const LedgerEntry& entry) {
  return {entry.id, entry.stream, entry.sequence, entry.manifest, entry.receipt.json};
}

// The first word says of what kind the entry is: entries of other kinds may come, and what stands
// in the chain stays as it is.
record::Digest chain(const record::Digest& before, const ChainedEntry& entry) {
  return record::sha256(fmt::format("{}\nbatch {} {} {} {} {} {}\n", record::to_string(before),
                                    entry.id, entry.stream.bureau.str(), entry.stream.epoch.value,
                                    entry.sequence.value, record::to_string(entry.manifest),
                                    record::to_string(record::sha256(entry.receipt))));
}

}  // namespace sluice::store
