// What a node tells of itself: to who probes whether it serves, to its operators, and in figures.
#include <chrono>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "installation/system_clock.h"
#include "node/node.h"

namespace sluice::node {

api::Health Node::health() const {
  const auto generation = this->generation();
  if (const auto& refused = generation->refused(); !refused.empty()) {
    return {.serving = false,
            .reason = "the journal of " + refused.begin()->first.str() +
                      " is not what it was; see the log"};
  }
  if (auto why = certificates_.why_not_signing()) {
    return {.serving = false, .reason = std::move(*why)};
  }
  files::StateDisk& disk = *generation->installation().disk;
  if (const auto why = disk.distrusted()) {
    return {.serving = false,
            .reason = "an fsync has failed, and nothing is acknowledged (" + *why +
                      "); see to the disk, then restart sluiced"};
  }
  if (auto why = disk.shortage()) return {.serving = false, .reason = std::move(*why)};
  for (const auto& [id, stream] : generation->streams()) {
    if (stream->is_stopped()) {
      return {.serving = false,
              .reason = "the stream of " + id.str() + " has stopped; see the log"};
    }
  }
  return {};
}

void Node::measure_journals() {
  measure_disk();
  const record::Time now = installation::system_now();
  const auto generation = this->generation();
  for (const auto& [id, stream] : generation->streams()) {
    const auto status = stream->status();
    if (!status) continue;
    const std::string& bureau = id.str();
    const journal::Backlog& backlog = status->backlog;
    const auto age = backlog.oldest ? now - *backlog.oldest : std::chrono::milliseconds(0);
    metrics_.journal_backlog_batches(bureau).Set(static_cast<double>(backlog.batches));
    metrics_.journal_backlog_bytes(bureau).Set(static_cast<double>(backlog.bytes));
    metrics_.journal_backlog_oldest_seconds(bureau).Set(std::chrono::duration<double>(age).count());
    metrics_.quarantine_waiting(bureau).Set(static_cast<double>(status->quarantine_waiting));
    metrics_.quarantine_bytes(bureau).Set(static_cast<double>(status->kept.quarantine_bytes));
    metrics_.answer_bytes(bureau).Set(static_cast<double>(status->kept.answer_bytes));
  }
}

void Node::forget_measures_of(const std::string& bureau) {
  for (auto* gauges : {&metrics_.journal_backlog_batches, &metrics_.journal_backlog_bytes,
                       &metrics_.journal_backlog_oldest_seconds, &metrics_.quarantine_waiting,
                       &metrics_.quarantine_bytes, &metrics_.answer_bytes}) {
    gauges->forget(bureau);
  }
}

void Node::measure_disk() {
  const auto generation = this->generation();
  files::StateDisk& disk = *generation->installation().disk;
  metrics_.disk_trusted().Set(disk.distrusted() ? 0 : 1);
  const auto room = disk.room();
  if (!room) return;
  metrics_.disk_free_bytes().Set(static_cast<double>(room->space.free));
  metrics_.disk_reserve_bytes().Set(static_cast<double>(room->reserve));
  metrics_.disk_short().Set(room->is_short ? 1 : 0);
}

api::NodeStatus Node::status() {
  const auto generation = this->generation();
  const installation::Installation& installation = generation->installation();
  const settings::Node& node = installation.settings.node;
  api::NodeStatus status{
      .name = node.name, .started_at = started_at_, .now = installation::system_now()};
  for (const auto& [id, stream] : generation->streams())
    status.streams.push_back({id, stream->status(), stream->link(), stream->is_stopped()});
  for (const auto& [id, failure] : generation->refused())
    status.streams.push_back({id, std::unexpected(failure), {}, true});
  if (api_) status.port = api_->port();
  if (pages_) status.pages_port = pages_->port();
  status.certificate_ends = certificates_.first_expiry();
  status.not_signing = certificates_.why_not_signing();
  status.distrusted_disk = installation.disk->distrusted();
  status.room = installation.disk->room();
  status.held = generation->held();
  status.schema_conflicts = generation->schema_conflicts();
  status.configuration = configuration();
  if (node.uplink) {
    status.uplink.emplace();
    for (const auto& address : node.uplink->addresses)
      status.uplink->push_back(fmt::format("{}:{}", address.host, address.port));
  }
  return status;
}

}  // namespace sluice::node
