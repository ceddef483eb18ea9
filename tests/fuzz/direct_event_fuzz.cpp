// A CloudEvent or a batch of them; and the same bytes as one in binary form, the first line its
// type.
#include <cstdint>

#include "direct_call.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::adapters::direct;
  const std::string_view text = as_text(data, size);
  collect({MediaType::event, text, {}});
  collect({MediaType::event_batch, text, {}});
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return 0;
  const std::string_view type = text.substr(0, end);
  collect({MediaType::event_binary, text.substr(end + 1), {"1.0", type, "1", "/park", type, {}}});
  return 0;
}
