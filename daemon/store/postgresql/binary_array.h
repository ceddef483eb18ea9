// Bytes to and from PostgreSQL. One-dimensional arrays in its binary format (array_send in its
// source) are how many keys are sent with one statement, without escaping and without a temporary
// table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::store::postgresql {

// Object identifiers of pg_type, fixed for ever.
namespace type_id {
inline constexpr unsigned int int8 = 20;
inline constexpr unsigned int text = 25;
inline constexpr unsigned int uuid = 2950;
inline constexpr unsigned int int8_array = 1016;
inline constexpr unsigned int text_array = 1009;
inline constexpr unsigned int uuid_array = 2951;
}  // namespace type_id

class BinaryArray {
 public:
  explicit BinaryArray(unsigned int element_type);
  void add(std::string_view element);
  void add(std::int64_t element);
  // What to send; lives until the next add().
  [[nodiscard]] std::string_view bytes();

 private:
  std::string bytes_;
  std::uint32_t count_ = 0;
};

// What encode(bytes, 'hex') writes; hyphens, as in a uuid's text, are passed over.
[[nodiscard]] std::string from_hexadecimal(std::string_view digits);

}  // namespace sluice::store::postgresql
