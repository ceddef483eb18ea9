#include "entry/shown_number.h"

#include <algorithm>

namespace sluice::entry {

std::string shown_number(std::string_view canonical) {
  const std::size_t sign = canonical.starts_with('-') ? 1 : 0;
  const std::size_t point = std::min(canonical.find('.'), canonical.size());
  std::string shown(canonical);
  for (std::size_t at = point; at > sign + 3; at -= 3)
    shown.insert(at - 3, 1, ',');
  return shown;
}

std::string shown_sum(std::string_view canonical) {
  std::string shown = shown_number(canonical);
  const std::size_t point = shown.find('.');
  if (point == std::string::npos) return shown + ".00";
  if (point + 2 == shown.size()) shown += '0';
  return shown;
}

}  // namespace sluice::entry
