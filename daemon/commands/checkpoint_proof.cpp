#include "commands/checkpoint_proof.h"

#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "commands/terminal.h"
#include "jobs/anchor_check.h"

namespace sluice::commands {
namespace {

// What was found of all journals.
struct AnchorFindings {
  exchange::AnchorReport all;
  std::optional<std::string> not_compared;  // why
};

AnchorFindings compare_all(const installation::Installation& installation,
                           jobs::AnchorCheck& check) {
  AnchorFindings found;
  for (const auto& [id, bureau] : installation.settings.bureaus) {
    const auto is_there = installation.has_journal(id);
    if (!is_there || !*is_there) continue;
    // Of one that can not be opened the journals' own line tells.
    auto journal = installation.open_journal(id);
    if (!journal) continue;
    const auto report = check.compare(*journal);
    if (!report) {
      found.not_compared = report.error().sentence;
      break;
    }
    found.all.anchors += report->anchors;
    found.all.same += report->same;
    for (const std::string& lost : report->lost)
      found.all.lost.push_back(id.str() + ": " + lost);
    for (const std::string& broken : report->broken)
      found.all.broken.push_back(broken);
  }
  return found;
}

std::string_view verdict_of(const AnchorFindings& found) {
  if (!found.all.broken.empty()) return "BROKEN";
  if (found.not_compared) return "NOT ALL COMPARED";
  if (found.all.same == found.all.anchors) return "every one is in it";
  return "those that no restore has taken are in it";
}

}  // namespace

CheckpointProof::CheckpointProof(const installation::Installation& installation) {
  auto store = installation.open_store();
  if (!store) {
    failure_ = store.error();
    return;
  }
  store_ = std::move(*store);
  auto audit = exchange::CheckpointAudit::begin(*store_);
  if (audit) {
    audit_.emplace(std::move(*audit));
  } else {
    failure_ = audit.error();
  }
}

void CheckpointProof::see(const store::LedgerEntry& entry) {
  if (audit_) audit_->see(entry);
}

ExitStatus CheckpointProof::tell() {
  if (failure_) return fail(record::to_string(*failure_));
  const auto report = audit_->finish();
  if (!report) return fail(record::to_string(report.error()));
  fmt::print("checkpoints: {}: {}\n", human_count(report->checkpoints),
             report->first_break ? "BROKEN" : "every one fits the ledger");
  if (report->lost > 0) {
    fmt::print("  {} more that receipts tell of were lost by restore\n", human_count(report->lost));
  }
  return report->first_break ? fail(*report->first_break) : ExitStatus::success;
}

ExitStatus prove_anchors(const installation::Installation& installation) {
  jobs::AnchorCheck check(installation);
  const AnchorFindings found = compare_all(installation, check);
  fmt::print("anchors: {} kept checkpoints of the center's ledger: {}\n",
             human_count(found.all.anchors), verdict_of(found));
  for (const std::string& lost : found.all.lost)
    fmt::print("  {}\n", lost);
  auto status = ExitStatus::success;
  for (const std::string& broken : found.all.broken)
    status = fail(broken);
  if (found.not_compared) {
    status = fail("the center could not be asked for its checkpoints: " + *found.not_compared);
  }
  for (const std::string& objection : check.objections())
    status = fail(objection);
  return status;
}

}  // namespace sluice::commands
