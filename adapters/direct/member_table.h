// Which members of a record a dataset's mapping wants, and at which place of the row each goes.
// Made once for a bureau's dataset and shared by all calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::adapters::direct {

// What becomes of a record with a member that nobody listed: the schema's `fieldsMatch` decides.
enum class UnlistedMembers { refused, skipped };

// Immutable, so thread-safe. A perfect hash: a lookup compares with one name at most.
class MemberTable {
 public:
  // `columns`: what mapping and schema read, and what the mapping ignores knowingly. A name that
  // comes twice is one column.
  explicit MemberTable(std::span<const std::string> columns,
                       UnlistedMembers unlisted = UnlistedMembers::refused);

  // In the order of the row's values: what is announced to the door.
  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
  [[nodiscard]] UnlistedMembers unlisted() const { return unlisted_; }

 private:
  [[nodiscard]] bool place_all();
  [[nodiscard]] std::size_t slot(std::string_view name) const;

  std::vector<std::string> columns_;
  std::vector<std::uint32_t> slots_;  // a column's index and one more; 0: free
  std::uint64_t seed_ = 0;
  UnlistedMembers unlisted_;
};

}  // namespace sluice::adapters::direct
