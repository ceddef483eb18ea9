// What a node is to others that have it for their center: it takes their batches, answers what
// they ask to compare, and keeps what they tell of their quarantines.
#pragma once

#include <memory>
#include <vector>

#include "api/batches_endpoint.h"
#include "api/checkpoints_endpoint.h"
#include "api/digests_endpoint.h"
#include "api/quarantine_endpoint.h"
#include "exchange/checkpoint_maker.h"
#include "exchange/reception_pool.h"
#include "installation/installation.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "server/router.h"
#include "trust/denials.h"
#include "trust/policy.h"

namespace sluice::node {

class Center {
 public:
  // All must outlive it.
  struct Surroundings {
    const installation::Installation& installation;
    const exchange::Reception::Signatories& signatories;
    const trust::Policy& policy;
    trust::Denials& denials;
    observe::Log& log;
    observe::Metrics& metrics;
    exchange::Holding& holding;
    std::shared_ptr<exchange::NewestCheckpoint> newest_checkpoint;
  };
  // What opens receptions for them, and for who looks after what is held.
  [[nodiscard]] static exchange::ReceptionPool::Open reception_of(const Surroundings& surroundings);
  explicit Center(const Surroundings& surroundings);

  // They refer to the center.
  [[nodiscard]] std::vector<server::Route> routes();
  // Waits for what is being applied; nothing is taken afterwards.
  void join();

 private:
  exchange::ReceptionPool receptions_;
  exchange::ReceptionPool lookups_;
  exchange::ReceptionPool comparisons_;
  api::BatchesEndpoint batches_;
  api::CheckpointsEndpoint checkpoints_;
  api::DigestsEndpoint digests_;
  api::QuarantineEndpoint quarantines_;
};

}  // namespace sluice::node
