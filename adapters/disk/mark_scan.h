// Finds the few bytes that mean something in a row, 64 at a time: what a CSV reader's speed hangs
// on.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sluice::adapters::disk {

// How many bytes beyond the end of a text must be readable (whatever they hold).
inline constexpr std::size_t scan_padding = 64;

// The bytes looked for; a dialect without an escape names its quote twice.
struct Marks {
  char delimiter;
  char quote;
  char escape;
};

// Bit i says that text[i] is one of the marks. All 64 bytes must be readable.
inline std::uint64_t marked(const char* text, const Marks& marks) {
#ifdef __SSE2__
  const __m128i delimiter = _mm_set1_epi8(marks.delimiter);
  const __m128i quote = _mm_set1_epi8(marks.quote);
  const __m128i escape = _mm_set1_epi8(marks.escape);
  std::uint64_t bits = 0;
  for (std::size_t block = 0; block < 4; ++block) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + block * 16));
    const __m128i hits =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, delimiter), _mm_cmpeq_epi8(bytes, quote)),
                     _mm_cmpeq_epi8(bytes, escape));
    bits |= std::uint64_t{static_cast<std::uint16_t>(_mm_movemask_epi8(hits))} << (block * 16);
  }
  return bits;
#else
  std::uint64_t bits = 0;
  for (unsigned i = 0; i < 64; ++i) {
    const bool hit =
        text[i] == marks.delimiter || text[i] == marks.quote || text[i] == marks.escape;
    bits |= std::uint64_t{hit} << i;
  }
  return bits;
#endif
}

// Walks the marks of text[from, end) in order.
class MarkScan {
 public:
  MarkScan(const char* text, std::size_t from, std::size_t end, const Marks& marks)
      : text_(text), end_(end), block_(from), marks_(marks) {
    load();
  }

  // Where the next mark is; `end` when there is none.
  std::size_t next() {
    while (bits_ == 0) {
      if (end_ - block_ <= 64) return end_;
      block_ += 64;
      load();
    }
    const std::size_t at = block_ + static_cast<std::size_t>(std::countr_zero(bits_));
    bits_ &= bits_ - 1;
    return at;
  }

  // Forgets a mark at `position`, which must not lie before the last one found.
  void skip(std::size_t position) {
    if (position >= end_) return;
    while (position - block_ >= 64) {
      block_ += 64;
      load();
    }
    bits_ &= ~(std::uint64_t{1} << (position - block_));
  }

 private:
  void load() {
    const std::size_t left = end_ - block_;
    bits_ = left == 0 ? 0 : marked(text_ + block_, marks_);
    if (left < 64) bits_ &= (std::uint64_t{1} << left) - 1;
  }

  const char* text_;
  std::size_t end_;
  std::size_t block_;
  Marks marks_;
  std::uint64_t bits_ = 0;
};

}  // namespace sluice::adapters::disk
