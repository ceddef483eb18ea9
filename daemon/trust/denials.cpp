#include "trust/denials.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace sluice::trust {
namespace {

AuditEvent to_event(const Denial& denial, std::uint64_t count) {
  AuditEvent event{denial.event, {{"actor", denial.actor}}};
  if (!denial.target.empty()) event.details.emplace_back("target", denial.target);
  if (!denial.reason.empty()) event.details.emplace_back("reason", denial.reason);
  if (count > 1) event.details.emplace_back("count", std::to_string(count));
  return event;
}

}  // namespace

struct Denials::State {
  State(AuditLog& audit, std::function<void(const AuditFailure&)> on_failure,
        std::chrono::milliseconds length)
      : log(audit), failed(std::move(on_failure)), window(length) {}

  // How often a denial came since it was last written.
  using Counts = std::map<Denial, std::uint64_t>;

  AuditLog& log;
  std::function<void(const AuditFailure&)> failed;
  std::chrono::milliseconds window;

  std::mutex mutex;  // guards what follows
  std::condition_variable_any changed;
  Counts repeated;
  std::vector<Denial> first_ones;
  std::uint64_t uncounted = 0;  // of those beyond max_distinct_denials
  std::jthread writer;          // last: the thread ends before what it uses

  void run(const std::stop_token& stop);
  void write(const AuditEvent& event);
  void write_counts(const Counts& counts, std::uint64_t others);
};

void Denials::State::write(const AuditEvent& event) {
  if (const auto written = log.append(event); !written) failed(written.error());
}

void Denials::State::write_counts(const Counts& counts, std::uint64_t others) {
  for (const auto& [denial, count] : counts) {
    if (count > 0) write(to_event(denial, count));
  }
  if (others > 0) write({"denials-summarised", {{"count", std::to_string(others)}}});
}

void Denials::State::run(const std::stop_token& stop) {
  auto window_end = std::chrono::steady_clock::now() + window;
  std::unique_lock lock(mutex);
  for (;;) {
    changed.wait_until(lock, stop, window_end, [&] { return !first_ones.empty(); });
    const bool last_round = stop.stop_requested();
    const bool window_over = last_round || std::chrono::steady_clock::now() >= window_end;
    const auto first = std::exchange(first_ones, {});
    const Counts counts = window_over ? std::exchange(repeated, {}) : Counts{};
    const std::uint64_t others = window_over ? std::exchange(uncounted, 0) : 0;
    lock.unlock();
    for (const Denial& denial : first)
      write(to_event(denial, 1));
    write_counts(counts, others);
    if (last_round) return;
    if (window_over) window_end = std::chrono::steady_clock::now() + window;
    lock.lock();
  }
}

Denials::Denials(AuditLog& log, std::function<void(const AuditFailure&)> failed,
                 std::chrono::milliseconds window)
    : state_(std::make_unique<State>(log, std::move(failed), window)) {
  state_->writer =
      std::jthread([state = state_.get()](const std::stop_token& stop) { state->run(stop); });
}

Denials::~Denials() = default;

bool Denials::note(const Denial& denial) {
  const std::lock_guard lock(state_->mutex);
  const auto known = state_->repeated.find(denial);
  if (known != state_->repeated.end()) {
    ++known->second;
    return false;
  }
  if (state_->repeated.size() >= max_distinct_denials) {
    ++state_->uncounted;
    return false;
  }
  state_->repeated.emplace(denial, 0);
  state_->first_ones.push_back(denial);
  state_->changed.notify_one();
  return true;
}

}  // namespace sluice::trust
