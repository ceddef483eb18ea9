#include "link/sender.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "fault/kill_point.h"
#include "record/batch.h"

namespace sluice::link {
namespace {

// How soon a batch that another process has journaled is noticed.
constexpr std::chrono::milliseconds look_again{50};
constexpr std::chrono::milliseconds first_back_off{100};
constexpr std::chrono::milliseconds longest_back_off{5000};

void sleep(const std::stop_token& stop, std::chrono::milliseconds duration) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait_for(lock, stop, duration, [] { return false; });
}

}  // namespace

Sender::Sender(journal::Journal journal, std::unique_ptr<Link> link,
               const record::Verifier& verifier, journal::Clock clock, SenderEvents events)
    : journal_(std::move(journal)),
      link_(std::move(link)),
      verifier_(verifier),
      clock_(std::move(clock)),
      events_(std::move(events)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Sender::~Sender() = default;

void Sender::run(const std::stop_token& stop) {
  auto back_off = first_back_off;
  while (!stop.stop_requested()) {
    switch (drain(stop)) {
      case Pass::drained:
        back_off = first_back_off;
        sleep(stop, look_again);
        break;
      case Pass::held_back:
        sleep(stop, back_off);
        back_off = std::min(2 * back_off, longest_back_off);
        break;
      case Pass::stopped:
        return;
    }
  }
}

Sender::Pass Sender::drain(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto batch = journal_.next(sent_);
    if (!batch) return journal_failed(batch.error());
    if (!*batch) return Pass::drained;
    SLUICE_KILL_POINT("sender.before-send");
    const auto receipt = link_->send(**batch);
    if (!receipt) {
      events_.held_back(receipt.error());
      return Pass::held_back;
    }
    SLUICE_KILL_POINT("sender.before-acknowledge");
    if (const Pass kept = keep_receipt(**batch, *receipt); kept != Pass::drained) return kept;
  }
  return Pass::drained;
}

Sender::Pass Sender::journal_failed(const journal::JournalFailure& failure) {
  if (failure.code == journal::JournalProblem::busy) {
    // A batch that was under way is sent again later, and the same receipt comes back.
    events_.held_back({LinkProblem::unavailable, failure.place, failure.sentence});
    return Pass::held_back;
  }
  events_.stopped(record::to_string(failure));
  return Pass::stopped;
}

Sender::Pass Sender::keep_receipt(const record::Batch& batch,
                                  const record::SignedReceipt& signed_receipt) {
  const auto stop_with = [&](const std::string& sentence) {
    events_.stopped(sentence);
    return Pass::stopped;
  };
  const auto signatory = verifier_.verify(signed_receipt.json, signed_receipt.signature, clock_());
  if (!signatory) {
    return stop_with("the receipt is not good: " + record::to_string(signatory.error()));
  }
  const auto receipt = record::parse_receipt(signed_receipt.json);
  if (!receipt) return stop_with(record::to_string(receipt.error()));
  const auto manifest = record::parse_manifest(batch.manifest);
  if (!manifest) return stop_with(record::to_string(manifest.error()));
  // The journal takes receipts that came before; here, one for another batch would never end.
  if (receipt->sequence != manifest->sequence) {
    return stop_with(fmt::format("batch {} was sent, and the receipt for batch {} came back",
                                 manifest->sequence.value, receipt->sequence.value));
  }
  if (auto kept = journal_.acknowledge(*receipt, signed_receipt); !kept) {
    return journal_failed(kept.error());
  }
  SLUICE_KILL_POINT("sender.after-acknowledge");
  sent_ = receipt->sequence;
  events_.acknowledged(*manifest, *receipt);
  return Pass::drained;
}

}  // namespace sluice::link
