#include "people/session.h"

#include <array>
#include <cstdint>

#include "people/sodium.h"

namespace sluice::people {
namespace {

using TokenBytes = std::array<std::uint8_t, 32>;
constexpr std::chrono::minutes touch_granularity(1);

}  // namespace

SessionToken SessionToken::random() {
  TokenBytes bytes{};
  fill_randomly(bytes);
  return SessionToken(base64url(bytes));
}

std::optional<SessionToken> SessionToken::parse(std::string_view text) {
  TokenBytes bytes{};
  if (!from_base64url(text, bytes)) return std::nullopt;
  return SessionToken(std::string(text));
}

record::Digest SessionToken::digest() const {
  return record::sha256(text_);
}

std::string_view to_string(SignInWay way) {
  return way == SignInWay::password ? "password" : "certificate";
}

std::optional<SignInWay> parse_sign_in_way(std::string_view text) {
  for (const SignInWay way : {SignInWay::password, SignInWay::certificate}) {
    if (text == to_string(way)) return way;
  }
  return std::nullopt;
}

bool is_over(const Session& session, const SessionLimits& limits, record::Time now) {
  return now - session.last_seen >= limits.idle || now - session.begun >= limits.lifetime;
}

bool is_worth_a_touch(const Session& session, record::Time now) {
  return now - session.last_seen >= touch_granularity;
}

}  // namespace sluice::people
