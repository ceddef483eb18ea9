// Makes checkpoints of the center's ledger, about once a second where something is new: by a thread
// and a store connection of its own, so that no batch waits for it.
#pragma once

#include <memory>
#include <thread>

#include "exchange/checkpoint_maker.h"
#include "installation/installation.h"
#include "observe/log.h"
#include "observe/metrics.h"

namespace sluice::node {

class Checkpointing {
 public:
  // All must outlive it.
  struct Surroundings {
    const installation::Installation& installation;
    observe::Log& log;
    observe::Metrics& metrics;
    std::shared_ptr<exchange::NewestCheckpoint> newest;
  };
  explicit Checkpointing(const Surroundings& surroundings);
  // Stops behind the step that is under way.
  ~Checkpointing() = default;
  Checkpointing(const Checkpointing&) = delete;
  Checkpointing& operator=(const Checkpointing&) = delete;

  // Asks for its end, and does not wait for it.
  void ask_to_stop() { thread_.request_stop(); }

 private:
  std::jthread thread_;
};

}  // namespace sluice::node
