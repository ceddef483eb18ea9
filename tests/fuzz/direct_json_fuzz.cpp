// A JSON body. Boost.JSON is the oracle of what is valid, but for what it refuses on other grounds:
// halves of surrogate pairs, and exponents that its double can not hold.
#include <cstdint>

#include <boost/json.hpp>

#include "direct_call.h"

namespace {

boost::json::error_code fault_to_boost(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = sluice::adapters::direct::max_json_depth;
  options.allow_invalid_utf8 = true;  // the fault of one record, and so not of the text
  boost::json::stream_parser parser({}, options);
  boost::json::error_code fault;
  parser.write(text.data(), text.size(), fault);
  if (!fault) parser.finish(fault);
  return fault;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::adapters::direct;
  const std::string_view text = as_text(data, size);
  collect({MediaType::json, text, {}});
  JsonScanner scanner(text);
  const bool valid = scanner.value() && scanner.at_end();
  const auto fault = fault_to_boost(text);
  if (!valid) {
    require(fault.failed());
  } else if (check_escapes(text) && fault != boost::json::error::exponent_overflow) {
    require(!fault.failed());
  }
  return 0;
}
