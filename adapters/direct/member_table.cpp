#include "adapters/direct/member_table.h"

#include <algorithm>
#include <bit>

#include <xxhash.h>

namespace sluice::adapters::direct {

MemberTable::MemberTable(std::span<const std::string> columns, UnlistedMembers unlisted)
    : unlisted_(unlisted) {
  for (const std::string& name : columns) {
    if (std::ranges::find(columns_, name) == columns_.end()) columns_.push_back(name);
  }
  // With four slots a name most seeds of a small table collide, yet a few hundred tries find one
  // that does not; a table of hundreds of names doubles until it is so.
  constexpr std::uint64_t tries = 512;
  for (std::size_t size = std::bit_ceil(columns_.size() * 4 + 1);; size *= 2) {
    slots_.resize(size);
    for (seed_ = 0; seed_ < tries; ++seed_) {
      if (place_all()) return;
    }
  }
}

bool MemberTable::place_all() {
  std::ranges::fill(slots_, 0);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::uint32_t& place = slots_[slot(columns_[i])];
    if (place != 0) return false;
    place = static_cast<std::uint32_t>(i + 1);
  }
  return true;
}

std::size_t MemberTable::slot(std::string_view name) const {
  return XXH3_64bits_withSeed(name.data(), name.size(), seed_) & (slots_.size() - 1);
}

std::optional<std::size_t> MemberTable::find(std::string_view name) const {
  const std::uint32_t place = slots_[slot(name)];
  if (place == 0 || columns_[place - 1] != name) return std::nullopt;
  return place - 1;
}

}  // namespace sluice::adapters::direct
