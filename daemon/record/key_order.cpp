#include "record/key_order.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

namespace sluice::record {
namespace {

constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;
constexpr std::size_t number_bytes = 8;

bool is_number(FieldType type) {
  return type == FieldType::integer || type == FieldType::year || type == FieldType::boolean;
}

std::optional<std::int64_t> number_of(FieldType type, std::string_view text) {
  if (type == FieldType::boolean) {
    return text == "t" ? std::optional(1) : text == "f" ? std::optional(0) : std::nullopt;
  }
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stopped == end ? std::optional(number) : std::nullopt;
}

std::string text_of(FieldType type, std::int64_t number) {
  if (type == FieldType::boolean) return number != 0 ? "t" : "f";
  return type == FieldType::year ? fmt::format("{:04}", number) : std::to_string(number);
}

// Big-endian with the sign turned over: negative numbers come first.
void append_number(std::string& encoded, std::int64_t number) {
  const std::uint64_t shifted = static_cast<std::uint64_t>(number) ^ sign_bit;
  for (int shift = 56; shift >= 0; shift -= 8) {
    encoded += static_cast<char>(shifted >> static_cast<unsigned>(shift) & 0xFF);
  }
}

std::int64_t take_number(std::string_view& encoded) {
  if (encoded.size() < number_bytes) throw std::invalid_argument("a key's bytes end too early");
  std::uint64_t shifted = 0;
  for (const char byte : encoded.substr(0, number_bytes)) {
    shifted = shifted << 8 | static_cast<unsigned char>(byte);
  }
  encoded.remove_prefix(number_bytes);
  return static_cast<std::int64_t>(shifted ^ sign_bit);
}

}  // namespace

KeyOrder::KeyOrder(const TableSchema& schema) {
  for (const std::size_t column : key_columns(schema))
    types_.push_back(schema.fields[column].type);
}

std::optional<std::string> KeyOrder::encode(std::span<const std::string> key) const {
  if (key.size() != types_.size()) return std::nullopt;
  std::string encoded;
  for (std::size_t i = 0; i < types_.size(); ++i) {
    if (is_number(types_[i])) {
      const auto number = number_of(types_[i], key[i]);
      if (!number) return std::nullopt;
      append_number(encoded, *number);
    } else {
      // No text has a NUL in it, so what is shorter comes first.
      if (key[i].find('\0') != std::string::npos) return std::nullopt;
      encoded.append(key[i]).push_back('\0');
    }
  }
  return encoded;
}

bool KeyOrder::takes(const KeyRange& range) const {
  return (!range.after || encode(*range.after)) && (!range.up_to || encode(*range.up_to));
}

Key KeyOrder::decode(std::string_view encoded) const {
  Key key;
  for (const FieldType type : types_) {
    if (is_number(type)) {
      key.push_back(text_of(type, take_number(encoded)));
      continue;
    }
    const std::size_t end = encoded.find('\0');
    if (end == std::string_view::npos) throw std::invalid_argument("a key's text has no end");
    key.emplace_back(encoded.substr(0, end));
    encoded.remove_prefix(end + 1);
  }
  return key;
}

}  // namespace sluice::record
