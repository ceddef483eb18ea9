// Who may use what of the API: every route of it, and every kind of caller. Whoever adds a route
// says here for whom it is.
#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "api/batches_endpoint.h"
#include "api/checkpoints_endpoint.h"
#include "api/digests_endpoint.h"
#include "api/health.h"
#include "api/jobs_endpoint.h"
#include "api/outcomes_endpoint.h"
#include "api/quarantine_endpoint.h"
#include "api/records_endpoint.h"
#include "api/reload_endpoint.h"
#include "api/status_endpoint.h"
#include "api/tasks_endpoint.h"
#include "api/whoami_endpoint.h"
#include "edges/sqlite/sqlite_kept_reports.h"
#include "support/center_builder.h"
#include "support/no_target.h"
#include "tasks/sqlite/sqlite_tasks.h"

namespace sluice::api::test {
namespace {

using record::BureauId;
using record::DatasetId;
using record::NodeId;
using server::Method;

struct CallerKind {
  std::string name;
  trust::Caller caller;
};

const std::vector<CallerKind>& callers() {
  static const std::vector<CallerKind> all{{"bureau that publishes it", BureauId("park")},
                                           {"other bureau", BureauId("quality")},
                                           {"node that brings it", NodeId("front-1")},
                                           {"other node", NodeId("front-2")},
                                           {"node named as the bureau", NodeId("park")},
                                           {"operator", trust::Operator{}},
                                           {"stranger", trust::Stranger{}}};
  return all;
}

struct Right {
  Method method;
  std::string path;
  std::set<std::string> who;
};

const std::set<std::string> publisher{"bureau that publishes it"};
const std::set<std::string> carrier{"node that brings it"};
const std::set<std::string> operators{"operator"};

// Health and metrics are for everybody whom the listener admits.
std::set<std::string> everybody() {
  std::set<std::string> all;
  for (const CallerKind& kind : callers())
    all.insert(kind.name);
  return all;
}

std::vector<Right> rights() {
  return {{Method::post, "/v1/datasets/approval/records", publisher},
          {Method::get, "/v1/datasets/approval/outcomes", publisher},
          {Method::get, "/v1/datasets/approval/outcomes/1/1", publisher},
          {Method::post, "/v1/datasets/approval/tasks", publisher},
          {Method::post, "/v1/datasets/register/tasks", {}},  // not by manual entry
          {Method::get, "/v1/tasks/1", publisher},
          {Method::get, "/v1/tasks/2", {}},  // of another bureau
          {Method::get, "/v1/tasks/3", {}},  // that there is not
          {Method::put, "/v1/streams/park/1/batches/1", carrier},
          {Method::get, "/v1/streams/park/1", carrier},
          {Method::get, "/v1/streams/park/1/batches/1/receipt", carrier},
          {Method::put, "/v1/streams/park/quarantine", carrier},
          {Method::get, "/v1/checkpoints/park/0123456789abcdef/1", carrier},
          {Method::post, "/v1/datasets/approval/digests", carrier},
          {Method::post, "/v1/datasets/approval/schema", carrier},
          {Method::get, "/v1/jobs", operators},
          {Method::post, "/v1/jobs/park/pause", operators},
          {Method::post, "/v1/jobs/park/resume", operators},
          {Method::post, "/v1/jobs/park/run", operators},
          {Method::get, "/v1/status", operators},
          {Method::post, "/v1/reload", operators},
          {Method::get,
           "/v1/whoami",
           {"bureau that publishes it", "other bureau", "node that brings it", "other node",
            "node named as the bureau"}},
          {Method::get, "/v1/health", everybody()},
          {Method::get, "/metrics", everybody()}};
}

// Everything that a node can offer.
class Offer {
 public:
  Offer() {
    const exchange::KnownDataset& known = *center_.catalogue.find(center_.dataset.id);
    records_ = RecordsEndpoint::make({{{BureauId("park"), {1}},
                                       commit_,
                                       {{known.dataset,
                                         known.checker,
                                         mapping_,
                                         {},
                                         1 << 20,
                                         {known.dataset.id, known.schema, record::Mode::direct}}}}},
                                     {known.dataset.id},
                                     {policy_, denials_, log_, running_, clock_, blocking_})
                   .value();
    const auto queue = open_tasks().value();
    for (const char* bureau : {"park", "tax"}) {
      const tasks::NewTask task{.bureau = BureauId(bureau), .dataset = DatasetId("approval")};
      EXPECT_TRUE(queue->add(std::span(&task, 1), std::nullopt, center_.now));
    }
    std::vector<server::Route> routes = records_->routes();
    std::ranges::move(outcomes_.routes(), std::back_inserter(routes));
    std::ranges::move(tasks_.routes(), std::back_inserter(routes));
    std::ranges::move(batches_.routes(), std::back_inserter(routes));
    std::ranges::move(checkpoints_.routes(), std::back_inserter(routes));
    std::ranges::move(digests_.routes(), std::back_inserter(routes));
    std::ranges::move(quarantines_.routes(), std::back_inserter(routes));
    std::ranges::move(jobs_.routes(), std::back_inserter(routes));
    routes.push_back(status_route(policy_, blocking_, [] { return NodeStatus{}; }));
    routes.push_back(reload_route(policy_, [](const std::string&, ReloadDone done) { done({}); }));
    routes.push_back(health_route([] { return Health{}; }));
    routes.push_back(whoami_route(policy_, {NodeId("center"), {BureauId("park")}, clock_}));
    routes.push_back(metrics_route(metrics_, measuring_));
    router_.emplace(std::move(routes));
  }
  ~Offer() { blocking_.join(); }

  [[nodiscard]] const server::Router& router() const { return *router_; }

  // Whether this caller gets more than 403. What it then asks for is not there, or no good.
  [[nodiscard]] bool lets(const trust::Caller& caller, const Right& right) {
    server::Peer peer{.caller = caller, .subject = "CN=somebody", .address = "127.0.0.1:1"};
    server::Request request{.method = right.method,
                            .path = right.path,
                            .query = {},
                            .headers = {},
                            .body = "no such thing",
                            .peer = peer};
    const auto route = router_->find(right.method, right.path, request.parameters);
    EXPECT_TRUE(route) << right.path;
    if (!route) return false;
    if ((*route)->admission) {
      if (const auto refused = (*route)->admission(request)) return refused->status != 403;
    }
    boost::asio::io_context context;
    unsigned status = 0;
    boost::asio::co_spawn(context, (*route)->handler(request),
                          [&](const std::exception_ptr& thrown, const server::Response& response) {
                            EXPECT_FALSE(thrown) << right.path;
                            status = response.status;
                          });
    context.run();
    EXPECT_NE(status, 0U);
    return status != 403;
  }

 private:
  exchange::test::Center center_;
  journal::Clock clock_ = [this] { return center_.now; };
  trust::Policy policy_{{{BureauId("park"), DatasetId("approval"), record::Mode::direct},
                         {BureauId("park"), DatasetId("approval"), record::Mode::manual_entry},
                         {BureauId("park"), DatasetId("register"), record::Mode::direct}},
                        {{NodeId("front-1"), {BureauId("park")}}, {NodeId("front-2"), {}}}};
  trust::AuditLog audit_ = trust::AuditLog::open(center_.node.directory / "audit", clock_).value();
  trust::Denials denials_{audit_, [](const trust::AuditFailure&) {}};
  observe::Log log_{observe::Log::Level::error, std::make_unique<sluice::test::NoTarget>()};
  observe::Metrics metrics_;
  Measuring measuring_{{[] { return [] {}; }, [] {}}};
  intake::Mapping mapping_;
  journal::Limits limits_;
  journal::GroupCommit commit_{
      journal::Journal::open(center_.node.directory / "park.journal", BureauId("park"), limits_,
                             center_.keyring, clock_)
          .value(),
      limits_, [](const journal::JournalFailure&) {}};
  exchange::ReceptionPool receptions_{
      1,
      [this]() -> std::expected<std::unique_ptr<exchange::Reception>, exchange::ReceptionFailure> {
        return std::make_unique<exchange::Reception>(center_.reception());
      }};
  adapters::direct::RunningKeys running_;
  boost::asio::thread_pool blocking_{1};
  runs::Scheduler scheduler_{{.command = "/bin/false",
                              .configuration = center_.node.directory.path(),
                              .history = center_.node.directory / "jobs.sqlite",
                              .log = log_,
                              .metrics = metrics_,
                              .clock = [] { return schedule::Moment(); },
                              .chance = [] { return 0.0; }}};
  std::unique_ptr<RecordsEndpoint> records_;
  OutcomesEndpoint outcomes_{{policy_, denials_, log_, {DatasetId("approval")}},
                             {{{BureauId("park"), {1}}, commit_}},
                             blocking_};
  BatchesEndpoint batches_{{{policy_, denials_, log_}, receptions_, receptions_}};
  CheckpointsEndpoint checkpoints_{{{policy_, denials_, log_}, receptions_}};
  DigestsEndpoint digests_{{policy_, center_.catalogue, receptions_, receptions_, denials_, log_}};
  QuarantineEndpoint quarantines_{{{policy_, denials_, log_},
                                   [this]() -> edges::Result<std::unique_ptr<edges::KeptReports>> {
                                     return edges::open_sqlite(center_.node.directory /
                                                               "edges.sqlite");
                                   },
                                   metrics_,
                                   clock_}};
  tasks::Result<std::unique_ptr<tasks::Tasks>> open_tasks() {
    return tasks::open_sqlite(center_.node.directory / "tasks.sqlite");
  }
  TasksEndpoint tasks_{
      {policy_, audit_, denials_, log_, clock_, [this] { return open_tasks(); }, blocking_}};
  JobsEndpoint jobs_{{policy_, scheduler_, blocking_}};
  std::optional<server::Router> router_;
};

TEST(Rights, EveryRouteLetsInWhomItIsForAndNobodyElse) {
  Offer offer;
  for (const Right& right : rights()) {
    for (const CallerKind& kind : callers()) {
      EXPECT_EQ(offer.lets(kind.caller, right), right.who.contains(kind.name))
          << to_string(right.method) << ' ' << right.path << " for the " << kind.name;
    }
  }
}

TEST(Rights, NoRouteIsMissingHere) {
  const Offer offer;
  std::set<const server::Route*> listed;
  for (const Right& right : rights()) {
    std::array<server::Request::Parameter, 4> parameters;
    const auto route = offer.router().find(right.method, right.path, parameters);
    ASSERT_TRUE(route) << right.path;
    listed.insert(*route);
  }
  for (const server::Route* route : offer.router().routes()) {
    EXPECT_TRUE(listed.contains(route)) << to_string(route->method) << ' ' << route->path;
  }
}

}  // namespace
}  // namespace sluice::api::test
