// Makes registers of enterprises, as messy as real ones and of any length: for the benchmarks, and
// for the quick start where no real register is at hand. The same options give the same bytes
// everywhere. Memory does not grow with the rows; any row can be made without those before it.
#pragma once

#include <cstdint>
#include <span>

#include "bench/row_text.h"

namespace sluice::bench {

enum class Shape {
  registry,  // the ten columns of a public register, in Chinese, as messy as it is
  wide,      // sixteen clean, typed columns of about 420 bytes, for measuring
};

struct RegisterOptions {
  Shape shape = Shape::registry;
  std::uint64_t rows = 0;  // at most max_rows
  std::uint64_t seed = 1;
  // Of the dates of registration in a `registry`; a `wide` one spreads over 1990 to 2024.
  unsigned year = 2003;
  // Share of rows that must not be taken: in a `registry` the credit code's check is wrong, in a
  // `wide` one the date of registration does not exist, which a bare database refuses as well.
  double bad_share = 0;
  // Share of rows of a `wide` register that differ from those of the same seed without it: status,
  // employees, approved_at and remark are others; keys and order stay.
  double changed_share = 0;
};

// Keys are scattered 32-bit numbers.
inline constexpr std::uint64_t max_rows = std::uint64_t{1} << 32;

class RegisterGenerator {
 public:
  explicit RegisterGenerator(const RegisterOptions& options);

  [[nodiscard]] std::span<const Column> columns() const;

  // Replaces `text` by row `index`, from 0.
  void make_row(std::uint64_t index, RowText& text) const;

  [[nodiscard]] bool is_bad(std::uint64_t index) const;
  [[nodiscard]] bool is_changed(std::uint64_t index) const;
  // In a `registry` one row, never a bad one, has 无 for its credit code, as the real register has.
  [[nodiscard]] bool is_without_code(std::uint64_t index) const;

 private:
  void make_registry_row(std::uint64_t index, RowText& text) const;
  void make_wide_row(std::uint64_t index, RowText& text) const;
  [[nodiscard]] bool is_chosen(std::uint64_t index, std::uint64_t purpose, double share) const;

  RegisterOptions options_;
  std::uint64_t row_without_code_ = 0;
};

}  // namespace sluice::bench
