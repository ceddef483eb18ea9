#include "api/status_endpoint.h"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include "api/job_json.h"
#include "api/operators.h"
#include "api/troubles.h"

namespace sluice::api {
namespace {

namespace asio = boost::asio;

boost::json::object told(const Trouble& trouble) {
  boost::json::object object{{"name", trouble.kind->name},
                             {"grade", to_string(trouble.grade)},
                             {"what", trouble.what},
                             {"do", remedy_of(trouble)}};
  if (trouble.bureau) object["bureau"] = trouble.bureau->str();
  if (!trouble.dataset.empty()) object["dataset"] = trouble.dataset;
  if (!trouble.reason.empty()) object["reason"] = trouble.reason;
  if (trouble.since) object["since"] = record::to_string(*trouble.since);
  return object;
}

boost::json::object told(const link::LinkState::Snapshot& link, bool stopped) {
  boost::json::object object{{"state", stopped                ? "stopped"
                                       : link.held_back_since ? "held-back"
                                                              : "up"}};
  if (link.held_back_since) {
    object["since"] = record::to_string(*link.held_back_since);
    object["reason"] = link.reason;
  } else if (link.up_since && !stopped) {
    object["since"] = record::to_string(*link.up_since);
  }
  if (link.last_receipt) object["last_receipt"] = record::to_string(*link.last_receipt);
  return object;
}

boost::json::object told(const journal::HeldDataset& held) {
  return {{"dataset", held.dataset.str()},
          {"batches", held.batches},
          {"since", record::to_string(held.since)}};
}

boost::json::object told(const HeldStatus& held) {
  return {{"bureau", held.bureau},     {"dataset", held.dataset},
          {"batches", held.batches},   {"since", record::to_string(held.since)},
          {"epoch", held.epoch.value}, {"sequence", held.sequence.value},
          {"reason", held.reason}};
}

boost::json::object told(const EdgeStatus& edge) {
  boost::json::object object{
      {"bureau", edge.bureau.str()}, {"node", edge.node.str()}, {"old", edge.is_old}};
  if (edge.told) {
    object["told"] = record::to_string(*edge.told);
    object["quarantine_waiting"] = edge.quarantine_waiting;
  }
  return object;
}

boost::json::object told(const CertificateStatus& certificate) {
  return {{"of", certificate.of},
          {"subject", certificate.subject},
          {"serial", certificate.serial},
          {"ends", record::to_string(certificate.ends)}};
}

boost::json::object told(const RevocationStatus& list) {
  boost::json::object object{{"issuer", list.issuer}, {"issued", record::to_string(list.issued)}};
  if (list.ends) object["ends"] = record::to_string(*list.ends);
  return object;
}

boost::json::object told(const StreamStatus& stream);

template <class Values>
boost::json::array each_in(const Values& values) {
  boost::json::array all;
  for (const auto& value : values)
    all.push_back(told(value));
  return all;
}

boost::json::object told(const StreamStatus& stream) {
  if (!stream.journal) {
    return {{"bureau", stream.bureau.str()}, {"error", record::to_string(stream.journal.error())}};
  }
  const journal::Status& status = *stream.journal;
  boost::json::object object{
      {"bureau", status.stream.bureau.str()},
      {"epoch", status.stream.epoch.value},
      {"last_batch", status.head.sequence.value},
      {"acknowledged", status.acknowledged.value},
      {"backlog_batches", status.backlog.batches},
      {"backlog_bytes", status.backlog.bytes},
      {"retained_batches", status.retained.batches},
      {"retained_bytes", status.retained.bytes},
      {"gaps", status.gaps},
      {"quarantine_waiting", status.quarantine_waiting},
      {"quarantine_bytes", status.kept.quarantine_bytes},
      {"answer_bytes", status.kept.answer_bytes},
      {"held", each_in(status.held)},
      {"link", told(stream.link, stream.is_stopped)},
  };
  if (status.backlog.oldest) object["backlog_oldest"] = record::to_string(*status.backlog.oldest);
  return object;
}

boost::json::object disk_of(const NodeStatus& node) {
  boost::json::object disk{{"state", node.distrusted_disk               ? "not-trusted"
                                     : node.room && node.room->is_short ? "short"
                                                                        : "good"}};
  if (node.distrusted_disk) disk["reason"] = *node.distrusted_disk;
  if (node.inodes) {
    disk["free_inodes"] = node.inodes->free;
    disk["total_inodes"] = node.inodes->total;
  }
  if (!node.room) return disk;
  disk["free_bytes"] = node.room->space.free;
  disk["total_bytes"] = node.room->space.total;
  disk["reserve_bytes"] = node.room->reserve;
  return disk;
}

boost::json::array conflicts_of(const NodeStatus& node) {
  boost::json::array conflicts;
  for (const auto& [dataset, reason] : node.schema_conflicts)
    conflicts.push_back({{"dataset", dataset.str()}, {"reason", reason}});
  return conflicts;
}

boost::json::object configuration_json(const ConfigurationStatus& configuration) {
  boost::json::object object{{"since", record::to_string(configuration.since)}};
  if (configuration.refused_at) {
    object["refused_at"] = record::to_string(*configuration.refused_at);
    object["complaints"] = boost::json::value_from(configuration.complaints);
  }
  if (!configuration.restart.empty()) {
    object["restart"] = boost::json::value_from(configuration.restart);
  }
  if (!configuration.unfinished.empty()) {
    object["unfinished"] = boost::json::value_from(configuration.unfinished);
  }
  return object;
}

// What only some nodes have.
void add_parts(boost::json::object& object, const NodeStatus& node) {
  if (node.port) object["port"] = *node.port;
  if (node.pages_port) object["pages_port"] = *node.pages_port;
  if (node.uplink) object["uplink"] = boost::json::value_from(*node.uplink);
  if (node.certificate_ends) {
    object["certificate_ends"] = record::to_string(*node.certificate_ends);
  }
  if (node.not_signing) object["not_signing"] = *node.not_signing;
  if (node.backlog_limit > 0) object["backlog_limit_bytes"] = node.backlog_limit;
  if (node.held) object["held"] = each_in(*node.held);
  if (node.store_failure) object["store_failure"] = *node.store_failure;
  if (!node.schema_conflicts.empty()) object["schema_conflicts"] = conflicts_of(node);
  if (node.configuration) object["configuration"] = configuration_json(*node.configuration);
}

}  // namespace

std::string to_json(const NodeStatus& node) {
  boost::json::array jobs;
  for (const runs::JobStatus& job : node.jobs)
    jobs.push_back(job_json(job));
  boost::json::object object{{"node", node.name.str()},
                             {"version", SLUICE_VERSION},
                             {"started_at", record::to_string(node.started_at)},
                             {"now", record::to_string(node.now)},
                             {"troubles", each_in(troubles_of(node))},
                             {"disk", disk_of(node)},
                             {"streams", each_in(node.streams)},
                             {"jobs", std::move(jobs)},
                             {"certificates", each_in(node.certificates)},
                             {"revocation_lists", each_in(node.revocations)},
                             {"edges", each_in(node.edges)}};
  add_parts(object, node);
  return boost::json::serialize(object);
}

server::Route status_route(const trust::Policy& policy, asio::thread_pool& blocking,
                           std::function<NodeStatus()> status) {
  return {.method = server::Method::get,
          .path = "/v1/status",
          .content_types = {},
          .handler = [&blocking, status = std::move(status)](
                         const server::Request&) -> asio::awaitable<server::Response> {
            std::string body = co_await asio::co_spawn(
                blocking,
                [&status]() -> asio::awaitable<std::string> { co_return to_json(status()); },
                asio::use_awaitable);
            co_return server::Response{.content_type = "application/json", .body = std::move(body)};
          },
          .admission = for_operators(policy)};
}

}  // namespace sluice::api
