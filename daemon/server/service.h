// What the connections of one server share.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "server/handshakes.h"
#include "server/http_server.h"
#include "server/offered.h"
#include "server/share.h"

namespace sluice::server {

// Counts answers by status without looking the counter up each time. Thread-safe.
class AnswerCounters {
 public:
  AnswerCounters(observe::Metrics& metrics, std::string listener)
      : metrics_(metrics),
        listener_(std::move(listener)),
        seconds_(metrics.http_request_seconds(listener_)) {}

  void count(unsigned status, double seconds) {
    if (status >= by_status_.size()) status = 500;
    observe::Metrics::Counter* counter = by_status_[status].load(std::memory_order_relaxed);
    if (counter == nullptr) {
      counter = &metrics_.http_requests(listener_, status);
      by_status_[status].store(counter, std::memory_order_relaxed);
    }
    counter->Increment();
    seconds_.Observe(seconds);
  }

 private:
  observe::Metrics& metrics_;
  std::string listener_;
  observe::Metrics::Histogram& seconds_;
  std::array<std::atomic<observe::Metrics::Counter*>, 600> by_status_{};
};

struct Service {
  Service(Offer first, const Surroundings& all)
      : listener(first.audience.listener),
        proof(first.audience.proof),
        around(all),
        handshakes(first.limits.max_handshakes),
        answers(all.metrics, listener),
        open(all.metrics.http_connections(listener)),
        memories_(all.metrics.http_body_bytes()),
        offered_(std::make_shared<Offered>(std::move(first), 1, memories_)) {}

  // What is served now. Any thread.
  [[nodiscard]] std::shared_ptr<Offered> offered() const {
    const std::lock_guard lock(mutex_);
    return offered_;
  }
  // Any thread.
  void replace(Offer next) {
    std::shared_ptr<Offered> made;
    {
      const std::lock_guard lock(mutex_);
      handshakes.allow(next.limits.max_handshakes);
      made = std::make_shared<Offered>(std::move(next), offered_->number + 1, memories_);
      offered_.swap(made);
    }  // what was served may go with its owner, not under the lock
  }

  const std::string listener;
  const Audience::Proof proof;
  const Surroundings around;
  Handshakes handshakes;
  std::atomic<std::uint64_t> introduced{0};  // open connections that have passed theirs
  Shares shares;
  AnswerCounters answers;
  observe::Metrics::Gauge& open;
  // Counts the reloads of certificates: a connection of an earlier generation takes no further
  // request, and does not answer the one that is still arriving.
  std::atomic<std::uint64_t> generation{1};
  std::atomic<bool> stopping{false};

 private:
  mutable std::mutex mutex_;
  BodyMemories memories_;  // guarded by mutex_, as the next
  std::shared_ptr<Offered> offered_;
};

}  // namespace sluice::server
