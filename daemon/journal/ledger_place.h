// Where the center's ledger stands with a bureau: what a journal is compared with, since one that
// was put back as it was earlier gives out numbers a second time, and a ledger that was put back
// does not take the next ones.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "record/batch.h"

namespace sluice::journal {

struct LedgerPlace {
  record::ChainHead head;  // of the stream that was asked for; 0: nothing of it is there
  record::Epoch latest;    // of the bureau's batches; 0: none ever came
  record::Sequence latest_sequence;
  std::string store = {};  // which store it is (store::Store::incarnation); empty: it was not told
};

// Nothing: it can not be asked now. Blocks.
using AskLedger = std::function<std::optional<LedgerPlace>(const record::StreamId&)>;

}  // namespace sluice::journal
