#include "tasks/kept_text.h"

namespace sluice::tasks {

std::string_view to_string(Part part) {
  switch (part) {
    case Part::draft:
      return "draft";
    case Part::first:
      return "first";
    case Part::second:
      return "second";
    case Part::settled:
      return "settled";
    case Part::delivered:
      return "delivered";
  }
  return "";
}

std::optional<Part> parse_part(std::string_view text) {
  for (const Part part : {Part::draft, Part::first, Part::second, Part::settled, Part::delivered}) {
    if (text == to_string(part)) return part;
  }
  return std::nullopt;
}

}  // namespace sluice::tasks
