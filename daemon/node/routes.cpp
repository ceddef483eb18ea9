// What a generation serves: to bureaus and edges, to people, and to its operators.
#include <algorithm>
#include <iterator>
#include <utility>

#include "node/generation.h"

namespace sluice::node {

std::vector<server::Route> Generation::routes_for_bureaus() {
  const settings::Node& node = installation_->settings.node;
  std::vector<server::Route> routes = records_->routes();
  std::ranges::move(outcomes_->routes(), std::back_inserter(routes));
  if (tasks_) std::ranges::move(tasks_->routes(), std::back_inserter(routes));
  routes.push_back(api::health_route(surroundings_.health));
  if (node.listen && node.listen->metrics) {
    routes.push_back(
        api::metrics_route(surroundings_.metrics, surroundings_.blocking, surroundings_.measure));
  }
  if (center_) std::ranges::move(center_->routes(), std::back_inserter(routes));
  return routes;
}

std::vector<server::Route> Generation::routes_for_people() {
  return site_->routes();
}

server::Audience Generation::people() {
  return site_->audience();
}

std::vector<server::Route> Generation::routes_for_operators() {
  std::vector<server::Route> routes = jobs_->routes();
  routes.push_back(api::health_route(surroundings_.health));
  routes.push_back(
      api::metrics_route(surroundings_.metrics, surroundings_.blocking, surroundings_.measure));
  routes.push_back(api::status_route(policy_, surroundings_.blocking, surroundings_.status));
  routes.push_back(api::reload_route(policy_, surroundings_.reload));
  return routes;
}

}  // namespace sluice::node
