// What we ask of libsodium in several places: randomness, and bytes as text that goes into a cookie
// or a URL as it is.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sluice::people {

// Before anything else of libsodium. Thread-safe, and nothing after the first time. Throws where
// the system has no source of randomness.
void use_sodium();

void fill_randomly(std::span<std::uint8_t> bytes);

// RFC 4648, section 5, without padding: 32 bytes are 43 characters.
[[nodiscard]] std::string base64url(std::span<const std::uint8_t> bytes);
// Fills `bytes`; false where the text is not the base64url of exactly so many.
[[nodiscard]] bool from_base64url(std::string_view text, std::span<std::uint8_t> bytes);

// In a time that does not tell how far they are the same.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace sluice::people
