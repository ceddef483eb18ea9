#include "node/held_look.h"

#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "installation/system_clock.h"
#include "record/try.h"
#include "record/unforeseen.h"
#include "threads/sleep.h"

namespace sluice::node {
namespace {

constexpr std::chrono::seconds look_at_held_again{60};
// However often somebody says that something has changed.
constexpr std::chrono::milliseconds between_looks{500};
// Of each dataset, before the others have their turn and a stop is heeded.
constexpr std::size_t settled_at_once = 64;

}  // namespace

HeldLook::HeldLook(Open open, Surroundings surroundings)
    : open_(std::move(open)),
      surroundings_(surroundings),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

// Whoever looks after it knows nothing of what this one has told.
HeldLook::~HeldLook() {
  thread_.request_stop();
  thread_.join();
  for (const auto& [bureau, dataset] : measured_)
    surroundings_.metrics.held_batches.hide(bureau, dataset);
}

std::vector<api::HeldStatus> HeldLook::held() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

std::optional<std::string> HeldLook::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void HeldLook::run(const std::stop_token& stop) {
  std::uint64_t seen = 0;
  while (!stop.stop_requested()) {
    if (look()) continue;
    seen = surroundings_.holding.await_change(stop, seen, look_at_held_again);
    // What comes meanwhile is seen with it.
    threads::sleep_for(stop, between_looks);
  }
}

bool HeldLook::look() {
  try {
    const auto is_more = settle_and_list();
    if (is_more) {
      surroundings_.metrics.store_answered().Set(
          static_cast<double>(std::chrono::floor<std::chrono::seconds>(installation::system_now())
                                  .time_since_epoch()
                                  .count()));
      const std::lock_guard lock(mutex_);
      failure_.reset();
      return *is_more;
    }
    tell(record::to_string(is_more.error()));
  } catch (const std::exception& error) {  // of one batch, which is not to end the daemon
    tell(record::unforeseen(error));
  }
  return false;
}

void HeldLook::tell(const std::string& failure) {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(failure_, failure)) {
    surroundings_.log.write<"held-not-settled">({{"reason", failure}});
  }
}

void HeldLook::tell_obstacles(Obstacles obstacles) {
  for (const auto& [of, why] : obstacles) {
    const auto told = told_.find(of);
    if (told != told_.end() && told->second == why) continue;
    surroundings_.log.write<"dataset-not-settled">(
        level_of(why),
        {{"bureau", of.first.str()}, {"dataset", of.second.str()}, {"reason", why.reason}});
  }
  told_ = std::move(obstacles);
}

exchange::Result<bool> HeldLook::settle_and_list() {
  if (!reception_) {
    auto opened = SLUICE_TRY(open_());
    reception_ = std::move(opened);
  }
  auto settled = SLUICE_TRY(reception_->settle_held(settled_at_once));
  const auto listed = SLUICE_TRY(reception_->held());
  std::vector<api::HeldStatus> held;
  for (const store::HeldDataset& of : listed) {
    const auto receipt = record::parse_receipt(of.receipt.json);
    const auto obstacle = settled.obstacles.find({of.bureau, of.dataset});
    exchange::Obstacle why{receipt ? receipt->reason : record::to_string(receipt.error())};
    if (obstacle != settled.obstacles.end()) why = obstacle->second;
    held.push_back({of.bureau.str(), of.dataset.str(), of.batches, of.since,
                    receipt ? receipt->stream.epoch : record::Epoch{},
                    receipt ? receipt->sequence : record::Sequence{}, std::move(why.reason),
                    why.passes});
  }
  tell_obstacles(std::move(settled.obstacles));
  tell(std::move(held));
  return !settled.is_all;
}

void HeldLook::tell(std::vector<api::HeldStatus> held) {
  std::set<std::pair<std::string, std::string>> measured;
  for (const api::HeldStatus& of : held) {
    measured.emplace(of.bureau, of.dataset);
    surroundings_.metrics.held_batches(of.bureau, of.dataset).Set(static_cast<double>(of.batches));
  }
  for (const auto& [bureau, dataset] : measured_) {
    if (!measured.contains({bureau, dataset})) {
      surroundings_.metrics.held_batches(bureau, dataset).Set(0);
    }
  }
  measured_ = std::move(measured);
  const std::lock_guard lock(mutex_);
  held_ = std::move(held);
}

}  // namespace sluice::node
