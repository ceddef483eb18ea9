#include "people/device_token.h"

#include <array>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>

#include "people/sodium.h"

namespace sluice::people {
namespace {

using Nonce = std::array<std::uint8_t, 16>;

std::int64_t day_of(record::Time time) {
  return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
}

// What the hash is of. A name has no line break: no two of these are one text.
std::string bound(const AccountName& account, std::string_view nonce_and_day) {
  return fmt::format("{}\n{}", account.str(), nonce_and_day);
}

}  // namespace

std::string make_device_token(const Secret& secret, const AccountName& account, record::Time now) {
  Nonce nonce{};
  fill_randomly(nonce);
  const std::string nonce_and_day = fmt::format("{}.{}", base64url(nonce), day_of(now));
  return fmt::format("{}.{}", nonce_and_day,
                     secret.keyed_hash(Purpose::device_token, bound(account, nonce_and_day)));
}

std::optional<std::string> device_of(const Secret& secret, std::string_view token,
                                     const AccountName& account, record::Time now) {
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  if (first == last) return std::nullopt;  // also where there is none
  if (!secret.is_keyed_hash(Purpose::device_token, bound(account, token.substr(0, last)),
                            token.substr(last + 1))) {
    return std::nullopt;
  }
  // From here on the text is ours.
  const std::string_view day_text = token.substr(first + 1, last - first - 1);
  std::int64_t day = 0;
  std::from_chars(day_text.data(), day_text.data() + day_text.size(), day);
  if (day_of(now) - day >= device_token_lifetime.count()) return std::nullopt;
  return std::string(token.substr(0, first));
}

}  // namespace sluice::people
