#include <fmt/format.h>

#include "commands/commands.h"
#include "commands/terminal.h"
#include "exchange/audit.h"
#include "record/try.h"
#include "trust/audit_log.h"

namespace sluice::commands {
namespace {

// Of the bureaus that have a journal on this node.
journal::Result<std::vector<exchange::JournalClaim>> journal_claims(
    const installation::Installation& installation) {
  std::vector<exchange::JournalClaim> claims;
  for (const auto& [id, bureau] : installation.settings.bureaus) {
    if (!std::filesystem::exists(installation.paths.journal(id))) continue;
    auto journal = SLUICE_TRY(installation.open_journal(id));
    const auto status = SLUICE_TRY(journal.status());
    claims.push_back({status.stream, status.acknowledged});
  }
  return claims;
}

ExitStatus verify(const Context& context) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  auto status = ExitStatus::success;
  if (installation->settings.node.store) {
    auto store = installation->open_store();
    if (!store) return fail(record::to_string(store.error()));
    const auto claims = journal_claims(*installation);
    if (!claims) return fail(record::to_string(claims.error()));
    const auto report = exchange::verify_ledger(**store, installation->verifier, *claims,
                                                [](const store::LedgerEntry&) {});
    if (!report) return fail(record::to_string(report.error()));
    fmt::print("ledger and archive: {} batches of {} streams, {} of signed data: {}\n",
               human_count(report->batches), human_count(report->heads.size()),
               human_bytes(report->bytes), report->first_break ? "BROKEN" : "every one verified");
    if (report->first_break) status = fail(*report->first_break);
  } else {
    fmt::print("ledger and archive: none on this node; verify them at the center\n");
  }
  const auto log = trust::verify_audit_log(installation->paths.audit_log());
  if (!log) return fail(record::to_string(log.error()));
  fmt::print("audit log: {} lines: {}\n", human_count(log->lines),
             log->first_break ? "BROKEN" : "the chain holds");
  if (log->first_break) {
    status = fail(fmt::format("{}: line {}: {}", installation->paths.audit_log().string(),
                              log->first_break->line, log->first_break->sentence));
  }
  return status;
}

// The log as JSON lines, byte for byte what the chain is over.
ExitStatus print_log(const Context& context) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  const auto read =
      trust::read_audit_log(installation->paths.audit_log(), [](std::string_view line) {
        fmt::print("{}\n", line);
        return true;
      });
  return read ? ExitStatus::success : fail(record::to_string(read.error()));
}

}  // namespace

void add_audit(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("audit", "Prove what was exchanged");
  group->require_subcommand(1);
  group
      ->add_subcommand("verify",
                       "Walk ledger, archive, chains and signatures; report the first break")
      ->callback([&context] { context.chosen = [&context] { return verify(context); }; });
  group->add_subcommand("log", "Print the audit log, a JSON object a line, the oldest first")
      ->callback([&context] { context.chosen = [&context] { return print_log(context); }; });
}

}  // namespace sluice::commands
