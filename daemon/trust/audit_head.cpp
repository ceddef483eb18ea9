#include "trust/audit_head.h"

#include <algorithm>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "record/json_members.h"
#include "record/recast.h"
#include "record/try.h"
#include "sqlite/database.h"

namespace sluice::trust {
namespace {

constexpr std::string_view head_format = "sluice-audit-head/1";

// One reading of a log's signed heads.
class HeadsCheck {
 public:
  template <class T>
  using Told = std::expected<T, AuditFailure>;

  HeadsCheck(const std::filesystem::path& file, const record::Verifier& verifier,
             const record::Signers& own)
      : file_(file), verifier_(verifier), own_(own) {}

  Told<AuditHeadsReport> run();

 private:
  template <class T>
  Told<T> ours(sqlite::Result<T> result) const {
    return record::recast(std::move(result), [this](const sqlite::Error& error) {
      return AuditFailure{AuditProblem::unreadable, file_.string(),
                          "SQLite says: " + error.message};
    });
  }
  // What is wrong with one of them; nothing: it is good.
  Told<std::optional<std::string>> fault(std::uint64_t line, std::string_view statement,
                                         std::string_view signature);
  Told<std::optional<std::string>> fault_of_line(const AuditHead& head);

  const std::filesystem::path& file_;
  const record::Verifier& verifier_;
  const record::Signers& own_;
  sqlite::Statement text_;
  std::uint64_t first_line_ = 0;
  std::uint64_t last_line_ = 0;
  AuditHeadsReport report_;
};

HeadsCheck::Told<AuditHeadsReport> HeadsCheck::run() {
  auto database = SLUICE_TRY(ours(sqlite::Database::open(file_)));
  // A node that works goes on writing.
  auto transaction = SLUICE_TRY(ours(sqlite::Transaction::begin_reading(database)));
  auto known =
      SLUICE_TRY(ours(database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'signed_head'")));
  auto ends = SLUICE_TRY(ours(database.prepare("SELECT min(number), max(number) FROM line")));
  SLUICE_TRY(ours(ends.step()));
  first_line_ = static_cast<std::uint64_t>(ends.integer(0));
  last_line_ = static_cast<std::uint64_t>(ends.integer(1));
  report_.lines_behind = last_line_ == 0 ? 0 : last_line_ - first_line_ + 1;
  if (!SLUICE_TRY(ours(known.step()))) return report_;
  text_ = SLUICE_TRY(ours(database.prepare("SELECT text FROM line WHERE number = ?")));
  auto heads = SLUICE_TRY(
      ours(database.prepare("SELECT line, statement, signature FROM signed_head ORDER BY line")));
  while (SLUICE_TRY(ours(heads.step()))) {
    report_.first_break = SLUICE_TRY(
        fault(static_cast<std::uint64_t>(heads.integer(0)), heads.text(1), heads.text(2)));
    if (report_.first_break) break;
    ++report_.heads;
    report_.lines_behind = std::min(report_.lines_behind, last_line_ - report_.last->line);
  }
  return std::move(report_);
}

HeadsCheck::Told<std::optional<std::string>> HeadsCheck::fault(std::uint64_t line,
                                                               std::string_view statement,
                                                               std::string_view signature) {
  const auto head = parse_audit_head(statement);
  if (!head || head->line != line) {
    return fmt::format(
        "the signed head of line number {} is not one: somebody wrote in their table", line);
  }
  const auto signatory =
      verifier_.verify(statement, signature, record::Judgement::of_kept(head->at));
  if (!signatory) {
    return fmt::format("the signed head of line number {}: {}", line,
                       record::to_string(signatory.error()));
  }
  if (const auto objection = own_.objection(*signatory, head->at)) {
    return fmt::format(
        "the head of line number {} was signed by {}, which was not this node then: {} "
        "(`identity` says it)",
        line, signatory->subject, *objection);
  }
  auto wrong = SLUICE_TRY(fault_of_line(*head));
  if (!wrong) report_.last = *head;
  return wrong;
}

HeadsCheck::Told<std::optional<std::string>> HeadsCheck::fault_of_line(const AuditHead& head) {
  if (head.line < first_line_) return std::nullopt;  // gone with the retention
  if (head.line > last_line_) {
    return fmt::format(
        "the log ends at line number {}, and had line number {} when its head was signed at {}: "
        "lines at its end were taken away",
        last_line_, head.line, record::to_string(head.at));
  }
  text_.bind(1, head.line);
  const bool is_there = SLUICE_TRY(ours(text_.step()));
  const bool is_same = is_there && record::sha256(text_.text(0)) == head.digest;
  text_.reset();
  if (is_same) return std::nullopt;
  return fmt::format(
      "line number {} is not the one that was there when its head was signed at {}: a line up to "
      "it was changed, taken out or put in, and the chain was written anew from there on",
      head.line, record::to_string(head.at));
}

}  // namespace

std::string to_json(const AuditHead& head) {
  const boost::json::object object{{"format", head_format},
                                   {"line", head.line},
                                   {"digest", record::to_string(head.digest)},
                                   {"at", record::to_string(head.at)}};
  return boost::json::serialize(object) + "\n";
}

std::expected<AuditHead, record::Failure<AuditHeadProblem>> parse_audit_head(
    std::string_view json) {
  record::JsonMembers members(json);
  AuditHead head;
  if (members.text("format") != head_format) {
    members.complain("format", fmt::format("to be {}", head_format));
  }
  head.line = members.number("line");
  const auto digest = record::parse_digest(members.text("digest"));
  if (!digest) members.complain("digest", "to be a sha256 digest");
  head.digest = digest.value_or(record::Digest{});
  const auto at = record::parse_time(members.text("at"));
  if (!at) members.complain("at", "to be a time");
  head.at = at.value_or(record::Time{});
  if (const auto problem = members.finish()) {
    return std::unexpected(
        record::Failure<AuditHeadProblem>{AuditHeadProblem::malformed, "signed head", *problem});
  }
  return head;
}

std::expected<AuditHeadsReport, AuditFailure> verify_audit_heads(const std::filesystem::path& file,
                                                                 const record::Verifier& verifier,
                                                                 const record::Signers& own) {
  if (!std::filesystem::exists(file)) {
    return std::unexpected(
        AuditFailure{AuditProblem::unreadable, file.string(), "there is no such file"});
  }
  return HeadsCheck(file, verifier, own).run();
}

}  // namespace sluice::trust
