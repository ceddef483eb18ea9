// What the central store says about its records of one dataset to somebody who compares them with
// a bureau's own: sums over ranges of keys, and, where these differ, the digests one by one.
// tests/conformance has the suite that every implementation runs.
#pragma once

#include <expected>
#include <span>
#include <vector>

#include "reconciliation/failure.h"
#include "record/key_digest.h"

namespace sluice::reconciliation {

// A stretch of the range from its beginning; not complete: there is more after its last key.
struct Listing {
  std::vector<record::KeyedDigest> records;
  bool is_complete = true;
};

class CentralDigests {
 public:
  virtual ~CentralDigests() = default;

  // The range cut after each of `bounds`, which lie in it in order: one sum more than there are
  // bounds.
  [[nodiscard]] virtual Result<std::vector<record::RecordSum>> sums(
      const record::KeyRange& range, std::span<const record::Key> bounds) = 0;

  [[nodiscard]] virtual Result<Listing> list(const record::KeyRange& range) = 0;
};

}  // namespace sluice::reconciliation
