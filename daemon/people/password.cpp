#include "people/password.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <sodium.h>
#include <sys/mman.h>

#include "people/characters.h"
#include "people/sodium.h"
#include "record/lower_case.h"

namespace sluice::people {
namespace {

// Passes and memory of RFC 9106's second recommendation (section 4), for machines that do more
// than check passwords; libsodium has one lane. A guess costs whoever stole the hashes as much.
constexpr unsigned long long passes = 3;
constexpr std::size_t memory_bytes = std::size_t{64} << 20;

// No 0 and o, no 1, i and l.
constexpr std::string_view alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
constexpr int first_password_groups = 4;
constexpr int characters_a_group = 4;

// What guessers try first of what is long enough, in lower case.
constexpr std::array<std::string_view, 32> common = {
    "0123456789",  "1234567890",     "0987654321",    "9876543210",   "12345678910",
    "123456789a",  "a123456789",     "1234567891",    "123456789012", "1122334455",
    "1q2w3e4r5t",  "1q2w3e4r5t6y",   "q1w2e3r4t5",    "1qaz2wsx3edc", "qwertyuiop",
    "qwerty12345", "qwerty123456",   "qazwsxedcrfv",  "abcdefghij",   "abc123456789",
    "abcd123456",  "abcd1234567890", "password12",    "password123",  "password1234",
    "passw0rd123", "admin12345",     "administrator", "woaini1314",   "woaini520520",
    "5201314520",  "iloveyou1314",
};

bool is_common(const std::string& lower) {
  const auto differs = [&](char c) { return c != lower.front(); };
  return std::ranges::find(common, lower) != common.end() || std::ranges::none_of(lower, differs);
}

// Asks the system for what a hash takes, as libsodium does, and touches none of it.
bool is_memory_to_be_had() {
  constexpr std::size_t wanted = memory_bytes + (std::size_t{1} << 20);
  void* const memory =
      mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  munmap(memory, wanted);
  return true;
}

// libsodium takes a hash as an array of this size.
using HashText = std::array<char, crypto_pwhash_STRBYTES>;

HashText text_of(const PasswordHash& hash) {
  HashText text{};
  std::ranges::copy_n(hash.secret().begin(),
                      static_cast<std::ptrdiff_t>(std::min(hash.secret().size(), text.size() - 1)),
                      text.begin());
  return text;
}

}  // namespace

std::string_view to_string(PasswordFault fault) {
  switch (fault) {
    case PasswordFault::not_typable:
      return "not-typable";
    case PasswordFault::too_short:
      return "too-short";
    case PasswordFault::too_long:
      return "too-long";
    case PasswordFault::is_name:
      return "is-name";
    case PasswordFault::too_simple:
      return "too-simple";
    case PasswordFault::unchanged:
      return "unchanged";
  }
  return "";
}

std::optional<PasswordFault> fault_of(std::string_view password, std::string_view account_name) {
  const auto characters = characters_of(password);
  if (!characters || has_control_characters(password)) return PasswordFault::not_typable;
  if (*characters < shortest_password) return PasswordFault::too_short;
  if (*characters > longest_password) return PasswordFault::too_long;
  const std::string lower = record::lower_case(password);
  if (lower == record::lower_case(account_name)) return PasswordFault::is_name;
  if (is_common(lower)) return PasswordFault::too_simple;
  return std::nullopt;
}

std::expected<PasswordHash, record::Flaw> hash_password(std::string_view password) {
  use_sodium();
  HashText text{};
  if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), passes, memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return std::unexpected(record::Flaw{
        fmt::format("there are no {} MiB of memory to hash a password in", memory_bytes >> 20U)});
  }
  return PasswordHash(text.data());
}

std::expected<bool, PasswordFailure> verify_password(const PasswordHash& hash,
                                                     std::string_view password) {
  use_sodium();
  const HashText text = text_of(hash);
  // Looked at before and after: whatever else libsodium meets it says as of a wrong password.
  const bool had_memory = is_memory_to_be_had();
  if (crypto_pwhash_str_verify(text.data(), password.data(), password.size()) == 0) return true;
  if (crypto_pwhash_str_needs_rehash(text.data(), passes, memory_bytes) == -1) {
    return std::unexpected(PasswordFailure{
        PasswordProblem::unreadable,
        {},
        "the password that is kept of the account can not be read: reset it (sluice user reset)"});
  }
  if (had_memory && is_memory_to_be_had()) return false;
  return std::unexpected(PasswordFailure{PasswordProblem::no_memory,
                                         {},
                                         fmt::format("there are no {} MiB of memory to verify a "
                                                     "password in",
                                                     memory_bytes >> 20U)});
}

const PasswordHash& nobodys_hash() {
  static const PasswordHash hash(
      "$argon2id$v=19$m=65536,t=3,p=1$bm9ib2R5IGhhcyB0aGlzLg$"
      "bm9ib2R5IGhhcyB0aGlzIG9uZSBlaXRoZXIsIG5vLiE");
  return hash;
}

bool needs_rehash(const PasswordHash& hash) {
  use_sodium();
  return crypto_pwhash_str_needs_rehash(text_of(hash).data(), passes, memory_bytes) == 1;
}

std::uint32_t system_randomness(std::uint32_t bound) {
  use_sodium();
  return randombytes_uniform(bound);
}

std::string first_password(const Randomness& randomness) {
  std::string password;
  for (int group = 0; group < first_password_groups; ++group) {
    if (group > 0) password += '-';
    for (int i = 0; i < characters_a_group; ++i)
      password += alphabet[randomness(static_cast<std::uint32_t>(alphabet.size()))];
  }
  return password;
}

}  // namespace sluice::people
