#include "record/identifiers.h"

#include <algorithm>

namespace sluice::record {

bool is_name(std::string_view text) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto inner = [&](char c) { return lower(c) || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= 63 && lower(text.front()) && text.back() != '-' &&
         std::ranges::all_of(text, inner);
}

}  // namespace sluice::record
