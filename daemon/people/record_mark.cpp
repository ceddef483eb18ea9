#include "people/record_mark.h"

#include <fmt/format.h>

namespace sluice::people {

std::string record_mark(const Secret& secret, const record::DatasetId& dataset,
                        std::span<const std::string> key) {
  // With their lengths: ("a", "bc") and ("ab", "c") are two records.
  std::string text = dataset.str();
  for (const std::string& value : key)
    text += fmt::format("\n{}:{}", value.size(), value);
  return secret.keyed_hash(Purpose::record_key, text);
}

}  // namespace sluice::people
