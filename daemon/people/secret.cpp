#include "people/secret.h"

#include <sodium.h>

#include "people/sodium.h"

namespace sluice::people {
namespace {

// For ever, as the purposes' numbers are: eight characters.
constexpr char key_context[] = "sluice01";
static_assert(sizeof(key_context) - 1 == crypto_kdf_CONTEXTBYTES);

// 192 bits, which are 32 characters without a rest.
constexpr std::size_t keyed_hash_bytes = 24;

}  // namespace

Secret Secret::random() {
  Secret secret;
  fill_randomly(secret.bytes_);
  return secret;
}

std::optional<Secret> Secret::parse(std::string_view text) {
  Secret secret;
  if (!from_base64url(text, secret.bytes_)) return std::nullopt;
  return secret;
}

std::string Secret::secret() const {
  return base64url(bytes_);
}

std::string Secret::keyed_hash(Purpose purpose, std::string_view text) const {
  static_assert(std::tuple_size_v<decltype(bytes_)> == crypto_kdf_KEYBYTES);
  use_sodium();
  std::array<std::uint8_t, crypto_generichash_KEYBYTES> key{};
  crypto_kdf_derive_from_key(key.data(), key.size(), static_cast<std::uint64_t>(purpose),
                             key_context, bytes_.data());
  std::array<std::uint8_t, keyed_hash_bytes> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), key.data(), key.size());
  return base64url(hash);
}

bool Secret::is_keyed_hash(Purpose purpose, std::string_view text, std::string_view hash) const {
  return equal_in_constant_time(keyed_hash(purpose, text), hash);
}

}  // namespace sluice::people
