#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "commands/commands.h"
#include "commands/terminal.h"
#include "exchange/audit.h"
#include "people/record_mark.h"
#include "record/try.h"
#include "trust/audit_log.h"

namespace sluice::commands {
namespace {

// Of the bureaus that have a journal on this node, or had.
struct Journals {
  std::vector<exchange::JournalClaim> claims;
  // What speaks against them being those that rows were acknowledged from.
  std::vector<std::string> objections;
};

journal::Result<Journals> read_journals(const installation::Installation& installation) {
  Journals journals;
  for (const auto& [id, bureau] : installation.settings.bureaus) {
    if (!SLUICE_TRY(installation.has_journal(id))) continue;
    auto journal = installation.open_journal(id);
    if (!journal && journal.error().code == journal::JournalProblem::lost) {
      journals.objections.push_back(record::to_string(journal.error()));
      continue;
    }
    if (!journal) return std::unexpected(journal.error());
    const auto status = SLUICE_TRY(journal->status());
    journals.claims.push_back({status.stream, status.acknowledged});
    if (!status.refused.empty()) {
      journals.objections.push_back(installation.paths.journal(id).string() + ": " +
                                    status.refused);
    }
  }
  return journals;
}

ExitStatus verify(const Context& context) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  auto status = ExitStatus::success;
  const auto journals = read_journals(*installation);
  if (!journals) return fail(record::to_string(journals.error()));
  if (installation->settings.node.store) {
    auto store = installation->open_store();
    if (!store) return fail(record::to_string(store.error()));
    const auto credentials = installation->keyring->current();
    const auto signatories = installation->signatories();
    const auto own = installation->own_signers();
    const auto report = exchange::verify_ledger(**store, {credentials->verifier, signatories, own},
                                                journals->claims, [](const store::LedgerEntry&) {});
    if (!report) return fail(record::to_string(report.error()));
    fmt::print("ledger and archive: {} batches of {} streams, {} of signed data: {}\n",
               human_count(report->batches), human_count(report->heads.size()),
               human_bytes(report->bytes), report->first_break ? "BROKEN" : "every one verified");
    for (const std::string& seam : report->seams)
      fmt::print("  epochs of {}\n", seam);
    if (report->first_break) status = fail(*report->first_break);
  } else {
    fmt::print("ledger and archive: none on this node; verify them at the center\n");
  }
  fmt::print("journals: {} here: {}\n", journals->claims.size() + journals->objections.size(),
             journals->objections.empty() ? "none is missing" : "NOT WHAT THEY WERE");
  for (const std::string& objection : journals->objections)
    status = fail(objection);
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

// What lines about the record have (people/record_mark.h). `named`: its dataset, then its key.
std::expected<std::string, ExitStatus> mark_of(const installation::Installation& installation,
                                               const std::vector<std::string>& named) {
  const record::DatasetId id(named.front());
  const exchange::KnownDataset* known = installation.catalogue.find(id);
  if (known == nullptr) {
    return std::unexpected(
        fail(fmt::format("--record: there is no dataset {}", id.str()), ExitStatus::usage));
  }
  const auto& fields = known->dataset.schema.primary_key;
  const std::vector<std::string> key(named.begin() + 1, named.end());
  if (key.size() != fields.size()) {
    return std::unexpected(
        fail(fmt::format("--record: a record of {} is known by {}; {} values were given", id.str(),
                         fmt::join(fields, ", "), key.size()),
             ExitStatus::usage));
  }
  if (!installation.settings.node.store) {
    return std::unexpected(
        fail("--record: nobody sees records on a node without a central store; "
             "ask at the center",
             ExitStatus::usage));
  }
  const auto people = installation::open_people(installation.settings);
  if (!people) return std::unexpected(fail(record::to_string(people.error())));
  const auto secret = (*people)->secret();
  if (!secret) return std::unexpected(fail(record::to_string(secret.error())));
  return people::record_mark(*secret, id, key);
}

// The log as JSON lines, byte for byte what the chain is over. `record`: only what is about this
// one; empty: all.
ExitStatus print_log(const Context& context, const std::vector<std::string>& record) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  std::string wanted;
  if (!record.empty()) {
    const auto mark = mark_of(*installation, record);
    if (!mark) return mark.error();
    wanted = fmt::format(R"("record":"{}")", *mark);
  }
  const auto read =
      trust::read_audit_log(installation->paths.audit_log(), [&](std::string_view line) {
        if (line.find(wanted) != std::string_view::npos) fmt::print("{}\n", line);
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
  auto* log =
      group->add_subcommand("log", "Print the audit log, a JSON object a line, the oldest first");
  auto record = std::make_shared<std::vector<std::string>>();
  log->add_option("--record", *record,
                  "Only who saw or keyed this record on the pages: its dataset, then its key")
      ->type_name("DATASET VALUE")
      ->expected(2, 16);
  log->callback([&context, record] {
    context.chosen = [&context, record] { return print_log(context, *record); };
  });
}

}  // namespace sluice::commands
