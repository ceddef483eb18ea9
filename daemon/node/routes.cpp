// What a generation serves: to bureaus and edges, to people, and to its operators.
#include <algorithm>
#include <iterator>
#include <utility>

#include "api/status_endpoint.h"
#include "api/whoami_endpoint.h"
#include "installation/system_clock.h"
#include "node/generation.h"

namespace sluice::node {

std::vector<server::Route> Generation::routes_for_bureaus() {
  const settings::Node& node = installation_->settings.node;
  std::vector<server::Route> routes = records_->routes();
  std::ranges::move(outcomes_->routes(), std::back_inserter(routes));
  if (tasks_) std::ranges::move(tasks_->routes(), std::back_inserter(routes));
  routes.push_back(health_route_for(api::HealthFor::bureaus));
  std::vector<record::BureauId> bureaus;
  for (const auto& [id, bureau] : installation_->settings.bureaus)
    bureaus.push_back(id);
  routes.push_back(
      api::whoami_route(policy_, {node.name, std::move(bureaus), installation::system_now}));
  if (node.listen && node.listen->metrics) {
    routes.push_back(api::metrics_route(surroundings_.metrics, surroundings_.measuring));
  }
  if (center_) std::ranges::move(center_->routes(), std::back_inserter(routes));
  return routes;
}

server::Route Generation::health_route_for(api::HealthFor whom) const {
  return api::health_route([whom, health = surroundings_.health] { return health(whom); });
}

std::vector<server::Route> Generation::routes_for_people() {
  return site_->routes();
}

server::Audience Generation::people() {
  return site_->audience();
}

std::vector<server::Route> Generation::routes_for_operators() {
  std::vector<server::Route> routes = jobs_->routes();
  routes.push_back(health_route_for(api::HealthFor::operators));
  routes.push_back(api::metrics_route(surroundings_.metrics, surroundings_.measuring));
  routes.push_back(api::status_route(policy_, surroundings_.blocking, surroundings_.status));
  routes.push_back(api::reload_route(policy_, surroundings_.reload));
  return routes;
}

}  // namespace sluice::node
