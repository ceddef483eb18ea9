// Compares a bureau's records with the central store's without moving them: one sum of all first,
// and where that differs, of ever smaller ranges of keys, down to the records that differ.
#pragma once

#include <cstdint>
#include <expected>

#include "reconciliation/central_digests.h"
#include "reconciliation/differences.h"
#include "reconciliation/source_digests.h"

namespace sluice::reconciliation {

struct Compared {
  std::uint64_t central_records = 0;
  std::uint64_t ranges_asked = 0;    // sums that the center was asked for
  std::uint64_t records_listed = 0;  // whose digests came over the link
};

struct Scope {
  // Whether what the source does not have is to be found missing there: not where all it has is a
  // log of changes, which may not go back to the beginning.
  bool source_is_whole = true;
  // A range is cut into so many, until it has no more records than one listing is worth.
  std::uint64_t parts = 64;
  std::uint64_t listed_records = 128;
};

// Adds what differs to `found`.
[[nodiscard]] Result<Compared> compare(SourceDigests& source, CentralDigests& central,
                                       const Scope& scope, Differences& found);

}  // namespace sluice::reconciliation
