// Refused attempts, on their way into the audit log. Who is refused can try again a thousand times
// a second: the same denial is written when it first happens, and then once a minute with its
// count, so that a flood can neither fill the disk nor stall the server.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "trust/audit_events.h"
#include "trust/audit_log.h"

namespace sluice::trust {

struct Denial {
  AuditName event;
  std::string actor;   // bureau or certificate subject
  std::string target;  // dataset, path …; may be empty
  std::string reason;  // may be empty
  friend auto operator<=>(const Denial&, const Denial&) = default;
};

// At most so many different denials are told apart in a window; those beyond are counted together.
inline constexpr std::size_t max_distinct_denials = 256;

// Thread-safe. Writes on a thread of its own.
class Denials {
 public:
  // `log` must outlive this. `failed` hears, on that thread, of lines that could not be written.
  Denials(AuditLog& log, std::function<void(const AuditFailure&)> failed,
          std::chrono::milliseconds window = std::chrono::minutes(1));
  // Writes what is left.
  ~Denials();
  Denials(const Denials&) = delete;
  Denials& operator=(const Denials&) = delete;

  // Never waits for the disk. True for the first of its kind in this window.
  bool note(const Denial& denial);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::trust
