// Where one epoch of a bureau ends in the ledger and the next one begins: what the first batch of
// the next says of the end is compared with it, so that an end that was cut off is told from one
// that was made.
#pragma once

#include <optional>
#include <string>

#include "record/manifest.h"

namespace sluice::exchange {

// Of the entries of a bureau that stand before; epoch 0: there are none.
struct EpochEnd {
  record::Epoch epoch;
  record::Sequence sequence;
};

struct Seam {
  std::optional<std::string> fault = std::nullopt;   // the ledger lacks what it had
  std::optional<std::string> notice = std::nullopt;  // lost batches, an end that nobody tells
};

// Of a batch that stands next in the ledger; nothing to tell where it begins no epoch.
[[nodiscard]] Seam judge_seam(const record::Manifest& manifest, const EpochEnd& before);

}  // namespace sluice::exchange
