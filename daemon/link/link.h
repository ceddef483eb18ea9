// How a batch travels from a stream's journal to the center: in process, and later by HTTPS, ferry
// or diode. One suite (tests/conformance/link_test.cpp) for every link.
#pragma once

#include <expected>

#include "record/batch.h"
#include "record/failure.h"
#include "record/receipt.h"

namespace sluice::link {

enum class LinkProblem {
  unavailable,  // the far side can not be reached, or is busy: the same batch again, later
  refused,      // the far side will not take this stream until a person has acted; says what to do
};
using LinkFailure = record::Failure<LinkProblem>;

// Blocking; one owner, one thread.
class Link {
 public:
  virtual ~Link() = default;

  // Sends a batch and returns the center's signed receipt for it. Sending the same batch again is
  // harmless and brings the same receipt. An implementation never makes up a receipt.
  [[nodiscard]] virtual std::expected<record::SignedReceipt, LinkFailure> send(
      const record::Batch& batch) = 0;
};

}  // namespace sluice::link
