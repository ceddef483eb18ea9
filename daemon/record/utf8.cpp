#include <simdjson.h>

#include "record/record_checker.h"

namespace sluice::record {

bool is_valid_utf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace sluice::record
