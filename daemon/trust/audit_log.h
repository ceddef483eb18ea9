// What happened that an auditor will ask about: an append-only file of JSON lines a month, where
// each line holds the digest of the one before it, across files (docs/audit-log.md). A line
// changed, taken out or put in afterwards breaks the chain.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "record/failure.h"
#include "record/manifest.h"

namespace sluice::trust {

struct AuditEvent {
  std::string event;  // a name of docs/log-events.md
  // In order; never a record field's value. At most 4 KiB are kept of each.
  std::vector<std::pair<std::string, std::string>> details;
};

enum class AuditProblem { unreadable, not_durable };
using AuditFailure = record::Failure<AuditProblem>;

// Where the chain does not hold.
struct AuditBreak {
  std::filesystem::path file;
  std::uint64_t line = 0;  // from 1
  std::string sentence;
};

struct AuditReport {
  std::uint64_t lines = 0;
  // Lines that a crash cut off while they were written: nobody was told that they were there.
  std::uint64_t torn_lines = 0;
  std::optional<AuditBreak> first_break;
};

// Thread-safe, and safe to use from several processes at once: they take turns by a file lock.
class AuditLog {
 public:
  using Clock = std::function<record::Time()>;
  static constexpr std::chrono::days default_retention{184};

  // Creates the directory (mode 0750) if it is not there.
  [[nodiscard]] static std::expected<AuditLog, AuditFailure> open(
      const std::filesystem::path& directory, Clock clock,
      std::chrono::days retention = default_retention);
  AuditLog(AuditLog&&) noexcept;
  AuditLog& operator=(AuditLog&&) noexcept;
  ~AuditLog();

  // Blocks until the line is on the disk. A line that a crash tore is sealed first: it stays, and a
  // line that says so follows it. The first line of a month begins a new file and removes those
  // whose last month ended longer ago than the retention.
  [[nodiscard]] std::expected<void, AuditFailure> append(const AuditEvent& event);

 private:
  struct State;
  explicit AuditLog(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Walks all files from the oldest. The oldest line's own predecessor may have been removed with its
// file, so the chain is proved from there on.
[[nodiscard]] std::expected<AuditReport, AuditFailure> verify_audit_log(
    const std::filesystem::path& directory);

}  // namespace sluice::trust
