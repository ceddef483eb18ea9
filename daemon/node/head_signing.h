// Has the head of the audit log signed while the node works, about every thousand lines or every
// hour, and once more when it stops (trust/audit_head_signer.h).
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "files/state_disk.h"
#include "observe/log.h"
#include "record/keyring.h"
#include "record/time.h"
#include "trust/audit_head_signer.h"

namespace sluice::node {

// Owns its thread. What writes lines ends before it does.
class HeadSigning {
 public:
  // All must outlive it.
  struct Surroundings {
    std::filesystem::path audit_log;  // its file
    const record::Keyring& keyring;
    files::StateDisk& disk;
    observe::Log& log;
    std::function<record::Time()> clock;
  };
  explicit HeadSigning(Surroundings surroundings);
  ~HeadSigning() = default;
  HeadSigning(const HeadSigning&) = delete;
  HeadSigning& operator=(const HeadSigning&) = delete;

 private:
  void run(const std::stop_token& stop);
  void sign(trust::AuditHeadSigner::When when);
  void sign_or_tell(trust::AuditHeadSigner::When when);
  void tell(const trust::AuditFailure& failure);

  Surroundings surroundings_;
  std::optional<trust::AuditHeadSigner> signer_;  // the thread's, as the next
  std::string told_;                              // of what failed, last
  std::jthread thread_;                           // last: joined before the rest goes
};

}  // namespace sluice::node
