// What the center made of the batches of one import or collection: waits for their receipts.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "installation/installation.h"
#include "record/receipt.h"

namespace sluice::commands {

// How long a command waits for receipts, all that it waits for together; nothing: for as long as
// they can come. What was waited is taken off.
using Patience = std::optional<std::chrono::milliseconds>;

struct Applied {
  record::RowOutcomes rows;
  bool waited = false;
  bool complete = false;  // all receipts are back
  bool held = false;      // the center has a batch of them, and can not apply it yet
  bool is_alone = false;  // no daemon is known to run that could bring them
  // It was said how long to wait, and they are not there: the patience was at its end, or it would
  // have been in vain.
  bool in_vain = false;
  std::string reason;  // why the next does not come, as far as it is known; empty: it is not
};

// Waits for as long as a daemon runs that can bring them, and not for what the center holds; where
// this user may not ask whether one runs, only while there is an end to the patience. While the
// daemon knows why a batch does not get on, that is told on standard error, each reason once. The
// error is a sentence.
[[nodiscard]] std::expected<Applied, std::string> await_receipts(
    const installation::Installation& installation, const record::BureauId& bureau,
    const std::vector<record::Sequence>& batches, Patience& patience);

// What to say where not all receipts are back.
[[nodiscard]] std::string why_not_applied(const Applied& applied);

}  // namespace sluice::commands
