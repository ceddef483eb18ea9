// A bureau's system adds tasks and asks for them: what it is answered, and what a call that is sent
// twice does.
#include "api/tasks_endpoint.h"

#include <set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "sqlite/database.h"
#include "support/audited_text.h"
#include "support/no_target.h"
#include "support/temporary_directory.h"
#include "tasks/sqlite/sqlite_tasks.h"

namespace sluice::api::test {
namespace {

using record::BureauId;
using record::DatasetId;
using testing::HasSubstr;
using testing::Not;

class TasksEndpointTest : public testing::Test {
 protected:
  ~TasksEndpointTest() override { blocking_.join(); }

  server::Response ask(server::Method method, const std::string& path, const std::string& body = {},
                       const std::string& key = {}) {
    const server::Peer peer{.caller = BureauId("park"), .subject = "", .address = "127.0.0.1:1"};
    std::vector<server::HeaderField> headers;
    if (!key.empty()) headers.push_back({"Idempotency-Key", key});
    server::Request request{.method = method,
                            .path = path,
                            .query = {},
                            .headers = headers,
                            .body = body,
                            .peer = peer};
    const auto route = router_.find(method, path, request.parameters);
    if ((*route)->admission) {
      if (auto refused = (*route)->admission(request)) return std::move(*refused);
    }
    boost::asio::io_context context;
    server::Response answered;
    boost::asio::co_spawn(context, (*route)->handler(request),
                          [&](const std::exception_ptr& thrown, server::Response response) {
                            EXPECT_FALSE(thrown);
                            answered = std::move(response);
                          });
    context.run();
    return answered;
  }
  server::Response post(const std::string& body, const std::string& key = {}) {
    return ask(server::Method::post, "/v1/datasets/approval/tasks", body, key);
  }
  server::Response get(int task) {
    return ask(server::Method::get, "/v1/tasks/" + std::to_string(task));
  }

  record::test::TemporaryDirectory directory_;
  record::Time now_ = record::parse_time("2026-11-29T02:00:00.000Z").value();
  trust::Policy policy_{{{BureauId("park"), DatasetId("approval"), record::Mode::manual_entry}}};
  trust::AuditLog audit_ =
      trust::AuditLog::open(directory_ / "audit", [this] { return now_; }).value();
  trust::Denials denials_{audit_, [](const trust::AuditFailure&) {}};
  observe::Log log_{observe::Log::Level::error, std::make_unique<sluice::test::NoTarget>()};
  boost::asio::thread_pool blocking_{1};
  TasksEndpoint endpoint_{{policy_, audit_, denials_, log_, [this] { return now_; },
                           [this] { return tasks::open_sqlite(directory_ / "tasks.sqlite"); },
                           blocking_}};
  server::Router router_{endpoint_.routes()};
};

TEST_F(TasksEndpointTest, TasksAreAddedAndToldWithoutWhatWasKeyed) {
  const auto added =
      post(R"([{"title": "HD-1", "priority": 5, "due": "2026-11-29T09:00:00+08:00"}, {}])");
  EXPECT_EQ(added.status, 200U);
  EXPECT_EQ(added.body, R"({"tasks":[1,2]})");
  const auto queue = tasks::open_sqlite(directory_ / "tasks.sqlite");
  const tasks::AccountName clerk("clerk");
  ASSERT_TRUE(queue->apply({1}, tasks::ClaimIt{clerk, {tasks::TaskState::open}, {}}, now_));
  ASSERT_TRUE(queue->apply({1}, tasks::FinishKeying{clerk, R"({"name":"secret"})", true}, now_));
  const auto told = get(1);
  EXPECT_EQ(told.status, 200U);
  EXPECT_THAT(told.body, HasSubstr(R"("state":"keyed")"));
  EXPECT_THAT(told.body, HasSubstr(R"("due":"2026-11-29T01:00:00.000Z","overdue":true)"));
  EXPECT_THAT(told.body, Not(HasSubstr("secret")));
  EXPECT_THAT(told.body, Not(HasSubstr("clerk")));
  EXPECT_EQ(get(3).status, 403U);
  EXPECT_EQ(ask(server::Method::get, "/v1/tasks/99999999999999999999").status, 403U);
  EXPECT_THAT(sluice::test::audited_text(directory_ / "audit"),
              HasSubstr(R"("event":"tasks-added","actor":"park","bureau":"park",)"
                        R"("dataset":"approval","count":"2")"));
}

TEST_F(TasksEndpointTest, WhatIsToldIsAsTheDescriptionSays) {
  post(R"({"title": "HD-1"})");
  const auto told = boost::json::parse(get(1).body).as_object();
  const YAML::Node schema = YAML::LoadFile(SLUICE_OPENAPI_FILE)["components"]["schemas"]["Task"];
  for (const auto& required : schema["required"])
    EXPECT_TRUE(told.contains(required.Scalar())) << required.Scalar();
  for (const auto& member : told)
    EXPECT_TRUE(schema["properties"][std::string(member.key())]) << member.key();
  std::set<std::string> states;
  for (const auto& state : schema["properties"]["state"]["enum"])
    states.insert(state.Scalar());
  std::set<std::string> known;
  for (const tasks::TaskState state : tasks::all_states)
    known.emplace(to_string(state));
  known.erase("declined");  // that is said of deliveries only
  EXPECT_EQ(states, known);
}

TEST_F(TasksEndpointTest, TheSameCallAgainAddsNothing) {
  const std::string body = R"([{"title": "a"}, {"title": "b"}])";
  const auto once = post(body, "key-1");
  EXPECT_EQ(once.body, R"({"tasks":[1,2]})");
  now_ += std::chrono::hours(24);
  EXPECT_EQ(post(body, "\"key-1\"").body, once.body);
  EXPECT_EQ(post(body, "key-2").body, R"({"tasks":[3,4]})");
  EXPECT_EQ(post(body).body, R"({"tasks":[5,6]})") << "without a key it is another call";
  const auto other = post(R"([{"title": "a"}])", "key-1");
  EXPECT_EQ(other.status, 422U);
  EXPECT_THAT(other.body, HasSubstr("urn:sluice:problem:key-reused"));
  EXPECT_EQ(post(body, "no\tkey").status, 400U);
  EXPECT_EQ(get(7).status, 403U);
}

TEST_F(TasksEndpointTest, WhatTheAuditLogDoesNotTakeIsNotAdded) {
  auto database = sqlite::Database::open(directory_ / "audit").value();
  ASSERT_TRUE(database.execute("DROP TABLE line"));
  const auto refused = post(R"([{"title":"HD-1"}])", "key-1");
  EXPECT_EQ(refused.status, 503U);
  EXPECT_THAT(refused.body, HasSubstr("nothing was done"));
  EXPECT_EQ(post(R"([{"title":"HD-1"}])").status, 503U);
  EXPECT_EQ(get(1).status, 403U) << "there is none";
}

TEST_F(TasksEndpointTest, ACallWithAFaultAddsNothing) {
  const auto refused = post(R"([{"title": "a"}, {"priority": 1000}])");
  EXPECT_EQ(refused.status, 422U);
  EXPECT_EQ(refused.content_type, "application/problem+json");
  EXPECT_THAT(refused.body, HasSubstr("urn:sluice:problem:tasks-refused"));
  EXPECT_THAT(refused.body, HasSubstr(R"("errors":[{"row":2,"field":"priority",)"));
  EXPECT_EQ(post("[").status, 400U);
  EXPECT_EQ(get(1).status, 403U);
  EXPECT_EQ(post("[]").body, R"({"tasks":[]})");
}

}  // namespace
}  // namespace sluice::api::test
