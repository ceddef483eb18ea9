#include "store/dataset_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::store {

Refusal unique_refusal(const std::vector<std::string>& fields) {
  return {fields.size() == 1 ? fields.front() : std::string(), "unique",
          fmt::format("another record of the dataset has the same value of ({}), which must be "
                      "unique",
                      fmt::join(fields, ", "))};
}

std::array<char, 16> digest_bytes(const record::RowDigest& digest) {
  std::array<char, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    const auto shift = 56 - 8 * i;
    bytes[i] = static_cast<char>(static_cast<unsigned char>(digest.high >> shift));
    bytes[i + 8] = static_cast<char>(static_cast<unsigned char>(digest.low >> shift));
  }
  return bytes;
}

record::RowDigest parse_digest_bytes(std::string_view bytes) {
  record::RowDigest digest;
  for (std::size_t i = 0; i < 8 && bytes.size() == 16; ++i) {
    digest.high = digest.high << 8 | static_cast<unsigned char>(bytes[i]);
    digest.low = digest.low << 8 | static_cast<unsigned char>(bytes[i + 8]);
  }
  return digest;
}

std::string quoted_name(std::string_view identifier) {
  std::string text = "\"";
  for (const char c : identifier) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

}  // namespace sluice::store
