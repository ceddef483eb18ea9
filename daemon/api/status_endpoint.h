// GET /v1/status: what `sluice status` shows.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "files/state_disk.h"
#include "journal/journal.h"
#include "link/link_state.h"
#include "record/identifiers.h"
#include "server/router.h"
#include "trust/policy.h"

namespace sluice::api {

struct StreamStatus {
  record::BureauId bureau;
  journal::Result<journal::Status> journal;
  link::LinkState::Snapshot link;
  bool is_stopped = false;  // until a person has acted
};

// What a center holds of a dataset, and of its first batch which it is, since when and why.
struct HeldStatus {
  std::string bureau;
  std::string dataset;
  std::uint64_t batches = 0;
  record::Time since{};
  record::Epoch epoch;
  record::Sequence sequence;
  std::string reason;
};

// By which configuration the node works, and what is in the way of another.
struct ConfigurationStatus {
  record::Time since{};  // when it came into use
  // Of the last that was read, where that was refused.
  std::optional<record::Time> refused_at = {};
  std::vector<std::string> complaints = {};
  std::vector<std::string> restart = {};  // keys of node.yaml that wait for one
};

struct NodeStatus {
  record::NodeId name;
  record::Time started_at;
  record::Time now;
  std::vector<StreamStatus> streams;
  std::optional<std::uint16_t> port;               // of the API
  std::optional<std::uint16_t> pages_port;         // of the pages for people
  std::optional<std::vector<std::string>> uplink;  // "host:port"
  std::optional<record::Time> certificate_ends;    // of our own the one that expires first
  std::optional<std::string> not_signing;          // why nothing is sealed, receipted or taken
  std::optional<files::StateDisk::Room> room = {};
  std::optional<std::string> distrusted_disk = {};   // why nothing is acknowledged
  std::optional<std::vector<HeldStatus>> held = {};  // of a node with a store
  // Of which datasets nothing is taken in, and why.
  std::map<record::DatasetId, std::string> schema_conflicts = {};
  std::optional<ConfigurationStatus> configuration = {};
};

// `status` is called on `blocking`, where it may read journals. All must outlive the route.
[[nodiscard]] server::Route status_route(const trust::Policy& policy,
                                         boost::asio::thread_pool& blocking,
                                         std::function<NodeStatus()> status);

}  // namespace sluice::api
