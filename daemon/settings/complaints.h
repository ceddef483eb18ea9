// What is wrong with one file, gathered while it is read on: an operator fixes all of it in one go.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "settings/settings.h"

namespace sluice::settings {

// A place in a file, from 1 as editors count; the column in characters. 0: not known.
struct Place {
  int line = 0;
  int column = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
};

class Complaints {
 public:
  explicit Complaints(std::filesystem::path file) : file_(std::move(file)) {}

  void add(Place place, std::string found, std::string expected, std::string suggestion = {});
  // Of another file that this one names.
  void add_about(const std::filesystem::path& file, Place place, std::string found,
                 std::string expected);

  [[nodiscard]] const std::filesystem::path& file() const { return file_; }
  [[nodiscard]] bool empty() const { return all_.empty(); }
  // By place; those of other files last. Leaves this empty.
  [[nodiscard]] std::vector<Complaint> take();

 private:
  // Whether of another file, which, line, column.
  using Order = std::tuple<bool, std::filesystem::path, int, int>;

  std::filesystem::path file_;
  std::multimap<Order, Complaint> all_;
};

// The nearest of `names` for a typo; empty where none is near.
[[nodiscard]] std::string nearest(std::string_view found, std::span<const std::string> names);

// `text` in back quotes, control characters shown, cut to a length that is good to print.
[[nodiscard]] std::string in_quotes(std::string_view text, std::size_t longest = 60);

}  // namespace sluice::settings
