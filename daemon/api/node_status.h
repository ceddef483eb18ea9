// How a node is, as far as it knows itself: facts, without a judgement. What is wrong with them is
// for troubles.h to say.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "files/inodes.h"
#include "files/state_disk.h"
#include "journal/journal.h"
#include "link/link_state.h"
#include "record/identifiers.h"
#include "runs/scheduler.h"

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
  bool passes = false;  // by itself: nobody has to act
};

// What another node, that brings a bureau's batches here, last told of them.
struct EdgeStatus {
  record::BureauId bureau;
  record::NodeId node;
  std::optional<record::Time> told;  // by our clock; nothing: it has not told yet
  std::uint64_t quarantine_waiting = 0;
  bool is_old = false;  // it should have told again since
};

// One of the node's own.
struct CertificateStatus {
  std::string of;  // identity, pages
  std::string subject;
  std::string serial;
  record::Time ends{};
};

struct RevocationStatus {
  std::string issuer;  // RFC 2253
  record::Time issued{};
  std::optional<record::Time> ends;  // nothing: never
};

// By which configuration the node works, and what is in the way of another.
struct ConfigurationStatus {
  record::Time since{};  // when it came into use
  // Of the last that was read, where that was refused.
  std::optional<record::Time> refused_at = {};
  std::vector<std::string> complaints = {};
  std::vector<std::string> restart = {};  // keys of node.yaml that wait for one
  // Why parts of the node may still work by one before it, until a restart.
  std::vector<std::string> unfinished = {};
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
  std::vector<CertificateStatus> certificates = {};
  std::vector<RevocationStatus> revocations = {};
  std::optional<std::string> not_signing;  // why nothing is sealed, receipted or taken
  std::optional<files::StateDisk::Room> room = {};
  std::optional<files::Inodes> inodes = {};         // of the same disk
  std::optional<std::string> distrusted_disk = {};  // why nothing is acknowledged
  std::uint64_t backlog_limit = 0;                  // bytes a stream; 0: it is not known
  std::vector<runs::JobStatus> jobs = {};
  // Of a node with a store.
  std::optional<std::vector<HeldStatus>> held = {};
  std::optional<std::string> store_failure = {};  // why it can not be worked with
  std::vector<EdgeStatus> edges = {};
  // Of which datasets nothing is taken in, and why.
  std::map<record::DatasetId, std::string> schema_conflicts = {};
  std::optional<ConfigurationStatus> configuration = {};
};

}  // namespace sluice::api
