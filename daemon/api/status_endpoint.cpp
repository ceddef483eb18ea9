#include "api/status_endpoint.h"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include "api/operators.h"

namespace sluice::api {
namespace {

namespace asio = boost::asio;

boost::json::object to_json(const link::LinkState::Snapshot& link, bool stopped) {
  boost::json::object object{{"state", stopped                ? "stopped"
                                       : link.held_back_since ? "held-back"
                                                              : "up"}};
  if (link.held_back_since) {
    object["since"] = record::to_string(*link.held_back_since);
    object["reason"] = link.reason;
  }
  if (link.last_receipt) object["last_receipt"] = record::to_string(*link.last_receipt);
  return object;
}

boost::json::object to_json(const journal::Status& status) {
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
  };
  boost::json::array held;
  for (const journal::HeldDataset& of : status.held) {
    held.push_back(boost::json::object{{"dataset", of.dataset.str()},
                                       {"batches", of.batches},
                                       {"since", record::to_string(of.since)}});
  }
  object["held"] = std::move(held);
  if (status.backlog.oldest) object["backlog_oldest"] = record::to_string(*status.backlog.oldest);
  return object;
}

boost::json::object to_json(const StreamStatus& stream) {
  if (!stream.journal) {
    return {{"bureau", stream.bureau.str()}, {"error", record::to_string(stream.journal.error())}};
  }
  boost::json::object object = to_json(*stream.journal);
  object["link"] = to_json(stream.link, stream.is_stopped);
  return object;
}

boost::json::array to_json(const std::vector<HeldStatus>& held) {
  boost::json::array all;
  for (const HeldStatus& of : held) {
    all.push_back(boost::json::object{{"bureau", of.bureau},
                                      {"dataset", of.dataset},
                                      {"batches", of.batches},
                                      {"since", record::to_string(of.since)},
                                      {"epoch", of.epoch.value},
                                      {"sequence", of.sequence.value},
                                      {"reason", of.reason}});
  }
  return all;
}

boost::json::object disk_of(const NodeStatus& node) {
  boost::json::object disk{{"state", node.distrusted_disk               ? "not-trusted"
                                     : node.room && node.room->is_short ? "short"
                                                                        : "good"}};
  if (node.distrusted_disk) disk["reason"] = *node.distrusted_disk;
  if (node.room) {
    disk["free_bytes"] = node.room->space.free;
    disk["reserve_bytes"] = node.room->reserve;
  }
  return disk;
}

boost::json::object to_json(const ConfigurationStatus& configuration) {
  boost::json::object object{{"since", record::to_string(configuration.since)}};
  if (configuration.refused_at) {
    object["refused_at"] = record::to_string(*configuration.refused_at);
    object["complaints"] = boost::json::value_from(configuration.complaints);
  }
  if (!configuration.restart.empty()) {
    object["restart"] = boost::json::value_from(configuration.restart);
  }
  return object;
}

std::string to_text(const NodeStatus& node) {
  boost::json::array streams;
  for (const StreamStatus& stream : node.streams)
    streams.push_back(to_json(stream));
  boost::json::object object{{"node", node.name.str()},
                             {"version", SLUICE_VERSION},
                             {"started_at", record::to_string(node.started_at)},
                             {"now", record::to_string(node.now)},
                             {"disk", disk_of(node)},
                             {"streams", std::move(streams)}};
  if (node.port) object["port"] = *node.port;
  if (node.pages_port) object["pages_port"] = *node.pages_port;
  if (node.certificate_ends) {
    object["certificate_ends"] = record::to_string(*node.certificate_ends);
  }
  if (node.not_signing) object["not_signing"] = *node.not_signing;
  if (node.held) object["held"] = to_json(*node.held);
  if (!node.schema_conflicts.empty()) {
    boost::json::array conflicts;
    for (const auto& [dataset, reason] : node.schema_conflicts)
      conflicts.push_back({{"dataset", dataset.str()}, {"reason", reason}});
    object["schema_conflicts"] = std::move(conflicts);
  }
  if (node.configuration) object["configuration"] = to_json(*node.configuration);
  if (node.uplink) object["uplink"] = boost::json::value_from(*node.uplink);
  return boost::json::serialize(object);
}

}  // namespace

server::Route status_route(const trust::Policy& policy, asio::thread_pool& blocking,
                           std::function<NodeStatus()> status) {
  return {.method = server::Method::get,
          .path = "/v1/status",
          .content_types = {},
          .handler = [&blocking, status = std::move(status)](
                         const server::Request&) -> asio::awaitable<server::Response> {
            std::string body = co_await asio::co_spawn(
                blocking,
                [&status]() -> asio::awaitable<std::string> { co_return to_text(status()); },
                asio::use_awaitable);
            co_return server::Response{.content_type = "application/json", .body = std::move(body)};
          },
          .admission = for_operators(policy)};
}

}  // namespace sluice::api
