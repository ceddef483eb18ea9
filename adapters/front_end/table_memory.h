// What somebody who reads a whole table again and again remembers of it, so that he need only read
// what has changed: the rows themselves, whatever he made of them, by stretches of the table.
#pragma once

#include <expected>
#include <optional>
#include <vector>

#include "adapters/adapter.h"
#include "adapters/front_end/stretches.h"
#include "record/digest.h"

namespace sluice::adapters::front_end {

class TableMemory {
 public:
  virtual ~TableMemory() = default;

  // Comes first. What is remembered of a table with these columns, in the order of its key; nothing
  // where it was another one. Without columns no stretch can be told again, and all is forgotten.
  [[nodiscard]] virtual Result<std::vector<StretchSum>> recall(
      const std::optional<record::Digest>& columns) = 0;
  // The rows of these, by their positions in what was recalled, come anew, and come next.
  virtual void forget(StretchRange stretches) = 0;
  // Of such rows, those since the stretch before.
  virtual void remember(const StretchSum& stretch) = 0;
};

}  // namespace sluice::adapters::front_end
