#include "exchange/holding.h"

#include <cstddef>

namespace sluice::exchange {
namespace {

// Of one bureau; as many as are under way are not taken at a time.
constexpr std::size_t most_deferred = 64;

}  // namespace

Holding::Holding(std::chrono::milliseconds after, Events events)
    : after_(after), events_(std::move(events)) {}

bool Holding::is_due(const record::Manifest& manifest, const record::Digest& digest,
                     record::Time now) {
  const std::lock_guard lock(mutex_);
  if (held_.contains({manifest.stream.bureau, manifest.dataset})) return true;
  auto& deferred = deferred_[manifest.stream.bureau];
  if (deferred.size() >= most_deferred && !deferred.contains(digest)) deferred.clear();
  record::Time& since = deferred.try_emplace(digest, now).first->second;
  if (now < since) since = now;  // the clock was set back
  return now - since >= after_;
}

void Holding::entered(const record::Manifest& manifest, const record::Digest& digest) {
  const std::lock_guard lock(mutex_);
  const auto deferred = deferred_.find(manifest.stream.bureau);
  if (deferred != deferred_.end()) deferred->second.erase(digest);
}

void Holding::held(const record::Manifest& manifest, const Obstacle& why) {
  bool is_first = false;
  {
    const std::lock_guard lock(mutex_);
    is_first = held_.try_emplace({manifest.stream.bureau, manifest.dataset}, 0).second;
  }
  if (is_first && events_.begun) events_.begun(manifest, why);
  stir();
}

void Holding::found(const record::BureauId& bureau, const record::DatasetId& dataset) {
  const std::lock_guard lock(mutex_);
  held_.try_emplace({bureau, dataset}, 0);
}

std::vector<std::pair<record::BureauId, record::DatasetId>> Holding::known() const {
  const std::lock_guard lock(mutex_);
  std::vector<Dataset> held;
  for (const auto& [dataset, settled] : held_)
    held.push_back(dataset);
  return held;
}

void Holding::settled(const record::BureauId& bureau, const record::DatasetId& dataset) {
  {
    const std::lock_guard lock(mutex_);
    ++held_[{bureau, dataset}];
  }
  stir();
}

void Holding::stir() {
  const std::lock_guard lock(mutex_);
  ++changes_;
  changed_.notify_all();
}

std::uint64_t Holding::await_change(const std::stop_token& stop, std::uint64_t seen,
                                    std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, longest, [&] { return changes_ != seen; });
  return changes_;
}

void Holding::ended(const record::BureauId& bureau, const record::DatasetId& dataset) {
  std::uint64_t batches = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto held = held_.find({bureau, dataset});
    if (held == held_.end()) return;
    batches = held->second;
    held_.erase(held);
  }
  if (events_.ended) events_.ended(bureau, dataset, batches);
  stir();
}

}  // namespace sluice::exchange
