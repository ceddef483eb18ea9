// Requests that two readers of HTTP may understand differently, or that are out of bounds, as raw
// bytes, and what each is refused as. Shown to the guard alone, and to a running server over TLS.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "server/refusal.h"

namespace sluice::test {

struct SmugglingForm {
  std::string name;
  std::string bytes;
  server::Refusal refusal;
  friend std::ostream& operator<<(std::ostream& out, const SmugglingForm& form) {
    return out << form.name;
  }
};

// Refused by the head alone.
[[nodiscard]] std::vector<SmugglingForm> head_forms();
// Refused in the chunked body that follows a good head.
[[nodiscard]] std::vector<SmugglingForm> chunk_forms();

}  // namespace sluice::test
