// The form of an audit log's line: what the writer and the verifier both know (docs/audit-log.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "record/digest.h"
#include "trust/audit_log.h"

namespace sluice::trust {

[[nodiscard]] std::string make_audit_line(record::Time at, const AuditEvent& event,
                                          const record::Digest& previous);

// The digest of the line before; nothing: not a line of ours.
[[nodiscard]] std::optional<record::Digest> previous_of(std::string_view line);

}  // namespace sluice::trust
