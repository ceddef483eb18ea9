// A manifest that is taken is written and read again as the same.
#include <cstdint>
#include <string_view>

#include "record/manifest.h"
#include "tests/fuzz/record/demand.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::record;
  const auto manifest = parse_manifest({reinterpret_cast<const char*>(data), size});
  if (!manifest) {
    sluice::fuzz::demand(!manifest.error().sentence.empty(), "a refusal says why");
    return 0;
  }
  const auto again = parse_manifest(to_json(*manifest));
  sluice::fuzz::demand(again && *again == *manifest, "what is read can be written and read again");
  return 0;
}
