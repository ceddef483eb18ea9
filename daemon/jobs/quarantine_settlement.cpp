#include "jobs/quarantine_settlement.h"

#include <utility>

#include <fmt/format.h>

#include "jobs/replay_job.h"
#include "people/characters.h"
#include "record/try.h"

namespace sluice::jobs {
namespace {

using Settled = std::expected<void, SettlementFailure>;

Settled check_reason(std::int64_t id, const std::string& reason) {
  const auto bad = [&](std::string sentence) {
    return std::unexpected(
        settlement_failure(SettlementProblem::bad_reason, id, std::move(sentence)));
  };
  const auto characters = people::characters_of(reason);
  if (!characters) return bad("the reason is not UTF-8");
  if (reason.find_first_not_of(' ') == std::string::npos) {
    return bad("say why the row will not be taken: whoever looks for it later will ask");
  }
  if (*characters > longest_reason) {
    return bad(fmt::format("the reason has {} characters, at most {} are kept", *characters,
                           longest_reason));
  }
  if (people::has_control_characters(reason)) {
    return bad("the reason has control characters in it, or more lines than one");
  }
  return {};
}

Settled note(const SettlementDesk& desk, std::int64_t id, const trust::AuditEvent& event) {
  const auto noted = desk.audit.append(event);
  if (noted) return {};
  return std::unexpected(settlement_failure(
      SettlementProblem::unaudited, id,
      "it was done, but is not in the audit log: " + record::to_string(noted.error())));
}

}  // namespace

SettlementFailure settlement_failure(SettlementProblem problem, std::int64_t id,
                                     std::string sentence) {
  return {problem, fmt::format("quarantine entry {}", id), std::move(sentence)};
}

std::expected<journal::Placement, SettlementFailure> replay_entry(
    const SettlementDesk& desk, std::int64_t id, const std::optional<std::string>& corrected) {
  const auto placement = SLUICE_TRY(replay(desk.installation, desk.bureau,
                                           {.id = id,
                                            .corrected = corrected,
                                            .by = desk.actor,
                                            .parser = desk.parser,
                                            .objection = desk.objection,
                                            .earlier = *desk.earlier}));
  SLUICE_TRY(note(desk, id,
                  {"quarantine-replayed",
                   {{"actor", desk.actor},
                    {"bureau", desk.bureau.str()},
                    {"entry", std::to_string(id)},
                    {"corrected", corrected ? "yes" : "no"}}}));
  return placement;
}

Settled discard_entry(const SettlementDesk& desk, std::int64_t id, const std::string& reason) {
  SLUICE_TRY(check_reason(id, reason));
  const auto failed = [&](const journal::JournalFailure& failure) {
    return failure.code == journal::JournalProblem::not_waiting
               ? settlement_failure(SettlementProblem::not_waiting, id, failure.sentence)
               : settlement_failure(SettlementProblem::failed, id, record::to_string(failure));
  };
  auto journal = desk.installation.open_journal(desk.bureau);
  if (!journal) return std::unexpected(failed(journal.error()));
  if (auto done = journal->discard(id, {.by = desk.actor, .note = reason}); !done) {
    return std::unexpected(failed(done.error()));
  }
  return note(
      desk, id,
      {"quarantine-discarded",
       {{"actor", desk.actor}, {"bureau", desk.bureau.str()}, {"entry", std::to_string(id)}}});
}

}  // namespace sluice::jobs
