// The center's signed answer that a batch is not taken now: nothing was entered, nothing may be let
// go of, and the same batch is to be sent again. A form of its own, so that nobody takes it for a
// receipt.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "record/failure.h"
#include "record/manifest.h"

namespace sluice::record {

struct Deferral {
  StreamId stream;
  Sequence sequence;
  Digest manifest;       // of the batch that was sent
  std::string problem;   // a name that programs go by (docs/link.md)
  std::string sentence;  // what was found, what was expected, what to do
  Time at{};
  friend bool operator==(const Deferral&, const Deferral&) = default;
};

struct SignedDeferral {
  std::string json;
  std::string signature;
};

[[nodiscard]] std::string to_json(const Deferral& deferral);
enum class DeferralProblem { malformed };
[[nodiscard]] std::expected<Deferral, Failure<DeferralProblem>> parse_deferral(
    std::string_view json);

}  // namespace sluice::record
