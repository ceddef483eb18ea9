// Digests: the cryptographic ones that prove a batch, and the quick one that tells whether a record
// has changed.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::record {

// SHA-256 (FIPS 180-4). Written "sha256:" and 64 lower-case hexadecimal digits.
struct Digest {
  std::array<std::uint8_t, 32> bytes{};
  friend auto operator<=>(const Digest&, const Digest&) = default;
};

[[nodiscard]] Digest sha256(std::string_view bytes);
[[nodiscard]] std::string to_string(const Digest& digest);
[[nodiscard]] std::optional<Digest> parse_digest(std::string_view text);

// SHA-256 of bytes that come in pieces.
class DigestStream {
 public:
  DigestStream();
  ~DigestStream();
  DigestStream(const DigestStream&) = delete;
  DigestStream& operator=(const DigestStream&) = delete;
  void update(std::string_view bytes);
  [[nodiscard]] Digest finish();  // at most once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Tells whether two versions of one record differ: XXH3, 128 bits. Not for proof: an adversary can
// make two texts collide, but only ever for its own key in its own stream, to its own loss.
struct RowDigest {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(const RowDigest&, const RowDigest&) = default;
};

// Same for the same values of the same named fields, whatever the order of columns, and whether
// absent optional fields exist in the schema or not: so a new optional field changes no digest.
class RowDigester {
 public:
  // `salt` is made of the field's name by column_salt().
  void add(std::uint64_t salt, std::string_view value);
  [[nodiscard]] RowDigest digest() const { return sum_; }

 private:
  RowDigest sum_;
};
[[nodiscard]] std::uint64_t column_salt(std::string_view field_name);
// 32 lower-case hexadecimal digits.
[[nodiscard]] std::string to_string(const RowDigest& digest);
[[nodiscard]] std::optional<RowDigest> parse_row_digest(std::string_view text);

// Of a set of records, whatever their order.
class RecordSum {
 public:
  RecordSum() = default;
  RecordSum(std::uint64_t rows, RowDigest digest) : rows_(rows), digest_(digest) {}

  // A row digest is itself a sum over the row's fields: were these just added up, two records that
  // exchanged a value would go unnoticed. So each is hashed once more.
  void add(const RowDigest& row);
  // Others, none of which is among these.
  void add(const RecordSum& others);

  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] const RowDigest& digest() const { return digest_; }
  friend bool operator==(const RecordSum&, const RecordSum&) = default;

 private:
  std::uint64_t rows_ = 0;
  RowDigest digest_;
};

}  // namespace sluice::record
