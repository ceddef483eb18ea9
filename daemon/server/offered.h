// What a listener serves, to whom, and within which limits: all that follows from a configuration,
// so that it is replaced as one, between two requests.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "observe/metrics.h"
#include "server/audience.h"
#include "server/body_memory.h"
#include "server/listen.h"
#include "server/router.h"
#include "trust/directory.h"

namespace sluice::server {

struct Offer {
  Router router;
  Listen limits;  // the address and the port are the listener's, from the first offer on
  const trust::Directory& directory;
  Audience audience = machines();  // whose proof and name are the listener's
  // What all of these refer to: kept until the last request that came to them has its answer. Null:
  // it outlives the listener.
  std::shared_ptr<const void> owner = nullptr;
};

// What bodies take, by the limits of the newest offer. The listener's and not an offer's: what a
// request still has that came to an earlier one is taken from the same. Not thread-safe.
struct BodyMemories {
  explicit BodyMemories(observe::Metrics::Gauge& taken) : gauge(taken), common(0, taken) {}

  // That of a route with limits of its own.
  [[nodiscard]] BodyMemory& own(const Route& route) {
    const std::uint64_t limit = route.bodies->max_memory_bytes;
    BodyMemory& memory =
        of_routes.try_emplace({route.method, route.path}, limit, gauge).first->second;
    memory.allow(limit);
    return memory;
  }

  observe::Metrics::Gauge& gauge;
  BodyMemory common;
  std::map<std::pair<Method, std::string>, BodyMemory> of_routes;
};

// An offer that is made. A request keeps the one that it came to.
struct Offered {
  Offered(Offer made, std::uint64_t place, BodyMemories& memories)
      : offer(std::move(made)), number(place), body_memory(memories.common) {
    memories.common.allow(offer.limits.max_body_memory_bytes);
    for (const Route* route : offer.router.routes())
      if (route->bodies) route_memory.emplace(route, &memories.own(*route));
  }

  [[nodiscard]] BodyMemory& memory_for(const Route& route) const {
    const auto own = route_memory.find(&route);
    return own == route_memory.end() ? body_memory : *own->second;
  }
  [[nodiscard]] std::uint64_t max_body_bytes(const Route& route) const {
    return route.bodies ? route.bodies->max_bytes : offer.limits.max_body_bytes;
  }

  const Offer offer;
  const std::uint64_t number;  // of the listener's offers, from 1
  BodyMemory& body_memory;
  std::map<const Route*, BodyMemory*> route_memory;  // of those with limits of their own
};

}  // namespace sluice::server
