#include "settings/complaints.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace sluice::settings {
namespace {

// Nobody mistypes a name that is longer than this by a letter or two.
constexpr std::size_t longest_typo = 100;

// Letters added, left out or changed, and neighbours swapped (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
  }
  return row.back();
}

}  // namespace

std::string to_string(const Complaint& complaint) {
  std::string text = complaint.file.string();
  if (complaint.line > 0) text += fmt::format(":{}", complaint.line);
  if (complaint.column > 0) text += fmt::format(":{}", complaint.column);
  text += fmt::format(": found {}, expected {}", complaint.found, complaint.expected);
  if (!complaint.suggestion.empty()) {
    text += fmt::format("; did you mean `{}`?", complaint.suggestion);
  }
  return text;
}

void Complaints::add(Place place, std::string found, std::string expected, std::string suggestion) {
  all_.emplace(Order(false, file_, place.line, place.column),
               Complaint{file_, place.line, place.column, std::move(found), std::move(expected),
                         std::move(suggestion)});
}

void Complaints::add_about(const std::filesystem::path& file, Place place, std::string found,
                           std::string expected) {
  all_.emplace(
      Order(file != file_, file, place.line, place.column),
      Complaint{file, place.line, place.column, std::move(found), std::move(expected), {}});
}

std::vector<Complaint> Complaints::take() {
  std::vector<Complaint> taken;
  for (auto& [order, complaint] : std::exchange(all_, {})) {
    taken.push_back(std::move(complaint));
  }
  return taken;
}

std::string nearest(std::string_view found, std::span<const std::string> names) {
  if (found.size() > longest_typo) return {};
  const auto distance = [&](const std::string& name) { return edit_distance(found, name); };
  const auto best = std::ranges::min_element(names, {}, distance);
  if (best == names.end()) return {};
  const std::size_t near_enough =
      std::max<std::size_t>(1, std::max(found.size(), best->size()) / 3);
  return distance(*best) <= near_enough ? *best : std::string();
}

std::string in_quotes(std::string_view text, std::size_t longest) {
  std::string shown;
  unsigned char last = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (shown.size() >= longest && (byte & 0xC0U) != 0x80U) return fmt::format("`{}…`", shown);
    // Those of U+0080 to U+009F are two bytes, and steer some terminals as well.
    const bool is_second_control = std::exchange(last, byte) == 0xC2 && byte >= 0x80 && byte < 0xA0;
    if (is_second_control) {
      shown.pop_back();
      shown += fmt::format("\\xC2\\x{:02X}", byte);
    } else if (byte < 0x20 || byte == 0x7F || c == '`') {
      // The last: whoever takes quotes out must find where this one ends.
      shown += fmt::format("\\x{:02X}", byte);
    } else {
      shown += c;
    }
  }
  return fmt::format("`{}`", shown);
}

}  // namespace sluice::settings
