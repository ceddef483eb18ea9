#include "exchange/ledger_place.h"

#include <algorithm>

#include "record/try.h"

namespace sluice::exchange {

store::Result<journal::LedgerPlace> place_in(store::Store& store, const record::StreamId& stream) {
  journal::LedgerPlace place;
  // A server that can not tell is no worse off than before there was such a thing.
  place.store = store.incarnation().value_or("");
  const auto streams = SLUICE_TRY(store.streams());
  const auto latest = std::ranges::find(streams, stream.bureau, &record::StreamId::bureau);
  if (latest != streams.end()) {
    const auto head = SLUICE_TRY(store.head(*latest));
    place.latest = latest->epoch;
    place.latest_sequence = head.sequence;
    if (*latest == stream) place.head = head;
  }
  if (place.latest != stream.epoch) place.head = SLUICE_TRY(store.head(stream));
  return place;
}

}  // namespace sluice::exchange
