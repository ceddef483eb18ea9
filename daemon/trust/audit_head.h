// Where the audit log stood at a moment, signed by its node: so that lines which are cut off its
// end, or written anew from somewhere on with a chain that fits, are missed (docs/audit-log.md).
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "record/digest.h"
#include "record/failure.h"
#include "record/signature.h"
#include "record/signers.h"
#include "record/time.h"
#include "trust/audit_log.h"

namespace sluice::trust {

struct AuditHead {
  std::uint64_t line = 0;  // its number in the table of lines
  record::Digest digest;   // of that line's text, and so of all lines up to it
  record::Time at{};
  friend bool operator==(const AuditHead&, const AuditHead&) = default;
};

// What is signed.
[[nodiscard]] std::string to_json(const AuditHead& head);
enum class AuditHeadProblem { malformed };
[[nodiscard]] std::expected<AuditHead, record::Failure<AuditHeadProblem>> parse_audit_head(
    std::string_view json);

// The table in which they are kept, beside the lines; a log of before they were has none.
inline constexpr const char* create_audit_heads =
    R"sql(
      CREATE TABLE IF NOT EXISTS signed_head (
        line INTEGER PRIMARY KEY,
        statement TEXT NOT NULL,
        signature BLOB NOT NULL
      ) STRICT)sql";

struct AuditHeadsReport {
  std::uint64_t heads = 0;                 // that are good
  std::optional<AuditHead> last;           // of them
  std::uint64_t lines_behind = 0;          // the last one, which nobody has signed yet
  std::optional<std::string> first_break;  // a sentence
};

// Holds the signed heads against the lines, whose chain is verify_audit_log()'s to prove. `own`: by
// whom this node's signatures are, and were.
[[nodiscard]] std::expected<AuditHeadsReport, AuditFailure> verify_audit_heads(
    const std::filesystem::path& file, const record::Verifier& verifier,
    const record::Signers& own);

}  // namespace sluice::trust
