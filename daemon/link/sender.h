// Drains a stream's journal through a link: one batch after the other, each until its receipt is
// back, for as long as it takes.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "journal/journal.h"
#include "link/link.h"
#include "record/signature.h"

namespace sluice::link {

// Told on the sender's thread; must not block for long.
struct SenderEvents {
  std::function<void(const record::Manifest&, const record::Receipt&)> acknowledged;
  // The batch stays and is sent again later.
  std::function<void(const LinkFailure&)> held_back;
  // The journal failed, or a receipt was not the center's: nothing more is sent until a restart.
  std::function<void(const std::string& sentence)> stopped;
};

// Owns its thread, its link and its own handle of the journal.
class Sender {
 public:
  // `verifier` checks receipts, and must outlive the sender.
  Sender(journal::Journal journal, std::unique_ptr<Link> link, const record::Verifier& verifier,
         journal::Clock clock, SenderEvents events);
  // Stops after the batch that is under way.
  ~Sender();

 private:
  void run(const std::stop_token& stop);
  // Sends what is waiting until nothing is, or something is in the way.
  enum class Pass { drained, held_back, stopped };
  [[nodiscard]] Pass drain(const std::stop_token& stop);
  [[nodiscard]] Pass journal_failed(const journal::JournalFailure& failure);
  // `drained` when the receipt is good and kept.
  [[nodiscard]] Pass keep_receipt(const record::Batch& batch, const record::SignedReceipt& receipt);

  journal::Journal journal_;
  std::unique_ptr<Link> link_;
  const record::Verifier& verifier_;
  journal::Clock clock_;
  SenderEvents events_;
  record::Sequence sent_;
  std::jthread thread_;  // last: joined before the rest goes
};

}  // namespace sluice::link
