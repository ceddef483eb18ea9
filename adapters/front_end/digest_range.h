// The next part of a table as the last snapshot found it, in the database's own order of keys, and
// how far this run has come in it. Keys are never compared by us: the database is asked for what
// lies between two of them, and of two rows the one that it gives first is the smaller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/front_end/digest_file.h"
#include "adapters/front_end/table_reader.h"

namespace sluice::adapters::front_end {

// How a digest file's failure ends a collection.
[[nodiscard]] CollectionFailure collection_failure_of(const DigestFileFailure& failure);

class DigestRange {
 public:
  // With so many entries that begin before an offset.
  [[nodiscard]] Result<void> fill(DigestFileReader& base, std::uint64_t until, std::size_t most);
  void clear_at(std::uint64_t offset);

  [[nodiscard]] bool is_empty() const { return entries_.empty(); }
  [[nodiscard]] const RecordKey& last_key() const { return entries_.back().entry.key; }
  // Where a later run would go on reading the base.
  [[nodiscard]] std::uint64_t offset() const { return offset(next_); }
  // Where an entry lies in the base; of the one behind the last, where they end.
  [[nodiscard]] std::uint64_t offset(std::size_t index) const {
    return index < entries_.size() ? entries_[index].offset : end_;
  }

  // The one that comes next if the table is what it was; nothing at the end.
  [[nodiscard]] const DigestEntry* expected() const {
    return next_ < entries_.size() ? &entries_[next_].entry : nullptr;
  }
  [[nodiscard]] std::optional<std::size_t> find(const RecordKey& key);
  [[nodiscard]] std::size_t next() const { return next_; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] const DigestEntry& entry(std::size_t index) const { return entries_[index].entry; }
  void pass(std::size_t index) { next_ = index + 1; }

 private:
  struct Placed {
    DigestEntry entry;
    std::uint64_t offset = 0;
  };
  std::vector<Placed> entries_;
  std::unordered_map<std::string, std::size_t> at_;
  std::size_t next_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace sluice::adapters::front_end
