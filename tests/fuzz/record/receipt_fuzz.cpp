// A receipt that is taken is written and read again as the same.
#include <cstdint>
#include <string_view>

#include "record/receipt.h"
#include "tests/fuzz/record/demand.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::record;
  const auto receipt = parse_receipt({reinterpret_cast<const char*>(data), size});
  if (!receipt) {
    sluice::fuzz::demand(!receipt.error().sentence.empty(), "a refusal says why");
    return 0;
  }
  // One of the earlier format names no dataset, and may leave rows out: it is not written again.
  if (receipt->dataset.str().empty()) return 0;
  const auto again = parse_receipt(to_json(*receipt));
  sluice::fuzz::demand(again && *again == *receipt, "what is read can be written and read again");
  return 0;
}
