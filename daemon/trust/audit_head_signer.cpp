#include "trust/audit_head_signer.h"

#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "record/recast.h"
#include "record/try.h"
#include "trust/audit_line.h"

namespace sluice::trust {

AuditHeadSigner::AuditHeadSigner(std::filesystem::path file, const record::Keyring& keyring,
                                 Clock clock, sqlite::OnFailedSync told, sqlite::Database database)
    : file_(std::move(file)),
      keyring_(&keyring),
      clock_(std::move(clock)),
      told_(std::move(told)),
      database_(std::move(database)) {}

template <class T>
std::expected<T, AuditFailure> AuditHeadSigner::ours(sqlite::Result<T> result) {
  return record::recast(std::move(result), [this](const sqlite::Error& error) {
    sqlite::tell_failed_sync(told_, file_, error);
    AuditFailure failed{AuditProblem::not_durable, file_.string(), "SQLite says: " + error.message};
    if (error.is_durability_failure() && !error.is_disk_full()) broken_ = failed;
    return failed;
  });
}

std::unexpected<AuditFailure> AuditHeadSigner::altered(std::string sentence) const {
  return std::unexpected(AuditFailure{AuditProblem::altered, file_.string(), std::move(sentence)});
}

std::expected<AuditHeadSigner, AuditFailure> AuditHeadSigner::open(
    const std::filesystem::path& file, const record::Keyring& keyring, Clock clock,
    sqlite::OnFailedSync told) {
  auto database = sqlite::Database::open(file);
  if (!database) {
    return std::unexpected(AuditFailure{AuditProblem::unreadable, file.string(),
                                        "SQLite says: " + database.error().message});
  }
  AuditHeadSigner signer(file, keyring, std::move(clock), std::move(told), std::move(*database));
  SLUICE_TRY(signer.prepare());
  return signer;
}

// Checkpoints are the log's, which looks at what the disk says to them.
std::expected<void, AuditFailure> AuditHeadSigner::prepare() {
  SLUICE_TRY(ours(database_.execute("PRAGMA wal_autocheckpoint=0")));
  return ours(database_.execute(create_audit_heads));
}

std::expected<std::optional<AuditHead>, AuditFailure> AuditHeadSigner::last_signed() {
  auto last = SLUICE_TRY(
      ours(database_.prepare("SELECT statement FROM signed_head ORDER BY line DESC LIMIT 1")));
  if (!SLUICE_TRY(ours(last.step()))) {
    if (signed_) return altered("what was signed of it is gone");
    return std::nullopt;
  }
  const auto head = parse_audit_head(last.text(0));
  if (!head) return altered("what was signed of it was written over");
  if (signed_ && *head != *signed_) return altered("what was signed of it is not what is there");
  return *head;
}

std::expected<std::uint64_t, AuditFailure> AuditHeadSigner::last_line() {
  auto last = SLUICE_TRY(ours(database_.prepare("SELECT coalesce(max(number), 0) FROM line")));
  SLUICE_TRY(ours(last.step()));
  return static_cast<std::uint64_t>(last.integer(0));
}

// Where it is not there any more it must be gone with the retention, which takes lines from the
// oldest on, and the line behind it tells its digest.
std::expected<void, AuditFailure> AuditHeadSigner::check_gone(const AuditHead& head,
                                                              std::uint64_t first,
                                                              const record::Digest& previous) {
  auto older = SLUICE_TRY(ours(database_.prepare("SELECT 1 FROM line WHERE number < ? LIMIT 1")));
  older.bind(1, head.line);
  const bool has_older = SLUICE_TRY(ours(older.step()));
  if (!has_older && (first != head.line + 1 || previous == head.digest)) return {};
  return altered(
      fmt::format("line number {}, which was signed at {}, is gone, and what follows it "
                  "is not what followed it then",
                  head.line, record::to_string(head.at)));
}

std::expected<AuditHead, AuditFailure> AuditHeadSigner::follow(
    const std::optional<AuditHead>& from) {
  auto lines = SLUICE_TRY(
      ours(database_.prepare("SELECT number, text FROM line WHERE number >= ? ORDER BY number")));
  lines.bind(1, from ? from->line : 0);
  std::optional<AuditHead> head;
  while (SLUICE_TRY(ours(lines.step()))) {
    const auto number = static_cast<std::uint64_t>(lines.integer(0));
    const std::string_view text = lines.text(1);
    if (!head && from && number == from->line && record::sha256(text) != from->digest) {
      return altered(fmt::format("line number {} is not the one that was signed at {}", number,
                                 record::to_string(from->at)));
    }
    const auto previous = previous_of(text);
    if (!previous || (head && *previous != head->digest)) {
      return altered(
          fmt::format("line number {} does not hold the digest of the line before it", number));
    }
    if (!head && from && number > from->line) {
      SLUICE_TRY(check_gone(*from, number, *previous));
    }
    head = AuditHead{number, record::sha256(text), {}};
  }
  if (!head)
    return altered(
        fmt::format("it ends before line number {}, which was signed", from ? from->line : 0));
  return *head;
}

std::expected<void, AuditFailure> AuditHeadSigner::keep(const AuditHead& head,
                                                        const record::Signer& signer) {
  const std::string statement = to_json(head);
  const std::string signature = signer.sign(statement);
  auto transaction = SLUICE_TRY(ours(sqlite::Transaction::begin(database_)));
  auto insert = SLUICE_TRY(ours(
      database_.prepare("INSERT INTO signed_head (line, statement, signature) VALUES (?, ?, ?)")));
  insert.bind(1, head.line).bind(2, std::string_view(statement)).bind_blob(3, signature);
  SLUICE_TRY(ours(insert.run()));
  // Of lines that went with the retention nothing is left to prove.
  SLUICE_TRY(ours(
      database_.execute("DELETE FROM signed_head WHERE line < (SELECT min(number) FROM line)")));
  return ours(transaction.commit());
}

std::expected<std::optional<AuditHead>, AuditFailure> AuditHeadSigner::sign(When when) {
  if (broken_) return std::unexpected(*broken_);
  const record::Time now = clock_();
  const auto credentials = keyring_->current();
  if (record::why_not_signing(credentials->signer.certificate(), now)) return std::nullopt;
  const auto from = SLUICE_TRY(last_signed());
  const std::uint64_t end = SLUICE_TRY(last_line());
  if (!from && end == 0) return std::nullopt;
  if (from && end == from->line) return std::nullopt;
  const bool is_due = !from || end >= from->line + most_lines || now - from->at >= longest_time ||
                      now < from->at || end < from->line;
  if (when == When::if_due && !is_due) return std::nullopt;
  AuditHead head = SLUICE_TRY(follow(from));
  head.at = now;
  SLUICE_TRY(keep(head, credentials->signer));
  signed_ = head;
  return head;
}

}  // namespace sluice::trust
