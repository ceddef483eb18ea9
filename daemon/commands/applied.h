// What the center made of the batches of one import or collection: waits for their receipts.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "installation/installation.h"
#include "record/receipt.h"

namespace sluice::commands {

struct Applied {
  record::RowOutcomes rows;
  bool waited = false;
  bool complete = false;  // all receipts are back
};

// Waits for as long as a daemon runs that can bring them. The error is a sentence.
[[nodiscard]] std::expected<Applied, std::string> await_receipts(
    const installation::Installation& installation, const record::BureauId& bureau,
    const std::vector<record::Sequence>& batches);

}  // namespace sluice::commands
