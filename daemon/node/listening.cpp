// What a node listens on: bureaus and edges, people, and its operators.
#include <algorithm>
#include <iterator>
#include <utility>

#include "api/whoami_endpoint.h"
#include "installation/system_clock.h"
#include "node/node.h"
#include "record/try.h"

namespace sluice::node {

std::expected<void, std::string> Node::listen() {
  const settings::Node& node = installation_->settings.node;
  // One for all: who writes to the file of tasks takes turns with the others of the same opener.
  installation::TasksOpener open_tasks;
  if (node.store) {
    open_tasks = installation::tasks_opener(installation_->settings, installation_->disk);
    look_at_tasks(open_tasks);
  }
  if (node.listen) SLUICE_TRY(listen_to_bureaus(open_tasks));
  if (node.pages) SLUICE_TRY(listen_to_people(open_tasks));
  return listen_to_operators();
}

void Node::look_at_tasks(const installation::TasksOpener& open_tasks) {
  std::vector<record::BureauId> bureaus;
  for (const auto& [id, bureau] : installation_->settings.bureaus) {
    if (bureau.manual_entry) bureaus.push_back(id);
  }
  if (bureaus.empty()) return;
  task_look_ =
      std::make_unique<TaskLook>(TaskLook::Surroundings{open_tasks, std::move(bureaus), metrics_});
}

std::expected<void, std::string> Node::listen_to_bureaus(
    const installation::TasksOpener& open_tasks) {
  const settings::Node& node = installation_->settings.node;
  auto tls = certificates_.for_bureaus();
  if (!tls) return std::unexpected(record::to_string(tls.error()));
  std::vector<server::Route> routes = records_->routes();
  std::ranges::move(outcomes_->routes(), std::back_inserter(routes));
  if (node.store) {
    tasks_.emplace(api::TasksEndpoint::Surroundings{policy_, audit_, denials_, *log_,
                                                    installation::system_now, open_tasks,
                                                    task_calls_, installation_->disk.get()});
    std::ranges::move(tasks_->routes(), std::back_inserter(routes));
  }
  routes.push_back(api::health_route([this] { return health(HealthFor::bureaus); }));
  std::vector<record::BureauId> bureaus;
  for (const auto& [id, bureau] : installation_->settings.bureaus)
    bureaus.push_back(id);
  routes.push_back(
      api::whoami_route(policy_, {node.name, std::move(bureaus), installation::system_now}));
  if (node.listen->metrics) {
    routes.push_back(api::metrics_route(metrics_, measuring_));
  }
  if (!node.nodes.empty()) {
    center_.emplace(Center::Surroundings{*installation_, signatories_, policy_, denials_, *log_,
                                         metrics_, holding_, newest_checkpoint_});
    std::ranges::move(center_->routes(), std::back_inserter(routes));
  }
  auto listening = server::HttpServer::listen(context_, *node.listen, std::move(*tls),
                                              server::Router(std::move(routes)),
                                              {directory_, denials_, *log_, metrics_});
  if (!listening) return std::unexpected(record::to_string(listening.error()));
  api_ = std::move(*listening);
  return {};
}

std::expected<void, std::string> Node::listen_to_operators() {
  const settings::Node& node = installation_->settings.node;
  jobs_.emplace(api::JobsEndpoint::Surroundings{policy_, *scheduler_, blocking_});
  std::vector<server::Route> routes = jobs_->routes();
  routes.push_back(api::health_route([this] { return health(HealthFor::operators); }));
  routes.push_back(api::metrics_route(metrics_, measuring_));
  routes.push_back(api::status_route(policy_, blocking_, [this] { return status(); }));
  auto listening = server::HttpServer::listen_locally(
      context_, node.control_socket, node.listen.value_or(server::Listen{}),
      server::Router(std::move(routes)), {directory_, denials_, *log_, metrics_});
  if (!listening) return std::unexpected(record::to_string(listening.error()));
  control_ = std::move(*listening);
  return {};
}

std::expected<void, std::string> Node::listen_to_people(
    const installation::TasksOpener& open_tasks) {
  const settings::Pages& pages = *installation_->settings.node.pages;
  auto tls = certificates_.for_people();
  if (!tls) return std::unexpected(record::to_string(tls.error()));
  const auto open_people = [this] {
    return installation::open_people(installation_->settings, installation_->disk);
  };
  const auto open_kept_reports = [this] {
    return installation::open_kept_reports(installation_->settings, installation_->disk);
  };
  const auto open_store = [this] { return installation_->open_store_to_look_up(); };
  site_.emplace(pages::Surroundings{.installation = *installation_,
                                    .policy = policy_,
                                    .audit = audit_,
                                    .denials = denials_,
                                    .log = *log_,
                                    .scheduler = *scheduler_,
                                    .status = [this] { return status(); },
                                    .open_people = open_people,
                                    .open_kept_reports = open_kept_reports,
                                    .clock = installation::system_now,
                                    .sessions = pages.sessions,
                                    .time_zone = pages.time_zone,
                                    .desks = desks_.all(),
                                    .code_tables = desks_.tables(),
                                    .open_tasks = open_tasks,
                                    .open_store = open_store,
                                    .csv = csv_});
  auto listening = server::HttpServer::listen(
      context_, pages.listen, std::move(*tls), server::Router(site_->routes()),
      {directory_, denials_, *log_, metrics_}, site_->audience());
  if (!listening) return std::unexpected(record::to_string(listening.error()));
  pages_ = std::move(*listening);
  return {};
}

}  // namespace sluice::node
