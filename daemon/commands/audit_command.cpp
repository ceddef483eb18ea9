#include <fmt/format.h>

#include "commands/commands.h"
#include "commands/terminal.h"
#include "exchange/audit.h"
#include "trust/audit_log.h"

namespace sluice::commands {
namespace {

// Of the bureaus that have a journal on this node.
std::expected<std::vector<exchange::JournalClaim>, journal::JournalFailure> journal_claims(
    const foundation::Foundation& foundation) {
  std::vector<exchange::JournalClaim> claims;
  for (const auto& [id, bureau] : foundation.settings.bureaus) {
    if (!std::filesystem::exists(foundation.journal_file(id))) continue;
    auto journal = foundation.open_journal(id);
    if (!journal) return std::unexpected(journal.error());
    const auto status = journal->status();
    if (!status) return std::unexpected(status.error());
    claims.push_back({status->stream, status->acknowledged});
  }
  return claims;
}

ExitStatus verify(const Context& context) {
  const auto foundation = context.foundation();
  if (!foundation) return ExitStatus::usage;
  auto status = ExitStatus::success;
  if (foundation->settings.node.store) {
    auto store = foundation->open_store();
    if (!store) return fail(record::to_string(store.error()));
    const auto claims = journal_claims(*foundation);
    if (!claims) return fail(record::to_string(claims.error()));
    const auto report = exchange::verify_ledger(**store, foundation->verifier, *claims,
                                                [](const store::LedgerEntry&) {});
    if (!report) return fail(record::to_string(report.error()));
    fmt::print("ledger and archive: {} batches of {} streams, {} of signed data: {}\n",
               human_count(report->batches), human_count(report->heads.size()),
               human_bytes(report->bytes), report->first_break ? "BROKEN" : "every one verified");
    if (report->first_break) status = fail(*report->first_break);
  } else {
    fmt::print("ledger and archive: none on this node; verify them at the center\n");
  }
  const auto log = trust::verify_audit_log(foundation->audit_directory());
  if (!log) return fail(record::to_string(log.error()));
  fmt::print("audit log: {} lines: {}\n", human_count(log->lines),
             log->first_break ? "BROKEN" : "the chain holds");
  if (log->first_break) {
    status = fail(fmt::format("{}:{}: {}", log->first_break->file.string(), log->first_break->line,
                              log->first_break->sentence));
  }
  return status;
}

}  // namespace

void add_audit(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("audit", "Prove what was exchanged");
  group->require_subcommand(1);
  group
      ->add_subcommand("verify",
                       "Walk ledger, archive, chains and signatures; report the first break")
      ->callback([&context] { context.chosen = [&context] { return verify(context); }; });
}

}  // namespace sluice::commands
