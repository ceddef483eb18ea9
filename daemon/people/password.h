// Passwords of people: which are acceptable, how one is kept so that it can not be read back, and
// the first one, which a person gets from an operator and must change.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "record/failure.h"

namespace sluice::people {

// Argon2id with salt and parameters, as libsodium writes it: "$argon2id$v=19$m=65536,t=3,p=1$…". A
// secret: it is never printed or logged, and a type of its own so that nothing does so by chance.
class PasswordHash {
 public:
  PasswordHash() = default;
  explicit PasswordHash(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] const std::string& secret() const { return text_; }
  // There is no password: none that is given is right.
  [[nodiscard]] bool is_none() const { return text_.empty(); }
  friend bool operator==(const PasswordHash&, const PasswordHash&) = default;

 private:
  std::string text_;
};

// In characters. NIST SP 800-63B asks for 8 at least and for 64 to be allowed; what counts is
// length, so there is no rule about kinds of characters.
constexpr std::size_t shortest_password = 10;
constexpr std::size_t longest_password = 128;

// Why one may not be chosen.
enum class PasswordFault {
  not_typable,  // it has characters that can not be typed or seen
  too_short,
  too_long,
  is_name,     // it is the account's name
  too_simple,  // guessers try it first
  unchanged,   // it is the one that the person has
};
// "too-short": the pages name their texts by it.
[[nodiscard]] std::string_view to_string(PasswordFault fault);

// Why it may not be the password of this account; nothing: it may.
[[nodiscard]] std::optional<PasswordFault> fault_of(std::string_view password,
                                                    std::string_view account_name);

enum class PasswordProblem {
  no_memory,   // 64 MiB are not to be had now
  unreadable,  // what is kept is no hash
};
using PasswordFailure = record::Failure<PasswordProblem>;

// These two take about a tenth of a second of a processor and 64 MiB of memory, each time: call
// them from worker threads, never from an event loop, and bound how many run at once
// (hashing_slots.h). Thread-safe.
// Fails where that memory is not to be had.
[[nodiscard]] std::expected<PasswordHash, record::Flaw> hash_password(std::string_view password);
// False: it is of another password. libsodium says the same for want of memory, so that is looked
// for before and after.
[[nodiscard]] std::expected<bool, PasswordFailure> verify_password(const PasswordHash& hash,
                                                                   std::string_view password);

// Of no password, and as dear to verify as any: where there is no account, so that the time an
// answer takes does not tell.
[[nodiscard]] const PasswordHash& nobodys_hash();

// It was made with other parameters than today's: hash the password anew when it is next given.
[[nodiscard]] bool needs_rehash(const PasswordHash& hash);

// An equally distributed number below `bound`.
using Randomness = std::function<std::uint32_t(std::uint32_t bound)>;
[[nodiscard]] std::uint32_t system_randomness(std::uint32_t bound);

// "k7mw-x3hf-9ran-t4de": for one use, read aloud or from a slip of paper. Letters and digits that
// are not taken for each other: 16 of 31, 79 bits.
[[nodiscard]] std::string first_password(const Randomness& randomness = system_randomness);

}  // namespace sluice::people
