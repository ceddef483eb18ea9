// An answer that is taken is written and read again as the same, and is never a receipt.
#include <cstdint>
#include <string_view>

#include "record/deferral.h"
#include "record/receipt.h"
#include "tests/fuzz/record/demand.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::record;
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  const auto deferral = parse_deferral(json);
  if (!deferral) {
    sluice::fuzz::demand(!deferral.error().sentence.empty(), "a refusal says why");
    return 0;
  }
  const auto again = parse_deferral(to_json(*deferral));
  sluice::fuzz::demand(again && *again == *deferral, "what is read can be written and read again");
  sluice::fuzz::demand(!parse_receipt(json), "nothing is both");
  return 0;
}
