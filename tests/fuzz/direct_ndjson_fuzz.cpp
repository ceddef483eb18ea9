// An NDJSON body: no body is refused whole.
#include <cstdint>

#include "direct_call.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::adapters::direct;
  require(collect({MediaType::ndjson, as_text(data, size), {}}));
  return 0;
}
