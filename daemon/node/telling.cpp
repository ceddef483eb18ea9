// What a node tells of itself: to who probes whether it serves, to its operators, and in figures.
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "api/troubles.h"
#include "installation/system_clock.h"
#include "node/node.h"

namespace sluice::node {

api::Health Node::health(HealthFor whom) const {
  for (api::Trouble trouble : api::troubles_of(status_at_hand())) {
    if (!trouble.kind->stops_serving) continue;
    if (whom == HealthFor::bureaus) trouble.reason.clear();
    return {.serving = false, .reason = line_of(trouble) + "; " + remedy_of(trouble)};
  }
  return {};
}

api::NodeStatus Node::status() {
  api::NodeStatus status = status_at_hand();
  for (api::StreamStatus& stream : status.streams) {
    const auto found = streams_.find(stream.bureau);
    if (found != streams_.end()) stream.journal = found->second->status();
  }
  const settings::Node& node = installation_->settings.node;
  if (api_) status.port = api_->port();
  if (pages_) status.pages_port = pages_->port();
  status.inodes = files::inodes_of(node.state_directory);
  status.backlog_limit = node.journal.backlog_bytes;
  if (scheduler_) status.jobs = scheduler_->status();
  if (held_look_) {
    status.held = held_look_->held();
    status.store_failure = held_look_->failure();
  }
  if (edge_look_) status.edges = edge_look_->edges(status.now);
  if (node.uplink) {
    status.uplink.emplace();
    for (const auto& address : node.uplink->addresses)
      status.uplink->push_back(fmt::format("{}:{}", address.host, address.port));
  }
  add_certificates(status);
  return status;
}

api::NodeStatus Node::status_at_hand() const {
  api::NodeStatus status{.name = installation_->settings.node.name,
                         .started_at = started_at_,
                         .now = installation::system_now()};
  for (const auto& [id, stream] : streams_) {
    status.streams.push_back(
        {id, journal::Status{.stream = stream->id()}, stream->link(), stream->is_stopped()});
  }
  for (const auto& [id, failure] : refused_)
    status.streams.push_back({id, std::unexpected(failure), {}, true});
  status.not_signing = certificates_.why_not_signing();
  status.distrusted_disk = installation_->disk->distrusted();
  status.room = installation_->disk->room();
  if (schemas_) status.schema_conflicts = schemas_->conflicts();
  return status;
}

void Node::add_certificates(api::NodeStatus& status) const {
  status.certificate_ends = certificates_.first_expiry();
  const settings::Node& node = installation_->settings.node;
  for (const auto& [name, facts] : certificates_.in_use()) {
    status.certificates.push_back(
        {name == "pages" ? "pages" : "identity", facts.subject, facts.serial, facts.not_after});
  }
  std::vector<std::filesystem::path> bundles{node.identity.revocations};
  if (node.pages) bundles.push_back(node.pages->people_revocations);
  for (const std::filesystem::path& bundle : bundles) {
    if (bundle.empty()) continue;
    for (const trust::ListDates& list : known_lists_.in(bundle))
      status.revocations.push_back({list.issuer, list.issued, list.ends});
  }
}

}  // namespace sluice::node
