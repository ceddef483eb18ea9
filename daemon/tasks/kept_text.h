// The texts that are kept of a task, beside what it is and how far it has come.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tasks/task.h"

namespace sluice::tasks {

// Whose texts are kept of a task. Of drafts there is one an author, of the others one a task. What
// is delivered is nobody's: its author is empty.
enum class Part { draft, first, second, settled, delivered };
[[nodiscard]] std::string_view to_string(Part part);
[[nodiscard]] std::optional<Part> parse_part(std::string_view text);

struct KeptText {
  Part part = Part::draft;
  AccountName author;
  std::string values;
};

}  // namespace sluice::tasks
