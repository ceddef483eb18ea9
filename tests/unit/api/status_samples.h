// Nodes as they are told of, for the tests of what is made of it.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "api/node_status.h"

namespace sluice::api::test {

inline const record::Time now = *record::parse_time("2026-12-01T03:00:00.000Z");

inline StreamStatus stream_of(const std::string& bureau) {
  const record::BureauId id(bureau);
  return {id, journal::Status{.stream = {id, record::Epoch{1}}}, {}, false};
}

inline NodeStatus node_of(std::vector<StreamStatus> streams) {
  return {.name = record::NodeId("center"),
          .started_at = now - std::chrono::hours(3),
          .now = now,
          .streams = std::move(streams)};
}

// One of everything that can be wrong.
inline NodeStatus node_with_every_trouble() {
  constexpr std::uint64_t mib = std::uint64_t{1} << 20;
  auto gone = stream_of("gone");
  gone.journal = std::unexpected(
      journal::JournalFailure{journal::JournalProblem::lost, "gone.journal", "it is not there"});
  auto stopped = stream_of("stopped");
  stopped.is_stopped = true;
  auto away = stream_of("away");
  away.link.held_back_since = now - std::chrono::minutes(3);
  away.link.reason = "https://center:8443: nobody answers there";
  away.link.last_receipt = now - std::chrono::minutes(4);
  auto full = stream_of("full");
  full.journal->gaps = 2;
  full.journal->quarantine_waiting = 13;
  full.journal->backlog = {.batches = 7, .bytes = 60 * mib, .oldest = now - std::chrono::hours(1)};
  full.journal->held = {{record::DatasetId("approval"), 2, now - std::chrono::hours(2)}};
  NodeStatus node = node_of({away, full, gone, stopped});
  node.backlog_limit = 100 * mib;
  node.not_signing = "the certificate has ended";
  node.distrusted_disk = "audit.sqlite";
  node.room =
      files::StateDisk::Room{.space = {.free = 10, .total = 1000}, .reserve = 20, .is_short = true};
  node.inodes = files::Inodes{.free = 1, .total = 100};
  // Whole days are told: half of one is left over, so that a minute makes no difference.
  node.certificate_ends = now + std::chrono::days(12) + std::chrono::hours(12);
  node.certificates = {{"identity", "CN=center", "0A", now + std::chrono::days(12)}};
  node.revocations = {{"CN=old", now - std::chrono::days(9), now - std::chrono::days(1)},
                      {"CN=soon", now - std::chrono::days(6), now + std::chrono::hours(5)},
                      {"CN=never", now, std::nullopt}};
  node.store_failure = "the database does not answer";
  node.held.emplace().push_back({.bureau = "park",
                                 .dataset = "register",
                                 .batches = 3,
                                 .since = now - std::chrono::hours(5),
                                 .epoch = record::Epoch{1},
                                 .sequence = record::Sequence{12},
                                 .reason = "the dataset is not known here"});
  node.configuration = ConfigurationStatus{.since = now - std::chrono::hours(2),
                                           .refused_at = now - std::chrono::hours(1),
                                           .complaints = {"bureaus/park.yaml:3:1: found nothing"},
                                           .restart = {"listen.port", "log.level"},
                                           .unfinished = {"drop folders: no memory"}};
  node.schema_conflicts.emplace(record::DatasetId("approval"), "a field is gone");
  node.edges = {
      {.bureau = record::BureauId("far"),
       .node = record::NodeId("edge-far"),
       .told = now - std::chrono::hours(2),
       .quarantine_waiting = 4,
       .is_old = true},
      {.bureau = record::BureauId("new"), .node = record::NodeId("edge-new"), .told = {}}};
  const auto job = [](const char* bureau, const char* task, const char* outcome) {
    runs::JobStatus status{.name = {record::BureauId(bureau), task}, .schedule = "@every 10m"};
    status.last = runs::Run{.job = status.name,
                            .started = std::chrono::floor<std::chrono::seconds>(now),
                            .ended = std::chrono::floor<std::chrono::seconds>(now),
                            .outcome = outcome,
                            .sentence = "why"};
    return status;
  };
  node.jobs = {job("away", "collect", "failed"), job("away", "reconcile", "differs"),
               job("full", "collect", "held-back"), job("full", "reconcile", "succeeded")};
  node.jobs.back().is_paused = true;
  return node;
}

}  // namespace sluice::api::test
