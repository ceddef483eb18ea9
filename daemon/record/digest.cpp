#include "record/digest.h"

#include <stdexcept>

#include <openssl/evp.h>
#include <xxhash.h>

namespace sluice::record {
namespace {

constexpr std::string_view prefix = "sha256:";
constexpr char hexadecimal[] = "0123456789abcdef";

int hexadecimal_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Modulo 2^128: a sum does not depend on the order of its terms.
void add_to(RowDigest& sum, const RowDigest& term) {
  sum.low += term.low;
  sum.high += term.high + (sum.low < term.low ? 1 : 0);
}

struct FreeAlgorithm {
  void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
};

// Looked up once: EVP_sha256() stands for a look-up among OpenSSL's providers with each digest,
// which takes longer than the digest of a line.
const EVP_MD* algorithm() {
  static const std::unique_ptr<EVP_MD, FreeAlgorithm> fetched(
      EVP_MD_fetch(nullptr, "SHA256", nullptr));
  return fetched.get();
}

}  // namespace

struct DigestStream::State {
  struct Free {
    void operator()(EVP_MD_CTX* handle) const { EVP_MD_CTX_free(handle); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

DigestStream::DigestStream() : state_(std::make_unique<State>()) {
  if (!state_->context || EVP_DigestInit_ex(state_->context.get(), algorithm(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL has no SHA-256");
  }
}

DigestStream::~DigestStream() = default;

void DigestStream::update(std::string_view bytes) {
  if (EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) != 1) {
    throw std::runtime_error("SHA-256 failed");
  }
}

Digest DigestStream::finish() {
  Digest digest;
  unsigned int length = 0;
  if (EVP_DigestFinal_ex(state_->context.get(), digest.bytes.data(), &length) != 1 ||
      length != digest.bytes.size()) {
    throw std::runtime_error("SHA-256 failed");
  }
  return digest;
}

Digest sha256(std::string_view bytes) {
  DigestStream stream;
  stream.update(bytes);
  return stream.finish();
}

std::string to_string(const Digest& digest) {
  std::string text(prefix);
  for (const std::uint8_t byte : digest.bytes) {
    text += hexadecimal[byte >> 4];
    text += hexadecimal[byte & 15];
  }
  return text;
}

std::optional<Digest> parse_digest(std::string_view text) {
  Digest digest;
  if (!text.starts_with(prefix) || text.size() != prefix.size() + 2 * digest.bytes.size()) {
    return std::nullopt;
  }
  text.remove_prefix(prefix.size());
  for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
    const int high = hexadecimal_value(text[2 * i]);
    const int low = hexadecimal_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return digest;
}

std::uint64_t column_salt(std::string_view field_name) {
  return XXH3_64bits(field_name.data(), field_name.size());
}

void RowDigester::add(std::uint64_t salt, std::string_view value) {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(value.data(), value.size(), salt);
  add_to(sum_, {hash.high64, hash.low64});
}

void RecordSum::add(const RowDigest& row) {
  const std::array<std::uint64_t, 2> parts{row.high, row.low};
  const XXH128_hash_t hash = XXH3_128bits(parts.data(), sizeof(parts));
  ++rows_;
  add_to(digest_, {hash.high64, hash.low64});
}

void RecordSum::add(const RecordSum& others) {
  rows_ += others.rows_;
  add_to(digest_, others.digest_);
}

std::optional<RowDigest> parse_row_digest(std::string_view text) {
  constexpr std::size_t digits = 32;
  if (text.size() != digits) return std::nullopt;
  std::uint64_t parts[2] = {0, 0};
  for (std::size_t i = 0; i < digits; ++i) {
    const int value = hexadecimal_value(text[i]);
    if (value < 0) return std::nullopt;
    parts[i / 16] = parts[i / 16] << 4 | static_cast<std::uint64_t>(value);
  }
  return RowDigest{parts[0], parts[1]};
}

std::string to_string(const RowDigest& digest) {
  std::string text(32, '0');
  std::uint64_t parts[2] = {digest.high, digest.low};
  for (std::size_t part = 0; part < 2; ++part) {
    for (std::size_t i = 16; i-- > 0;) {
      text[part * 16 + i] = hexadecimal[parts[part] & 15];
      parts[part] >>= 4;
    }
  }
  return text;
}

}  // namespace sluice::record
