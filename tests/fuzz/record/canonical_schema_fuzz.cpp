// A schema that is taken is written again byte for byte, and has a key among its fields.
#include <cstdint>
#include <string_view>

#include "record/canonical_schema.h"
#include "tests/fuzz/record/demand.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::record;
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  const auto schema = parse_canonical_schema(json);
  if (!schema) {
    sluice::fuzz::demand(!schema.error().sentence.empty(), "a refusal says why");
    return 0;
  }
  sluice::fuzz::demand(canonical_json(*schema) == json, "what is read is written as it was");
  sluice::fuzz::demand(key_columns(*schema).size() == schema->primary_key.size(),
                       "its key is among its fields");
  return 0;
}
