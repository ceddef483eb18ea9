// The nodes that bring a bureau's batches, and what else only they may say of its stream: who is
// turned away, and how that is told, audited and logged.
#pragma once

#include <optional>
#include <string>

#include "api/batch_problem.h"
#include "observe/log.h"
#include "server/request.h"
#include "trust/denials.h"
#include "trust/policy.h"

namespace sluice::api {

// Thread-safe. What it refers to must outlive it.
struct Carriers {
  const trust::Policy& policy;
  trust::Denials& denials;
  observe::Log& log;

  // Of a path with {bureau}. Nothing: the caller brings that bureau's batches.
  [[nodiscard]] std::optional<server::Response> turn_away(const server::Request& request) const;
  void deny(const server::Peer& peer, const std::string& bureau, const std::string& reason) const;
};

}  // namespace sluice::api
