#include "node/schema_watch.h"

#include <chrono>
#include <exception>
#include <utility>

#include "installation/schema_side.h"
#include "record/unforeseen.h"

namespace sluice::node {
namespace {

// Where something is amiss: a person waits for it to go on.
constexpr std::chrono::seconds look_at_schemas_again{5};
// For the center's first word: mostly it is here before anything is acknowledged.
constexpr std::chrono::seconds longest_wait_at_start{1};

// All that may come to a store; of a node without one, what its bureaus publish.
std::set<record::DatasetId> compared_datasets(const installation::Installation& installation) {
  std::set<record::DatasetId> datasets;
  if (!installation.settings.node.uplink) {
    for (const auto& [id, known] : installation.catalogue.datasets())
      datasets.insert(id);
    return datasets;
  }
  for (const auto& [id, bureau] : installation.settings.bureaus) {
    for (const settings::Publication& publication : bureau.publishes)
      datasets.insert(publication.dataset);
  }
  return datasets;
}

}  // namespace

SchemaWatch::SchemaWatch(Surroundings surroundings)
    : surroundings_(std::move(surroundings)),
      datasets_(compared_datasets(surroundings_.installation)),
      conflicts_(surroundings_.conflicts) {
  for (const auto& [dataset, why] : conflicts_)
    known_.insert(dataset);
  look_at_first();
}

void SchemaWatch::look_at_first() {
  const bool is_far = surroundings_.installation.settings.node.uplink.has_value();
  if (!is_far) look({});
  is_asked_ = is_far;
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  if (!is_far) return;
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, longest_wait_at_start, [this] { return has_looked_; });
}

// What one that looked before it has told, and this one does not know, is not so any more. It looks
// again: the other may have changed the store since.
void SchemaWatch::begin() {
  const std::lock_guard lock(mutex_);
  has_begun_ = true;
  for (const auto& [dataset, known] : surroundings_.installation.catalogue.datasets())
    measure(dataset);
  for (const auto& [dataset, why] : conflicts_)
    tell_conflict(dataset, why);
  if (not_compared_) surroundings_.log.write<"schemas-not-compared">({{"reason", *not_compared_}});
  is_asked_ = true;
  woken_.notify_all();
}

void SchemaWatch::end() {
  thread_ = {};
}

void SchemaWatch::look_again() {
  const std::lock_guard lock(mutex_);
  is_asked_ = true;
  woken_.notify_all();
}

std::optional<std::string> SchemaWatch::conflict(const record::DatasetId& dataset) const {
  const std::lock_guard lock(mutex_);
  const auto found = conflicts_.find(dataset);
  return found == conflicts_.end() ? std::nullopt : std::optional(found->second);
}

std::map<record::DatasetId, std::string> SchemaWatch::conflicts() const {
  const std::lock_guard lock(mutex_);
  return conflicts_;
}

void SchemaWatch::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      const auto is_asked = [this] { return is_asked_; };
      const auto& uplink = surroundings_.installation.settings.node.uplink;
      if (!is_compared_ || !conflicts_.empty()) {
        woken_.wait_for(lock, stop, look_at_schemas_again, is_asked);
      } else if (uplink) {
        woken_.wait_for(lock, stop, uplink->ask_every, is_asked);
      } else {
        woken_.wait(lock, stop, is_asked);
      }
      is_asked_ = false;
    }
    if (stop.stop_requested()) return;
    try {
      look(stop);
    } catch (const std::exception& error) {  // which is not to end the daemon
      not_compared(record::unforeseen(error));
    }
    const std::lock_guard lock(mutex_);
    has_looked_ = true;
    woken_.notify_all();
  }
}

void SchemaWatch::look(const std::stop_token& stop) {
  is_compared_ = false;
  const installation::Installation& installation = surroundings_.installation;
  const auto side = installation::SchemaSide::open(installation);
  if (!side) {
    not_compared(side.error().sentence);
    return;
  }
  for (const record::DatasetId& dataset : datasets_) {
    if (stop.stop_requested()) return;
    auto conflict = (*side)->conflict(*installation.catalogue.find(dataset), stop);
    if (!conflict) {
      if (!stop.stop_requested()) not_compared(conflict.error().sentence);
      return;
    }
    settle(dataset, std::move(*conflict));
  }
  is_compared_ = true;
  const std::lock_guard lock(mutex_);
  not_compared_.reset();
}

void SchemaWatch::not_compared(const std::string& why) {
  const std::lock_guard lock(mutex_);
  const bool was_told = not_compared_.has_value();
  not_compared_ = why;
  if (was_told || !has_begun_) return;
  surroundings_.log.write<"schemas-not-compared">({{"reason", why}});
}

void SchemaWatch::measure(const record::DatasetId& dataset) {
  auto& gauge = surroundings_.metrics.schema_conflict;
  if (known_.contains(dataset)) {
    gauge(dataset.str()).Set(conflicts_.contains(dataset) ? 1 : 0);
  } else {
    gauge.hide(dataset.str());
  }
}

void SchemaWatch::tell_conflict(const record::DatasetId& dataset, const std::string& why) {
  surroundings_.log.write<"schema-conflict">({{"dataset", dataset.str()}, {"reason", why}});
}

void SchemaWatch::settle(const record::DatasetId& dataset, std::optional<std::string> conflict) {
  const std::lock_guard lock(mutex_);
  known_.insert(dataset);
  const auto before = conflicts_.find(dataset);
  const bool had = before != conflicts_.end();
  const bool is_new = conflict ? !had || before->second != *conflict : had;
  if (conflict) {
    conflicts_.insert_or_assign(dataset, *conflict);
  } else if (had) {
    conflicts_.erase(before);
  }
  if (!has_begun_) return;
  measure(dataset);
  if (!is_new) return;
  if (conflict) {
    tell_conflict(dataset, *conflict);
  } else {
    surroundings_.log.write<"schema-agrees">({{"dataset", dataset.str()}});
  }
}

}  // namespace sluice::node
