#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "commands/audit_replay.h"
#include "commands/checkpoint_proof.h"
#include "commands/commands.h"
#include "commands/terminal.h"
#include "exchange/audit.h"
#include "exchange/migration_audit.h"
#include "people/record_mark.h"
#include "record/try.h"
#include "trust/audit_head.h"
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

struct VerifyOptions {
  bool replay = false;
  std::string dataset;
  std::size_t show = exchange::ReplayWish{}.named;
};

ExitStatus verify_store(const installation::Installation& installation, const Journals& journals,
                        const VerifyOptions& options) {
  auto store = installation.open_store();
  if (!store) return fail(record::to_string(store.error()));
  const auto credentials = installation.keyring->current();
  const auto signatories = installation.signatories();
  const auto own = installation.own_signers();
  CheckpointProof checkpoints(installation);
  const auto report =
      exchange::verify_ledger(**store, {credentials->verifier, signatories, own}, journals.claims,
                              [&](const store::LedgerEntry& entry) { checkpoints.see(entry); });
  if (!report) return fail(record::to_string(report.error()));
  fmt::print("ledger and archive: {} batches of {} streams, {} of signed data: {}\n",
             human_count(report->batches), human_count(report->heads.size()),
             human_bytes(report->bytes), report->first_break ? "BROKEN" : "every one verified");
  for (const std::string& seam : report->seams)
    fmt::print("  epochs of {}\n", seam);
  for (const auto& [dataset, open] : report->held) {
    fmt::print("held: {} batches of {}, dataset {}: their rows are in the archive alone\n",
               human_count(open.batches), dataset.first.str(), dataset.second.str());
  }
  if (report->first_break) {
    if (options.replay) fmt::print("tables: not replayed, since the archive is not proved\n");
    return fail(*report->first_break);
  }
  if (const auto proved = checkpoints.tell(); proved != ExitStatus::success) return proved;
  const auto migrations =
      exchange::verify_migrations((*store)->migrations(), credentials->verifier, own);
  if (!migrations) return fail(record::to_string(migrations.error()));
  if (migrations->migrations > 0 || migrations->first_break) {
    fmt::print("migrations of datasets: {}: {}\n", human_count(migrations->migrations),
               migrations->first_break ? "BROKEN" : "every one verified");
  }
  if (migrations->first_break) return fail(*migrations->first_break);
  if (!options.replay) return ExitStatus::success;
  exchange::ReplayWish wish{.named = options.show};
  if (!options.dataset.empty()) wish.only = record::DatasetId(options.dataset);
  return replay_archive(installation, **store, wish, report->bytes);
}

// "the chain holds; signed up to …".
std::string text_of(const trust::AuditHeadsReport& heads) {
  if (!heads.last) return "no line of it is signed";
  return fmt::format("signed up to line number {} at {}, {} behind it are not yet",
                     heads.last->line, record::to_string(heads.last->at),
                     human_count(heads.lines_behind));
}

ExitStatus verify_log(const installation::Installation& installation) {
  const auto file = installation.paths.audit_log();
  const auto log = trust::verify_audit_log(file);
  if (!log) return fail(record::to_string(log.error()));
  const auto heads = trust::verify_audit_heads(file, installation.keyring->current()->verifier,
                                               installation.own_signers());
  if (!heads) return fail(record::to_string(heads.error()));
  fmt::print("audit log: {} lines: {}; {}\n", human_count(log->lines),
             log->first_break ? "BROKEN" : "the chain holds",
             heads->first_break ? "NOT WHAT WAS SIGNED" : text_of(*heads));
  auto status = ExitStatus::success;
  if (log->first_break) {
    status = fail(fmt::format("{}: line {}: {}", file.string(), log->first_break->line,
                              log->first_break->sentence));
  }
  if (heads->first_break) status = fail(file.string() + ": " + *heads->first_break);
  return status;
}

ExitStatus verify(const Context& context, const VerifyOptions& options) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  const auto journals = read_journals(*installation);
  if (!journals) return fail(record::to_string(journals.error()));
  auto status = ExitStatus::success;
  if (installation->settings.node.store) {
    status = verify_store(*installation, *journals, options);
    if (status == ExitStatus::usage) return status;
  } else if (options.replay) {
    return fail_without_store();
  } else {
    fmt::print("ledger and archive: none on this node; verify them at the center\n");
  }
  fmt::print("journals: {} here: {}\n", journals->claims.size() + journals->objections.size(),
             journals->objections.empty() ? "none is missing" : "NOT WHAT THEY WERE");
  for (const std::string& objection : journals->objections)
    status = fail(objection);
  if (const auto proved = prove_anchors(*installation); proved != ExitStatus::success) {
    status = proved;
  }
  const ExitStatus log = verify_log(*installation);
  return log == ExitStatus::success ? status : log;
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
  auto* verify_command = group->add_subcommand(
      "verify", "Walk ledger, archive, chains and signatures; report the first break");
  auto options = std::make_shared<VerifyOptions>();
  auto* replay = verify_command->add_flag(
      "--replay", options->replay,
      "Replay the archive, and compare current and history tables with what comes of it");
  verify_command->add_option("--dataset", options->dataset, "Only this dataset's tables")
      ->needs(replay);
  verify_command->add_option("--show", options->show, "How many differences to name")
      ->needs(replay)
      ->capture_default_str();
  verify_command->callback([&context, options] {
    context.chosen = [&context, options] { return verify(context, *options); };
  });
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
