// One row of a register as plain values, and the two forms in which they are written.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sluice::bench {

// Values are appended one after another: write to text(), then end_value(). An empty value is a
// missing one.
class RowText {
 public:
  static constexpr std::size_t max_values = 16;

  void clear() {
    text_.clear();
    count_ = 0;
  }
  [[nodiscard]] std::string& text() { return text_; }
  void end_value() { ends_[count_++] = text_.size(); }
  void add(std::string_view value) {
    text_.append(value);
    end_value();
  }
  void add_number(std::uint64_t number);

  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] std::string_view operator[](std::size_t index) const {
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(text_).substr(begin, ends_[index] - begin);
  }

 private:
  std::string text_;
  std::array<std::size_t, max_values> ends_{};
  std::size_t count_ = 0;
};

// Decimal digits, with leading zeros up to `width`.
void append_number(std::string& text, std::uint64_t number, std::size_t width = 1);

// A line of CSV (RFC 4180, but ended by a single newline), quoted where it must be.
void append_csv(const RowText& row, std::string& csv);

// A column's name and whether its values are numbers.
struct Column {
  std::string_view name;
  bool numeric = false;
};
// A JSON object; missing values are null.
void append_json(const RowText& row, std::span<const Column> columns, std::string& json);

}  // namespace sluice::bench
