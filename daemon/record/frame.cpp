#include "record/frame.h"

#include <utility>

namespace sluice::record {

std::uint64_t frame_bytes(std::string_view head) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < frame_head_bytes; ++i)
    value |= std::uint64_t{static_cast<unsigned char>(head[i])} << (8 * i);
  return value;
}

void FrameWriter::number(std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8)
    bytes_.push_back(static_cast<char>((value >> shift) & 0xFFU));
}

void FrameWriter::text(std::string_view value) {
  number(value.size());
  bytes_ += value;
}

std::string FrameWriter::finish() {
  const std::uint64_t size = bytes_.size() - frame_head_bytes;
  for (std::size_t i = 0; i < frame_head_bytes; ++i)
    bytes_[i] = static_cast<char>((size >> (8 * i)) & 0xFFU);
  return std::move(bytes_);
}

std::uint64_t FrameReader::number() {
  if (rest_.size() < frame_head_bytes) return fail();
  const std::uint64_t value = frame_bytes(rest_);
  rest_.remove_prefix(frame_head_bytes);
  return value;
}

std::string_view FrameReader::text() {
  const std::uint64_t size = number();
  if (size > rest_.size()) {
    static_cast<void>(fail());
    return {};
  }
  const std::string_view value = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return value;
}

std::uint64_t FrameReader::count(std::uint64_t least) {
  const std::uint64_t value = number();
  return value <= rest_.size() / least ? value : fail();
}

std::uint64_t FrameReader::number_up_to(std::uint64_t most) {
  const std::uint64_t value = number();
  return value <= most ? value : fail();
}

std::uint64_t FrameReader::fail() {
  is_good_ = false;
  rest_ = {};
  return 0;
}

}  // namespace sluice::record
