#include "store/postgresql/binary_array.h"

#include <bit>
#include <cstring>

namespace sluice::store::postgresql {
namespace {

constexpr std::size_t count_offset = 12;

template <class Unsigned>
Unsigned big_endian(Unsigned value) {
  static_assert(std::endian::native == std::endian::little);
  return std::byteswap(value);
}

void append(std::string& bytes, std::uint32_t value) {
  value = big_endian(value);
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

BinaryArray::BinaryArray(unsigned int element_type) {
  append(bytes_, 1);  // dimensions
  append(bytes_, 0);  // no element is NULL
  append(bytes_, element_type);
  append(bytes_, 0);  // elements, known at the end
  append(bytes_, 1);  // lower bound
}

void BinaryArray::add(std::string_view element) {
  append(bytes_, static_cast<std::uint32_t>(element.size()));
  bytes_ += element;
  ++count_;
}

void BinaryArray::add(std::int64_t element) {
  const std::uint64_t value = big_endian(static_cast<std::uint64_t>(element));
  add(std::string_view(reinterpret_cast<const char*>(&value), sizeof value));
}

std::string_view BinaryArray::bytes() {
  const std::uint32_t count = big_endian(count_);
  std::memcpy(bytes_.data() + count_offset, &count, sizeof count);
  return bytes_;
}

std::string from_hexadecimal(std::string_view digits) {
  std::string bytes;
  int high = -1;
  for (const char c : digits) {
    if (c == '-') continue;
    const int value = c >= 'a' ? c - 'a' + 10 : c - '0';
    if (high < 0) {
      high = value;
    } else {
      bytes += static_cast<char>(high * 16 + value);
      high = -1;
    }
  }
  return bytes;
}

}  // namespace sluice::store::postgresql
