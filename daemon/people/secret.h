// The installation's secret, and what is made of it: keyed hashes, each for one purpose, so that
// one that was given out for the one is worth nothing for another.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::people {

// The numbers are for ever: what is in browsers and audit logs was made with them.
enum class Purpose : std::uint64_t {
  device_token = 1,  // proves that somebody has signed in on this browser before
  csrf_token = 2,    // proves that a form comes from a page of ours
  record_key = 3,    // stands for a record's key where the key itself is not to be written
};

// 32 random bytes. Never printed or logged.
class Secret {
 public:
  [[nodiscard]] static Secret random();
  // Of secret(); nothing where the text is none.
  [[nodiscard]] static std::optional<Secret> parse(std::string_view text);
  // As it is kept.
  [[nodiscard]] std::string secret() const;

  // 32 characters of base64url, which nobody makes who has not the secret: BLAKE2b with a key of
  // the purpose's own.
  [[nodiscard]] std::string keyed_hash(Purpose purpose, std::string_view text) const;
  // Whether `hash` is that of `text`. For what comes from outside: it takes the same time wherever
  // they differ.
  [[nodiscard]] bool is_keyed_hash(Purpose purpose, std::string_view text,
                                   std::string_view hash) const;

  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  Secret() = default;
  std::array<std::uint8_t, 32> bytes_{};
};

}  // namespace sluice::people
