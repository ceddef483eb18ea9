// Where a central store's ledger stands with a stream, as a journal is compared with it.
#pragma once

#include "journal/ledger_place.h"
#include "store/store.h"

namespace sluice::exchange {

[[nodiscard]] store::Result<journal::LedgerPlace> place_in(store::Store& store,
                                                           const record::StreamId& stream);

}  // namespace sluice::exchange
