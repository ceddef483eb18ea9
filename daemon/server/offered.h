// What a listener serves, to whom, and within which limits: all that follows from a configuration,
// so that it is replaced as one, between two requests.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
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
  Listen limits;  // without the address and the port, which stay
  const trust::Directory& directory;
  Audience audience = machines();  // whose proof and name are the listener's
  // What all of these refer to: kept until the last request that came to them has its answer. Null:
  // it outlives the listener.
  std::shared_ptr<const void> owner = nullptr;
};

// An offer that is made, and what of its limits is used. A request keeps the one that it came to.
struct Offered {
  Offered(Offer made, std::uint64_t place, observe::Metrics& metrics)
      : offer(std::move(made)),
        number(place),
        body_memory(offer.limits.max_body_memory_bytes, metrics.http_body_bytes()) {
    for (const Route* route : offer.router.routes()) {
      if (!route->bodies) continue;
      route_memory.try_emplace(route, route->bodies->max_memory_bytes, metrics.http_body_bytes());
    }
  }

  [[nodiscard]] BodyMemory& memory_for(const Route& route) {
    const auto own = route_memory.find(&route);
    return own == route_memory.end() ? body_memory : own->second;
  }
  [[nodiscard]] std::uint64_t max_body_bytes(const Route& route) const {
    return route.bodies ? route.bodies->max_bytes : offer.limits.max_body_bytes;
  }

  const Offer offer;
  const std::uint64_t number;  // of the listener's offers, from 1
  BodyMemory body_memory;
  std::map<const Route*, BodyMemory> route_memory;  // of those with limits of their own
};

}  // namespace sluice::server
