// Whatever a payload is, no more text than the cap comes out of it, and only whole lines.
#include <cstdint>
#include <string_view>

#include "record/payload.h"
#include "tests/fuzz/record/demand.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::record;
  using sluice::fuzz::demand;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  constexpr ByteCount cap{1'000'000};
  std::uint64_t total = 0;
  const auto take = [&](std::string_view lines) {
    demand(lines.ends_with('\n'), "a piece is whole lines");
    total += lines.size();
    return true;
  };
  static_cast<void>(read_payload(bytes, cap, take));
  demand(total <= cap.value, "no more text than the cap");
  // Of itself as text, a payload comes back, or is told to be no lines.
  const Payload payload = compress_payload(bytes, {0}, {0});
  std::string text;
  const auto result =
      read_payload(payload.compressed, payload.raw_bytes, [&](std::string_view lines) {
        text += lines;
        return true;
      });
  const bool is_lines = bytes.empty() || bytes.ends_with('\n');
  demand(result.has_value() == is_lines && (!is_lines || text == bytes), "text comes back");
  return 0;
}
