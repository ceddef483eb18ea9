// A stretch of a batch, folded by key: what each record was told to become, in order. Of two
// changes to one record the later one stands; the earlier one is a version of its own in the
// history.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/receipt.h"
#include "store/dataset_tables.h"
#include "store/row.h"

namespace sluice::store {

// A change kept back: the line is copied.
struct KeptChange {
  std::string_view line;
  std::uint64_t number = 0;
  record::Operation operation = record::Operation::upsert;
  record::RowDigest digest;
  std::uint32_t next_of_key = 0;  // 0: it is its key's last
};

struct KeptKey {
  std::string_view text;
  std::size_t hash = 0;
  std::uint32_t first = 0;  // indices of changes
  std::uint32_t last = 0;
  std::optional<record::RowDigest> stored;  // of the current record, once probed
};

// What must be written so that some keys become what they were told, and how it is counted.
struct Plan {
  struct Passing {
    const KeptChange* change;
    std::uint64_t ended_by;
    Ending ending;
  };
  std::vector<EndedVersion> ended;
  std::vector<Passing> passing;
  std::vector<const KeptChange*> standing;
  record::RowOutcomes outcomes;

  [[nodiscard]] bool writes() const {
    return !ended.empty() || !passing.empty() || !standing.empty();
  }
};

class Slice {
 public:
  // Positions of the key's fields, in key order.
  explicit Slice(std::vector<std::size_t> key_columns);

  void clear();
  void add(std::string_view line, const Row& row);
  // The bound on memory. Batches as the journal cuts them by default fit whole.
  [[nodiscard]] bool is_full() const;

  [[nodiscard]] std::vector<KeptKey>& keys() { return keys_; }
  [[nodiscard]] const KeptChange& change(std::uint32_t index) const { return changes_[index]; }
  // For keys [first, last), all probed.
  [[nodiscard]] Plan plan(std::size_t first, std::size_t last) const;
  // For one change of a key, where the current record's digest is `stored`.
  [[nodiscard]] static Plan plan_one(const KeptKey& key, const KeptChange& change,
                                     std::optional<record::RowDigest> stored);

 private:
  std::string_view keep(std::string_view text);
  std::string_view key_of(std::string_view kept_fields, const Row& row);
  std::uint32_t find_or_add_key(std::string_view text);
  void grow_index();

  std::vector<std::size_t> key_columns_;
  std::pmr::monotonic_buffer_resource arena_;
  std::size_t kept_bytes_ = 0;
  std::vector<KeptChange> changes_;  // [0] is not used, so that 0 can mean none
  std::vector<KeptKey> keys_;
  std::vector<std::uint32_t> index_;  // open addressing over keys_, position + 1
  std::string composed_key_;
};

}  // namespace sluice::store
