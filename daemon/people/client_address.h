// Where an attempt comes from, as far as it is counted: who has one address of IPv6 has the 2^64 of
// its network.
#pragma once

#include <string>
#include <string_view>

namespace sluice::people {

// "192.0.2.1" as it is, also where it is written as one of IPv6 (::ffff:192.0.2.1); of any other
// address of IPv6 its network: "2001:db8:0:1::/64". What is no address is all one: "?".
[[nodiscard]] std::string counted_address(std::string_view address);

}  // namespace sluice::people
