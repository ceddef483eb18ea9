// What happened that an auditor will ask about: lines of JSON in a SQLite file of their own, where
// each holds the digest of the one before it (docs/audit-log.md). A line changed, taken out or put
// in afterwards breaks the chain.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record/failure.h"
#include "record/time.h"
#include "sqlite/database.h"
#include "trust/audit_events.h"

namespace sluice::trust {

struct AuditEvent {
  AuditName event;
  // In order, of those that are declared for the event; never a record field's value. At most 4 KiB
  // are kept of each.
  std::vector<std::pair<std::string, std::string>> details;
};

enum class AuditProblem {
  unreadable,
  not_durable,
  altered,  // it is not what was signed of it
  no_room,  // the disk is full: it was not written, and the same may be later
};
using AuditFailure = record::Failure<AuditProblem>;

// Where the chain does not hold.
struct AuditBreak {
  std::uint64_t line = 0;  // from 1, the oldest that is there
  std::string sentence;
};

struct AuditReport {
  std::uint64_t lines = 0;  // that follow each other
  std::optional<AuditBreak> first_break;
};

// Thread-safe, and safe to use from several processes at once: they take turns.
class AuditLog {
 public:
  using Clock = std::function<record::Time()>;
  static constexpr std::chrono::days default_retention{184};

  // Creates the file if it is not there. `told` is, of an fsync of it that failed.
  [[nodiscard]] static std::expected<AuditLog, AuditFailure> open(
      const std::filesystem::path& file, Clock clock,
      std::chrono::days retention = default_retention, sqlite::OnFailedSync told = {});
  AuditLog(AuditLog&&) noexcept;
  AuditLog& operator=(AuditLog&&) noexcept;
  ~AuditLog();

  // Blocks until the line is on the disk. Lines older than the retention go with it. A disk that
  // once failed to take one is not asked again: every later call says `not_durable`.
  [[nodiscard]] std::expected<void, AuditFailure> append(const AuditEvent& event);

 private:
  struct State;
  explicit AuditLog(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Every line from the oldest, as it was written, until `consume` says false. Makes no file.
[[nodiscard]] std::expected<void, AuditFailure> read_audit_log(
    const std::filesystem::path& file, const std::function<bool(std::string_view line)>& consume);

// Walks all lines from the oldest. Its own predecessor may have been removed, so the chain is
// proved from there on.
[[nodiscard]] std::expected<AuditReport, AuditFailure> verify_audit_log(
    const std::filesystem::path& file);

}  // namespace sluice::trust
