// Where a center keeps what nodes last reported of their quarantines: one row a bureau beside the
// central store, the same for every center that shares it. Two implementations, postgresql/ and
// sqlite/, pass one suite (tests/conformance/edges_test.cpp).
#pragma once

#include <chrono>
#include <expected>
#include <vector>

#include "edges/quarantine_report.h"
#include "record/failure.h"
#include "record/identifiers.h"

namespace sluice::edges {

enum class KeepingProblem {
  unavailable,  // no connection, a lock that is not let go of: try again
  failed,       // anything else that the database said
};
using KeepingFailure = record::Failure<KeepingProblem>;
template <class T>
using Result = std::expected<T, KeepingFailure>;

struct KeptReport {
  record::BureauId bureau;
  record::NodeId node;         // that brought it
  record::Time received_at{};  // by the center's clock
  QuarantineReport report;
  friend bool operator==(const KeptReport&, const KeptReport&) = default;
};

// Not thread-safe: one owner, one thread. All calls block.
class KeptReports {
 public:
  virtual ~KeptReports() = default;

  // In place of the one that the bureau has, whoever brought that: the last to come counts. A
  // restored backup or a clock that was wrong must not keep what is true from being seen.
  [[nodiscard]] virtual Result<void> keep(const KeptReport& report) = 0;

  // The last one of every bureau that ever had one, in order of the bureaus. Makes nothing.
  [[nodiscard]] virtual Result<std::vector<KeptReport>> all() = 0;
};

// From when on a report says how it was, and no longer how it is: four signs of life did not come.
// One from the future says nothing of its age, beyond what two centers' clocks may differ by.
constexpr std::chrono::hours old_after{1};
constexpr std::chrono::minutes most_ahead{1};
[[nodiscard]] inline bool is_old(const KeptReport& kept, record::Time now) {
  const auto age = now - kept.received_at;
  return age >= old_after || age < -most_ahead;
}

}  // namespace sluice::edges
