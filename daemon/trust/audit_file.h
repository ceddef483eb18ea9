// The month files of an audit log and the form of their lines: what the writer and the verifier
// both know (docs/audit-log.md).
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/digest.h"
#include "trust/audit_log.h"

namespace sluice::trust {

// audit-2026-11.jsonl
[[nodiscard]] std::string audit_file_name(std::chrono::year_month month);
[[nodiscard]] std::optional<std::chrono::year_month> parse_audit_file_name(std::string_view name);

struct AuditFile {
  std::chrono::year_month month;
  std::filesystem::path path;
};
// From the oldest.
[[nodiscard]] std::expected<std::vector<AuditFile>, AuditFailure> list_audit_files(
    const std::filesystem::path& directory);

// The whole of a line, without its newline.
[[nodiscard]] std::string make_audit_line(record::Time at, const AuditEvent& event,
                                          const record::Digest& previous);

// What chaining needs to know of a line.
struct AuditLine {
  std::string event;
  record::Digest previous;
  std::optional<record::Digest> torn;  // of a seal: the digest of the torn line before it
};
// Nothing: not a line of ours.
[[nodiscard]] std::optional<AuditLine> parse_audit_line(std::string_view line);

// The event that follows a torn line. Its `previous` is of the last whole line.
inline constexpr std::string_view seal_event = "audit-line-torn";

}  // namespace sluice::trust
