#include "people/sodium.h"

#include <stdexcept>

#include <sodium.h>

namespace sluice::people {

void use_sodium() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium has no source of randomness");
}

void fill_randomly(std::span<std::uint8_t> bytes) {
  use_sodium();
  randombytes_buf(bytes.data(), bytes.size());
}

std::string base64url(std::span<const std::uint8_t> bytes) {
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
  text.pop_back();  // the zero that ends it
  return text;
}

bool from_base64url(std::string_view text, std::span<std::uint8_t> bytes) {
  std::size_t length = 0;
  const char* end = nullptr;
  const int decoded =
      sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length,
                        &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return decoded == 0 && length == bytes.size() && end == text.data() + text.size();
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace sluice::people
