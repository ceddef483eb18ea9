#include "api/quarantine_endpoint.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/center_server.h"

namespace sluice::api::test {
namespace {

using edges::KeptReport;
using edges::QuarantineReport;
using record::test::moment;
using sluice::test::RawClient;
using sluice::test::status_line;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Of what waits since that minute.
QuarantineReport waiting(std::uint64_t entries) {
  const record::Time since = moment("2026-11-23T04:40:00.000Z");
  return {.as_of = moment("2026-11-23T04:43:59.000Z"),
          .groups = {{journal::QuarantineState::waiting, record::DatasetId("approval"), "uscc",
                      entries, since, since}}};
}

class QuarantineEndpointTest : public testing::Test {
 protected:
  static std::string put(const std::string& body, const std::string& bureau = "park",
                         const std::string& type = "application/json") {
    return "PUT /v1/streams/" + bureau +
           "/quarantine HTTP/1.1\r\nHost: center\r\nContent-Type: " + type +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  std::string ask(const std::string& request, const std::string& name = "front-1") {
    RawClient client = server.client(name);
    client.send(request);
    return client.receive();
  }
  // "409 out-of-order"
  static std::string problem(const std::string& response) {
    const auto object =
        boost::json::parse(response.substr(response.find("\r\n\r\n") + 4)).as_object();
    const std::string type(object.at("type").as_string());
    return std::to_string(object.at("status").to_number<int>()) + " " +
           type.substr(type.rfind(':') + 1);
  }
  CenterServer server;
};

TEST_F(QuarantineEndpointTest, KeepsTheLastReportOfEachBureauWithWhoBroughtItAndWhen) {
  const std::string answer = ask(put(to_json(waiting(3))));
  EXPECT_EQ(status_line(answer), "HTTP/1.1 200 OK");
  EXPECT_THAT(answer, HasSubstr(R"({"bureau":"park","received_at":"2026-11-23T04:44:00.000Z"})"));
  ask(put(to_json(waiting(1)), "quality"));
  server.center.now += std::chrono::minutes(1);
  ask(put(to_json(waiting(2))));
  const record::NodeId node("front-1");
  const record::Time now = server.center.now;
  EXPECT_THAT(server.reports(),
              ElementsAre(KeptReport{record::BureauId("park"), node, now, waiting(2)},
                          KeptReport{record::BureauId("quality"), node,
                                     now - std::chrono::minutes(1), waiting(1)}));
}

TEST_F(QuarantineEndpointTest, TellsItInMetrics) {
  ask(put(to_json(waiting(3))));
  EXPECT_EQ(server.metrics().edge_quarantine_waiting("park").Value(), 3);
  EXPECT_EQ(server.metrics().edge_report_seconds("park").Value(), 1'795'409'040);
}

TEST_F(QuarantineEndpointTest, TellsInMetricsWhatWasKeptBeforeOfBureausThatAreStillBrought) {
  ask(put(to_json(waiting(3))));
  ask(put(to_json(waiting(2)), "quality"));
  observe::Metrics metrics;
  server.recall({record::BureauId("park"), record::BureauId("tax")}, metrics);
  EXPECT_EQ(metrics.edge_report_seconds("park").Value(), 1'795'409'040);
  const std::string told = metrics.exposition();
  EXPECT_THAT(told, HasSubstr("sluice_edge_quarantine_waiting{bureau=\"park\"} 3"));
  EXPECT_THAT(told, Not(HasSubstr("quality")));
  EXPECT_THAT(told, Not(HasSubstr("bureau=\"tax\"")));
}

TEST_F(QuarantineEndpointTest, RefusesWhatIsNoReportAndKeepsTheOneThatItHas) {
  ask(put(to_json(waiting(3))));
  for (const std::string body :
       {R"({"secret":"91110108MA000016X0"})", "[]", "", R"({"format":"sluice-quarantine/2"})"}) {
    const std::string refused = ask(put(body));
    EXPECT_EQ(problem(refused), "400 not-a-report") << body;
    EXPECT_THAT(refused, Not(HasSubstr("91110108MA000016X0"))) << "nor does it quote it";
  }
  EXPECT_EQ(problem(ask(put(to_json(waiting(4)), "park", "text/plain"))),
            "415 content-type-unsupported");
  EXPECT_EQ(problem(ask(put(std::string(edges::most_report_bytes + 1, ' ')))),
            "413 body-too-large");
  EXPECT_EQ(server.reports().at(0).report, waiting(3));
}

TEST_F(QuarantineEndpointTest, TurnsAwayWhoDoesNotBringTheBureausBatches) {
  const std::string body = to_json(waiting(3));
  EXPECT_EQ(problem(ask(put(body), "front-2")), "403 not-permitted");
  EXPECT_EQ(problem(ask(put(body), "park")), "403 not-permitted");
  EXPECT_EQ(problem(ask(put(body, "tax"))), "403 not-permitted");
  EXPECT_THAT(server.reports(), IsEmpty());
  EXPECT_THAT(server.audited(), HasSubstr(R"("actor":"front-2","target":"park")"));
}

TEST_F(QuarantineEndpointTest, AsksToComeAgainLaterWhileTheStoreIsAway) {
  server.center.is_store_available = false;
  EXPECT_EQ(problem(ask(put(to_json(waiting(3))))), "503 store-unavailable");
  server.center.is_store_available = true;
  EXPECT_EQ(status_line(ask(put(to_json(waiting(3))))), "HTTP/1.1 200 OK");
}

TEST_F(QuarantineEndpointTest, TurnsAwayWhoComesWhileManyWaitForTheStore) {
  server.is_keeping_held = true;
  std::mutex mutex;
  std::condition_variable answered;
  std::vector<std::string> answers;
  using Client = decltype(server.client("front-1"));
  std::vector<std::unique_ptr<Client>> clients;
  std::vector<std::jthread> nodes;
  for (int node = 0; node <= QuarantineEndpoint::most_waiting; ++node) {
    clients.emplace_back(new Client(server.client("front-1")));
    nodes.emplace_back([&, &client = *clients.back()] {
      client.send(put(to_json(waiting(3))));
      std::string answer = client.receive();
      const std::lock_guard lock(mutex);
      answers.push_back(std::move(answer));
      answered.notify_one();
    });
  }
  {
    std::unique_lock lock(mutex);
    // So long only if nobody is turned away.
    answered.wait_for(lock, std::chrono::seconds(20), [&] { return !answers.empty(); });
    EXPECT_EQ(answers.size(), 1U);
  }
  server.is_keeping_held = false;
  server.is_keeping_held.notify_all();
  nodes.clear();
  EXPECT_EQ(problem(answers.at(0)), "503 store-unavailable");
  for (std::size_t i = 1; i < answers.size(); ++i)
    EXPECT_EQ(status_line(answers[i]), "HTTP/1.1 200 OK");
  EXPECT_EQ(status_line(ask(put(to_json(waiting(3))))), "HTTP/1.1 200 OK") << "room again";
}

}  // namespace
}  // namespace sluice::api::test
