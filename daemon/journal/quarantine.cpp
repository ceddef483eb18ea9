#include "journal/quarantine.h"

namespace sluice::journal {

std::string_view to_string(QuarantineState state) {
  switch (state) {
    case QuarantineState::waiting:
      return "waiting";
    case QuarantineState::replayed:
      return "replayed";
    case QuarantineState::discarded:
      return "discarded";
  }
  return "";
}

std::optional<QuarantineState> parse_quarantine_state(std::string_view name) {
  using enum QuarantineState;
  for (const QuarantineState state : {waiting, replayed, discarded}) {
    if (name == to_string(state)) return state;
  }
  return std::nullopt;
}

}  // namespace sluice::journal
