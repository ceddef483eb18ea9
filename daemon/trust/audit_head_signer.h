// Signs, from time to time, where the audit log stands (audit_head.h). Only the daemon does: other
// programs that write lines hold no key for this, and theirs are covered the next time.
//
// It signs nothing that does not follow what was signed before: who writes the chain anew does not
// get it signed.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <optional>

#include "record/keyring.h"
#include "sqlite/database.h"
#include "trust/audit_head.h"
#include "trust/audit_log.h"

namespace sluice::trust {

// One owner, one thread.
class AuditHeadSigner {
 public:
  using Clock = std::function<record::Time()>;
  // Whichever comes first, where there is something new at all.
  static constexpr std::uint64_t most_lines = 1000;
  static constexpr std::chrono::hours longest_time{1};

  // The log's file must be there; the keyring must outlive this. `told` is, of an fsync that
  // failed.
  [[nodiscard]] static std::expected<AuditHeadSigner, AuditFailure> open(
      const std::filesystem::path& file, const record::Keyring& keyring, Clock clock,
      sqlite::OnFailedSync told = {});

  enum class When { if_due, at_once };
  // What was signed; nothing: there was nothing new, it is not due, or this node's certificate does
  // not hold now. `altered`: the log is not what was signed. After a disk that did not take one it
  // is not asked again, as of AuditLog.
  [[nodiscard]] std::expected<std::optional<AuditHead>, AuditFailure> sign(When when);

 private:
  AuditHeadSigner(std::filesystem::path file, const record::Keyring& keyring, Clock clock,
                  sqlite::OnFailedSync told, sqlite::Database database);
  template <class T>
  std::expected<T, AuditFailure> ours(sqlite::Result<T> result);
  [[nodiscard]] std::expected<void, AuditFailure> prepare();
  // The last that was signed, as it lies there.
  [[nodiscard]] std::expected<std::optional<AuditHead>, AuditFailure> last_signed();
  [[nodiscard]] std::expected<std::uint64_t, AuditFailure> last_line();
  // Follows the chain from what was signed last to the end.
  [[nodiscard]] std::expected<AuditHead, AuditFailure> follow(const std::optional<AuditHead>& from);
  // That the line of `head`, which is not there, may be gone. `first`: the first that is there
  // behind it; `previous`: the digest that it holds.
  [[nodiscard]] std::expected<void, AuditFailure> check_gone(const AuditHead& head,
                                                             std::uint64_t first,
                                                             const record::Digest& previous);
  [[nodiscard]] std::expected<void, AuditFailure> keep(const AuditHead& head,
                                                       const record::Signer& signer);
  [[nodiscard]] std::unexpected<AuditFailure> altered(std::string sentence) const;

  std::filesystem::path file_;
  const record::Keyring* keyring_;
  Clock clock_;
  sqlite::OnFailedSync told_;
  sqlite::Database database_;
  std::optional<AuditHead> signed_;  // by this object, last
  std::optional<AuditFailure> broken_;
};

}  // namespace sluice::trust
