// What a node tells of itself: to who probes whether it serves, to its operators, and in figures.
#include <chrono>
#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "api/troubles.h"
#include "installation/system_clock.h"
#include "node/node.h"

namespace sluice::node {

api::Health Node::health(api::HealthFor whom) const {
  const auto generation = this->generation();
  for (api::Trouble trouble : api::troubles_of(status_at_hand(*generation))) {
    if (!trouble.kind->stops_serving) continue;
    if (whom == api::HealthFor::bureaus) trouble.reason.clear();
    return {.serving = false, .reason = line_of(trouble) + "; " + remedy_of(trouble)};
  }
  return {};
}

api::NodeStatus Node::status() {
  const auto generation = this->generation();
  api::NodeStatus status = status_at_hand(*generation);
  for (api::StreamStatus& stream : status.streams) {
    const auto found = generation->streams().find(stream.bureau);
    if (found != generation->streams().end()) stream.journal = found->second->status();
  }
  const settings::Node& node = generation->installation().settings.node;
  if (api_) status.port = api_->port();
  if (pages_) status.pages_port = pages_->port();
  status.inodes = files::inodes_of(node.state_directory);
  status.backlog_limit = node.journal.backlog_bytes;
  status.jobs = scheduler_->status();
  generation->add_looks(status);
  status.configuration = configuration();
  if (node.uplink) {
    status.uplink.emplace();
    for (const auto& address : node.uplink->addresses)
      status.uplink->push_back(fmt::format("{}:{}", address.host, address.port));
  }
  add_certificates(status, node);
  return status;
}

api::NodeStatus Node::status_at_hand(const Generation& generation) const {
  const installation::Installation& installation = generation.installation();
  api::NodeStatus status{.name = installation.settings.node.name,
                         .started_at = started_at_,
                         .now = installation::system_now()};
  for (const auto& [id, stream] : generation.streams()) {
    status.streams.push_back(
        {id, journal::Status{.stream = stream->id()}, stream->link(), stream->is_stopped()});
  }
  for (const auto& [id, failure] : generation.refused())
    status.streams.push_back({id, std::unexpected(failure), {}, true});
  status.not_signing = certificates_.why_not_signing();
  status.distrusted_disk = installation.disk->distrusted();
  status.room = installation.disk->room();
  status.schema_conflicts = generation.schema_conflicts();
  return status;
}

void Node::add_certificates(api::NodeStatus& status, const settings::Node& node) const {
  status.certificate_ends = certificates_.first_expiry();
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

std::function<void()> Node::measure() {
  const auto generation = this->generation();
  auto tell = figures_.measure(
      {generation->streams(), generation->refused(), generation->installation().settings.bureaus},
      installation::system_now());
  generation->hide_old_figures();
  // The generation may be another by then.
  return [this, tell = std::move(tell)] {
    tell();
    hide_gone();
  };
}

void Node::hide_gone() {
  const std::lock_guard lock(mutex_);  // to the end: one that comes back is not hidden by a copy
  for (const record::BureauId& bureau : gone_)
    metrics_.forget_bureau(bureau.str());
}

void Node::show_again(const settings::Settings& next) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, bureau] : next.bureaus)
    gone_.erase(id);
}

}  // namespace sluice::node
