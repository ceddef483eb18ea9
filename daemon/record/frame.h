// How one process of ours hands another numbers and texts when the other must not trust them: a
// reader of somebody's bytes holds no key, and may be anybody's once they were too clever for it.
// What a frame means is its users' (intake/batch_frames.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::record {

// Before each frame: its bytes, as a 64-bit number, the lowest byte first. So is every number.
inline constexpr std::size_t frame_head_bytes = 8;
[[nodiscard]] std::uint64_t frame_bytes(std::string_view head);

class FrameWriter {
 public:
  // `expected`: so many bytes at least, where that is known: what is large is copied once then.
  explicit FrameWriter(std::size_t expected = 0) {
    bytes_.reserve(frame_head_bytes + expected);
    bytes_.assign(frame_head_bytes, '\0');
  }

  void number(std::uint64_t value);
  void text(std::string_view value);
  // With its head.
  [[nodiscard]] std::string finish();

 private:
  std::string bytes_;
};

// Of a frame without its head. What is not there is 0 or empty, and is_good() false from then on.
class FrameReader {
 public:
  explicit FrameReader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] std::uint64_t number();
  // A view of the frame's bytes.
  [[nodiscard]] std::string_view text();
  // Of things that take at least `least` bytes each: no more than there is room for.
  [[nodiscard]] std::uint64_t count(std::uint64_t least);
  // A number that is at most this.
  [[nodiscard]] std::uint64_t number_up_to(std::uint64_t most);
  [[nodiscard]] bool is_good() const { return is_good_; }
  [[nodiscard]] bool is_at_end() const { return is_good_ && rest_.empty(); }

 private:
  std::uint64_t fail();

  std::string_view rest_;
  bool is_good_ = true;
};

}  // namespace sluice::record
