// A batch file that is taken is written and read again as the same three parts.
#include <cstdint>
#include <string_view>

#include "record/batch_file.h"
#include "tests/fuzz/record/demand.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::record;
  constexpr ByteCount limit{std::uint64_t{1} << 20};
  const auto batch = read_batch_file({reinterpret_cast<const char*>(data), size}, limit);
  if (!batch) return 0;
  sluice::fuzz::demand(
      batch->manifest.size() + batch->signature.size() + batch->payload.size() <= size,
      "nothing is made larger than it came");
  const auto again = read_batch_file(write_batch_file(*batch, Time{}), limit);
  sluice::fuzz::demand(again && again->manifest == batch->manifest &&
                           again->signature == batch->signature && again->payload == batch->payload,
                       "what is read can be written and read again");
  return 0;
}
