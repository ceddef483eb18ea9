// The version of what nodes say to each other over HTTPS (docs/link.md). Each side tells its own,
// so that where one does not understand the other it can say which of them is to be upgraded.
// Nobody is refused for the version alone.
#pragma once

#include <charconv>
#include <string_view>
#include <system_error>

namespace sluice::link {

inline constexpr std::string_view protocol_header = "Sluice-Protocol";

// Raised with every form of a batch, of its answer or of a call that the version before does not
// read. 1: sluice-batch/1, sluice-receipt/2, sluice-deferral/1.
inline constexpr unsigned protocol_version = 1;

// What the header says; 0: it is not there, as before there was one, or is not understood.
[[nodiscard]] inline unsigned told_protocol(std::string_view value) {
  unsigned told = 0;
  const char* const end = value.data() + value.size();
  const auto [stopped, error] = std::from_chars(value.data(), end, told);
  return error == std::errc() && stopped == end ? told : 0;
}

}  // namespace sluice::link
