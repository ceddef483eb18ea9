// How a batch travels from a stream's journal to the center: in process, by HTTPS, and later by
// ferry or diode. One suite (tests/conformance/link_test.cpp) for every link.
#pragma once

#include <expected>
#include <optional>
#include <stop_token>

#include "journal/ledger_place.h"
#include "record/batch.h"
#include "record/deferral.h"
#include "record/failure.h"
#include "record/receipt.h"

namespace sluice::link {

enum class LinkProblem {
  unavailable,  // the far side can not be reached, or is busy: the same batch again, later
  refused,      // the far side does not take it as things are there or here; says what to do. The
                // same batch again, later: nobody has to tell the sender when it has been done
};
using LinkFailure = record::Failure<LinkProblem>;
template <class T>
using Result = std::expected<T, LinkFailure>;

// Where a link gets its batches, and brings its receipts. Called on the carrying thread only.
class Outgoing {
 public:
  virtual ~Outgoing() = default;

  // The batch after the one that was given last; at first the first without a receipt. Nothing: no
  // more is to be sent now.
  [[nodiscard]] virtual std::optional<record::Batch> next() = 0;

  // The receipt for the oldest batch that has none yet: receipts come in the order of next().
  enum class Then { go_on, stop };
  [[nodiscard]] virtual Then received(const record::SignedReceipt& receipt) = 0;

  // The far side's signed answer that the oldest batch without a receipt is not taken now; the link
  // then fails with what it says. It lets go of nothing, whatever is in it.
  virtual void deferred(const record::SignedDeferral& answer) = 0;

  // next() begins again with the first batch without a receipt.
  virtual void rewind() = 0;
};

// Blocking; one owner, one thread.
class Link {
 public:
  virtual ~Link() = default;

  // Carries batches in order, several of them under way where the link can, until the source has no
  // more and every receipt is back, the source says stop, or something is in the way: the batches
  // with receipts are then always the first ones. A batch that is carried again is harmless and
  // brings the same receipt. An implementation never makes up a receipt. Returns soon after a stop
  // is requested.
  [[nodiscard]] virtual Result<void> carry(Outgoing& outgoing, const std::stop_token& stop) = 0;

  // What the center answers to that batch now; nothing: its ledger has none of this number. Its
  // signature is for the caller to verify.
  [[nodiscard]] virtual Result<std::optional<record::SignedReceipt>> receipt(
      const record::StreamId& stream, record::Sequence sequence, const std::stop_token& stop) = 0;

  // Where the center's ledger stands with the stream and its bureau.
  [[nodiscard]] virtual Result<journal::LedgerPlace> place(const record::StreamId& stream,
                                                           const std::stop_token& stop) = 0;
};

}  // namespace sluice::link
