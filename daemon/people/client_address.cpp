#include "people/client_address.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <arpa/inet.h>

namespace sluice::people {
namespace {

constexpr std::size_t network_bytes = 8;
constexpr std::array<std::uint8_t, 12> ipv4_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

template <std::size_t Size>
std::string written(int family, const std::array<std::uint8_t, Size>& bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return inet_ntop(family, bytes.data(), text.data(), text.size()) != nullptr ? text.data() : "?";
}

}  // namespace

std::string counted_address(std::string_view address) {
  const std::string text(address.substr(0, address.find('%')));  // without the interface
  std::array<std::uint8_t, 4> ipv4{};
  if (inet_pton(AF_INET, text.c_str(), ipv4.data()) == 1) return written(AF_INET, ipv4);
  std::array<std::uint8_t, 16> ipv6{};
  if (inet_pton(AF_INET6, text.c_str(), ipv6.data()) != 1) return "?";
  if (std::equal(ipv4_prefix.begin(), ipv4_prefix.end(), ipv6.begin())) {
    std::copy_n(ipv6.begin() + ipv4_prefix.size(), ipv4.size(), ipv4.begin());
    return written(AF_INET, ipv4);
  }
  std::fill(ipv6.begin() + network_bytes, ipv6.end(), std::uint8_t{0});
  return written(AF_INET6, ipv6) + "/64";
}

}  // namespace sluice::people
