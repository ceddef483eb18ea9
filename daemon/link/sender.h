// Drains a stream's journal through a link: each batch stays until its receipt is back, for as long
// as it takes.
#pragma once

#include <chrono>
#include <deque>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "journal/journal.h"
#include "link/link.h"
#include "record/keyring.h"
#include "record/signers.h"

namespace sluice::link {

// Told on the sender's thread; must not block for long.
struct SenderEvents {
  // Also of a batch that the center held and lost, with what the journal makes of it: nobody signed
  // that it is rejected, and its rows are in the quarantine all the same.
  std::function<void(const record::Manifest&, const record::Receipt&)> acknowledged;
  // The batch stays and is sent again later; told for each attempt.
  std::function<void(const LinkFailure&)> held_back;
  // What speaks against the journal and the center's ledger being of one stream: no batch is sent
  // until nothing does. Told for each time that they were compared; that nothing does, only after
  // something was in the way of comparing them.
  std::function<void(const std::optional<std::string>& objection)> compared;
  // The center stands before what it gave receipts for: these batches are sent again, by
  // themselves.
  std::function<void(const journal::SentAgain&)> sending_again;
  // The journal failed, a receipt was not the center's, or something else that nobody here knows
  // how to go on from: nothing more is sent until a restart.
  std::function<void(const std::string& sentence)> stopped;
};

// Whose receipts count. `keyring` must outlive whoever holds this.
struct ReceiptSigners {
  const record::Keyring& keyring;
  record::Signers signers;
};

// What a sender has from outside. `random`: evenly from 0 to 1, to spread the attempts of many
// nodes.
struct SenderSurroundings {
  journal::Clock clock;
  std::function<double()> random;
  // How often an idle stream asks where the center stands.
  std::chrono::milliseconds ask_every = std::chrono::minutes(5);
};

// Owns its thread, its link and its own handle of the journal.
class Sender : private Outgoing {
 public:
  Sender(journal::Journal journal, std::unique_ptr<Link> link, ReceiptSigners center,
         SenderSurroundings surroundings, SenderEvents events);
  // Stops soon; what was under way is sent again by the next one.
  ~Sender() override;
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // Asks for that end, and does not wait for it.
  void ask_to_stop() { thread_.request_stop(); }

 private:
  [[nodiscard]] std::optional<record::Batch> next() override;
  [[nodiscard]] Then received(const record::SignedReceipt& receipt) override;
  void deferred(const record::SignedDeferral& answer) override;
  void rewind() override;

  // An exception ends this stream, not the daemon.
  void run(const std::stop_token& stop);
  void send_all(const std::stop_token& stop);
  // Whether the center was last asked too long ago, or at a time that is yet to come.
  [[nodiscard]] bool is_to_ask() const;
  enum class Pass { drained, held_back, stopped };
  // Whether the journal and the center's ledger are of one stream: `drained`. What the ledger lacks
  // then waits again.
  [[nodiscard]] Pass compare(const std::stop_token& stop);
  // Asks what became of batches that the center holds, some at a time: `drained`.
  [[nodiscard]] Pass ask_for_held(const std::stop_token& stop);
  // The same of a dataset's.
  [[nodiscard]] Pass ask_for_held(const record::DatasetId& dataset, const std::stop_token& stop);
  // Of one: whether its last receipt came and is kept.
  enum class Asked { still_held, settled, no_room };
  [[nodiscard]] std::expected<Asked, Pass> ask_for_held(const journal::HeldBatch& batch,
                                                        const std::stop_token& stop);
  // The center has it no more: whether it is settled by that.
  [[nodiscard]] std::expected<Asked, Pass> give_back(const journal::HeldBatch& batch);
  // What became of it could not be kept.
  [[nodiscard]] std::expected<Asked, Pass> not_kept(const journal::JournalFailure& failure);
  // What the center stands before waits again: `drained`.
  [[nodiscard]] Pass send_again(const journal::LedgerPlace& place);
  // Sends what is waiting until nothing is, or something is in the way.
  [[nodiscard]] Pass drain(const std::stop_token& stop);
  [[nodiscard]] Pass journal_failed(const journal::JournalFailure& failure);
  // Why what the center signed of that batch is not to be believed.
  [[nodiscard]] std::optional<std::string> why_not_believed(const record::Manifest& manifest,
                                                            const record::SignedDeferral& answer);
  // What the receipt says, where it is the center's.
  [[nodiscard]] std::expected<record::Receipt, Pass> believed(
      const record::SignedReceipt& signed_receipt);
  // `drained` when the receipt is good and kept.
  [[nodiscard]] Pass keep_receipt(const record::Manifest& manifest,
                                  const record::SignedReceipt& receipt);

  journal::Journal journal_;
  std::unique_ptr<Link> link_;
  ReceiptSigners center_;
  SenderSurroundings surroundings_;
  SenderEvents events_;
  record::Time asked_at_{};
  bool was_in_the_way_ = false;  // of comparing, the last time
  record::Sequence acknowledged_;
  record::Sequence given_;
  std::deque<record::Manifest> under_way_;
  Pass pass_ = Pass::drained;  // what the journal or a receipt made of this one
  // Why the center's signed answer to the oldest batch is not to be believed; nothing: it is, or
  // none came.
  std::optional<std::string> disbelief_;
  bool is_refused_ = false;           // whatever is in the way does not pass by itself
  std::set<record::DatasetId> held_;  // of which the center holds something
  std::map<record::DatasetId, journal::HeldBatch> asked_up_to_;
  bool is_to_ask_for_held_ = false;
  std::stop_token stop_;
  std::jthread thread_;  // last: joined before the rest goes
};

}  // namespace sluice::link
