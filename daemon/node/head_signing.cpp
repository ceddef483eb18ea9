#include "node/head_signing.h"

#include <chrono>
#include <exception>
#include <utility>

#include "record/unforeseen.h"
#include "threads/sleep.h"

namespace sluice::node {
namespace {

constexpr std::chrono::minutes look_at_head_again{1};

}  // namespace

HeadSigning::HeadSigning(Surroundings surroundings)
    : surroundings_(std::move(surroundings)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void HeadSigning::run(const std::stop_token& stop) {
  using When = trust::AuditHeadSigner::When;
  while (!stop.stop_requested()) {
    sign(When::if_due);
    threads::sleep_for(stop, look_at_head_again);
  }
  sign(When::at_once);
}

void HeadSigning::sign(trust::AuditHeadSigner::When when) {
  try {
    sign_or_tell(when);
  } catch (const std::exception& error) {  // which is not to end the daemon
    tell({trust::AuditProblem::unreadable, surroundings_.audit_log.string(),
          record::unforeseen(error)});
  }
}

void HeadSigning::sign_or_tell(trust::AuditHeadSigner::When when) {
  if (!signer_) {
    auto opened = trust::AuditHeadSigner::open(
        surroundings_.audit_log, surroundings_.keyring, surroundings_.clock,
        [this](const std::string& reason) { surroundings_.disk.distrust(reason); });
    if (!opened) return tell(opened.error());
    signer_.emplace(std::move(*opened));
  }
  const auto done = signer_->sign(when);
  if (!done) return tell(done.error());
  told_.clear();
  if (const auto& head = *done) {
    surroundings_.log.write<"audit-log-signed">(
        {{"line", head->line}, {"digest", record::to_string(head->digest)}});
  }
}

// Once, and not every minute.
void HeadSigning::tell(const trust::AuditFailure& failure) {
  const std::string reason = record::to_string(failure);
  if (reason == std::exchange(told_, reason)) return;
  if (failure.code == trust::AuditProblem::altered) {
    surroundings_.log.write<"audit-log-altered">({{"reason", reason}});
  } else {
    surroundings_.log.write<"audit-not-written">({{"reason", reason}});
  }
}

}  // namespace sluice::node
