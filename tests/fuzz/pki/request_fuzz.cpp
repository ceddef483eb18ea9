// A request for a certificate, which anybody may have sent: what is understood of it is what may be
// put into a certificate.
#include <cstdint>
#include <string_view>

#include "pki/certificate_request.h"
#include "tests/fuzz/record/demand.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  using fuzz::demand;
  const auto request = pki::read_request({reinterpret_cast<const char*>(data), size}, "request");
  if (!request) {
    demand(!request.error().sentence.empty(), "a refusal says why");
    return 0;
  }
  demand(request->key != nullptr, "there is a key to certify");
  if (!request->hosts.empty()) {
    demand(pki::alternative_names(request->hosts).has_value(), "a host is one that can be written");
  }
  return 0;
}
