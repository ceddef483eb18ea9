// All that a bureau's exchange database holds of a dataset now, whatever the way in which its
// changes are captured: for a comparison with the central store. Writes nothing anywhere.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "adapters/adapter.h"
#include "adapters/front_end/source.h"
#include "adapters/front_end/table_memory.h"

namespace sluice::adapters::front_end {

// The records in the order of their key; of a change log without a table, its lines in the order of
// their sequence: what a later one says of a record stands.
class WholeTable final : public Collector {
 public:
  explicit WholeTable(Source source);

  // Whether a record that does not come is not there. Not so of a log alone, of which old lines
  // may have been thrown away, nor of rows with a status, which many a bureau clears once taken.
  [[nodiscard]] bool is_whole() const;

  [[nodiscard]] Result<void> collect(intake::Door& door, Progress& progress) override;

  // The same, but for rows that are still as `memory` has them, where the database can tell.
  [[nodiscard]] Result<void> collect(intake::Door& door, TableMemory& memory, Progress& progress);

  // Only the rows that now have one of these keys: each the canonical values of the source's `key`
  // columns, in that order. May pass over a row whose key is of a type that is written otherwise
  // there (a time, a truth value), and all lines of a log alone.
  [[nodiscard]] Result<void> look_up(std::span<const std::vector<std::string>> keys,
                                     intake::Door& door, Progress& progress);

 private:
  [[nodiscard]] bool is_log_alone() const;
  [[nodiscard]] Result<void> read(intake::Door& door, TableMemory* memory, Progress& progress);

  Source source_;
};

}  // namespace sluice::adapters::front_end
