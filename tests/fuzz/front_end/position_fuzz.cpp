// A note of where a table stands, as a journal may hold it: none, or one that is written again as
// it was read.
#include <cstdint>
#include <string_view>

#include "adapters/front_end/position.h"
#include "tests/fuzz/record/demand.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::adapters::front_end;
  using sluice::fuzz::demand;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto position = parse_position(text);
  if (!position) return 0;
  const std::string written = to_string(*position);
  demand(parse_position(written) == position, "a position is read as it was written");
  demand(to_string(*parse_position(written)) == written, "there is one way to write it");
  if (const auto& key = position->loaded_up_to) {
    demand(key->exact.size() == key->told.size() && key->exact.size() == position->key.size(),
           "a key has a value for each of its columns");
  }
  return 0;
}
