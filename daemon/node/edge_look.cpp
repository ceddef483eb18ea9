#include "node/edge_look.h"

#include <chrono>
#include <exception>
#include <utility>

#include "threads/sleep.h"

namespace sluice::node {
namespace {

// An edge tells every quarter of an hour, and is missed after an hour.
constexpr std::chrono::seconds look_at_edges_again{30};

}  // namespace

EdgeLook::EdgeLook(Carried carried, Open open)
    : carried_(std::move(carried)),
      open_(std::move(open)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

std::vector<api::EdgeStatus> EdgeLook::edges(record::Time now) const {
  std::vector<api::EdgeStatus> all;
  const std::lock_guard lock(mutex_);
  for (const auto& [bureau, node] : carried_) {
    api::EdgeStatus edge{.bureau = bureau, .node = node, .told = std::nullopt};
    if (const auto told = told_.find(bureau); told != told_.end()) {
      edge.told = told->second.received_at;
      edge.is_old = edges::is_old(told->second, now);
      for (const journal::QuarantineCount& count : edges::waiting_in(told->second.report))
        edge.quarantine_waiting += count.waiting;
    }
    all.push_back(std::move(edge));
  }
  return all;
}

void EdgeLook::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    try {
      if (!look()) kept_.reset();
    } catch (const std::exception&) {
      kept_.reset();  // the next look begins anew; what was told stays
    }
    threads::sleep_for(stop, look_at_edges_again);
  }
}

bool EdgeLook::look() {
  if (!kept_) {
    auto opened = open_();
    // That the database does not answer is told by who works with it.
    if (!opened) return false;
    kept_ = std::move(*opened);
  }
  auto reports = kept_->all();
  if (!reports) return false;
  const std::lock_guard lock(mutex_);
  told_.clear();
  for (edges::KeptReport& report : *reports)
    told_.emplace(report.bureau, std::move(report));
  return true;
}

}  // namespace sluice::node
