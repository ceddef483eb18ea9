// By which both sides know a delivery of a subscription, so that it is handed over once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "record/identifiers.h"

namespace sluice::record {

using SubscriptionId = Name<struct SubscriptionTag>;
// A delivery's place in its subscription: 1, 2, 3 … within an epoch.
using DeliveryNumber = Number<struct DeliveryTag>;

struct DeliveryName {
  SubscriptionId subscription;
  Epoch epoch;
  DeliveryNumber number;
  friend auto operator<=>(const DeliveryName&, const DeliveryName&) = default;
};

// "park-licences.1790000000000.7". Reading takes exactly what writing gives.
[[nodiscard]] std::string to_string(const DeliveryName& name);
[[nodiscard]] std::optional<DeliveryName> parse_delivery_name(std::string_view text);

}  // namespace sluice::record
