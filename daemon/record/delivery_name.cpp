#include "record/delivery_name.h"

#include <charconv>
#include <cstdint>

#include <fmt/format.h>

namespace sluice::record {

std::string to_string(const DeliveryName& name) {
  return fmt::format("{}.{}.{}", name.subscription.str(), name.epoch.value, name.number.value);
}

std::optional<DeliveryName> parse_delivery_name(std::string_view text) {
  const auto number = [](std::string_view digits) {
    std::uint64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  };
  const std::size_t first = text.find('.');
  const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string_view subscription = text.substr(0, first);
  if (!is_name(subscription)) return std::nullopt;
  DeliveryName name{.subscription = SubscriptionId(std::string(subscription)),
                    .epoch = {number(text.substr(first + 1, second - first - 1))},
                    .number = {number(text.substr(second + 1))}};
  // Whatever else is no number is not written so either.
  if (name.epoch.value == 0 || name.number.value == 0 || to_string(name) != text) {
    return std::nullopt;
  }
  return name;
}

}  // namespace sluice::record
