// Randomness that is the same on every machine, compiler and library: a register made here from a
// seed is byte for byte the register made there, so that figures and counts can be compared.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice::bench {

// The finalizer of SplitMix64 (Steele, Lea, Flood, 2014): every bit of the result depends on every
// bit of `value`.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31);
}

class SplitMix64 {
 public:
  constexpr explicit SplitMix64(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t next() { return mix(state_ += 0x9E3779B97F4A7C15U); }

  // 0 to `count` - 1. The bias is below count / 2^32, which no one can see in a register.
  constexpr std::uint32_t below(std::size_t count) {
    return static_cast<std::uint32_t>(((next() >> 32) * count) >> 32);
  }
  constexpr bool one_in(std::size_t count) { return below(count) == 0; }

  template <class Sequence>
  constexpr const auto& pick(const Sequence& sequence) {
    return sequence[below(sequence.size())];
  }

 private:
  std::uint64_t state_;
};

// A permutation of the 32-bit numbers (a Feistel network of four rounds): consecutive rows get
// scattered keys, and no two rows the same one, without remembering any.
[[nodiscard]] constexpr std::uint32_t scatter(std::uint32_t number, std::uint64_t seed) {
  std::uint32_t left = number >> 16;
  std::uint32_t right = number & 0xFFFFU;
  for (std::uint64_t round = 1; round <= 4; ++round) {
    const auto scrambled = static_cast<std::uint32_t>(mix(seed + (round << 32) + right) & 0xFFFFU);
    const std::uint32_t next = left ^ scrambled;
    left = right;
    right = next;
  }
  return (left << 16) | right;
}

}  // namespace sluice::bench
