// What people see: tables, sizes, and a progress line that stays one line.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/adapter.h"

namespace sluice::commands {

[[nodiscard]] std::string human_bytes(std::uint64_t bytes);     // "1.4 GiB"
[[nodiscard]] std::string human_count(std::uint64_t count);     // "1,234,567"
[[nodiscard]] std::string human_age(std::chrono::seconds age);  // "3 m 20 s"

// As it can be printed on a terminal whoever wrote it: what a terminal would obey (control
// characters, those that turn the direction of writing) and what is no UTF-8 is written as `\x1b`
// or `\u202e`; a line feed and a tab stay where there may be several lines.
enum class Lines { one, several };
[[nodiscard]] std::string printable(std::string_view text, Lines lines = Lines::one);

// Terminal columns of UTF-8 text: two for what East Asian Width calls wide.
[[nodiscard]] std::size_t columns_of(std::string_view text);

// Columns aligned, cells printable; those whose cells are all numbers to the right. A row's cells
// are as many as the header's. Wide characters (汉字) count as two columns, as terminals show them.
[[nodiscard]] std::string table(const std::vector<std::string>& header,
                                const std::vector<std::vector<std::string>>& rows);

// A progress line on standard error where that is a terminal; nothing elsewhere.
class ProgressLine : public adapters::Progress {
 public:
  explicit ProgressLine(std::string label);
  ~ProgressLine() override;
  void advanced(std::uint64_t bytes, std::uint64_t of_bytes, std::uint64_t rows) override;
  // What it is about from now on; begins anew.
  void name(std::string label);
  // Takes the line away.
  void clear();

 private:
  static void draw(const std::string& line);

  std::string label_;
  bool on_terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point drawn_;
};

}  // namespace sluice::commands
