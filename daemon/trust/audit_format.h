// Which form the audit log's file has (sqlite/format.h). It is raised when its tables change; the
// lines themselves are never written anew, as they are chained and signed.
#pragma once

namespace sluice::trust {

constexpr int newest_audit_format = 1;

}  // namespace sluice::trust
