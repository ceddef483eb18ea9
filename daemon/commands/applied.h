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
  bool held = false;      // the center has a batch of them, and can not apply it yet
};

// Waits for as long as a daemon runs that can bring them, and not for what the center holds. The
// error is a sentence.
[[nodiscard]] std::expected<Applied, std::string> await_receipts(
    const installation::Installation& installation, const record::BureauId& bureau,
    const std::vector<record::Sequence>& batches);

// What to say where not all receipts are back.
[[nodiscard]] inline const char* why_not_applied(const Applied& applied) {
  return applied.held
             ? "durable in the journal and at the center, which holds it: `sluice status` there "
               "says why"
             : "durable in the journal; sluiced is not running, so not yet in the central store";
}

}  // namespace sluice::commands
