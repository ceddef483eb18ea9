// What a center answers that is asked as whom it knows this node: understood whole, or a refusal
// that says why.
#include <cstdint>
#include <string>

#include "link/https/whoami_call.h"
#include "tests/fuzz/record/demand.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const auto known = link::read_recognition(
      {.status = 200, .content_type = {}, .body = {reinterpret_cast<const char*>(data), size}},
      "https://center:8443");
  if (!known) {
    fuzz::demand(!known.error().sentence.empty(), "a refusal says why");
    return 0;
  }
  fuzz::demand(known->has_value(), "an answer that is good tells somebody");
  return 0;
}
