// What a route may say about its own bodies and callers.
#include <chrono>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "echo_service.h"
#include "stopped_clock.h"
#include "support/running_server.h"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class RouteLimits : public testing::Test {
 protected:
  // The records' route, with `change` made to it.
  std::unique_ptr<RunningServer> serving(const std::function<void(server::Route&)>& change) {
    ServerOptions options = echo.options();
    options.limits.body_timeout = 1s;
    options.clock = clock.source();
    options.limits.max_body_bytes = 100'000;
    change(options.routes.at(0));
    return std::make_unique<RunningServer>(std::move(options));
  }
  static RawClient client_of(RunningServer& server) {
    return {server.port(), server.authority().issue("park"), server.authority().authorities()};
  }
  // Until a minute has passed: so many bytes of bodies are held in memory, which is more as more of
  // a body has arrived.
  static bool come(RunningServer& server, double bytes) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (server.metrics().http_body_bytes().Value() < bytes) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(1ms);
    }
    return true;
  }
  StoppedClock clock;  // of the server's limits
  EchoService echo;
};

void larger_bodies(server::Route& route) {
  route.bodies = server::BodyLimits{.max_bytes = 200'000, .max_memory_bytes = 1'000'000};
}

TEST_F(RouteLimits, ABodyOfARouteWithLimitsOfItsOwnMayBeLargerThanOthers) {
  const auto server = serving(larger_bodies);
  RawClient client = client_of(*server);
  client.send(post(std::string(200'000, 'x')));
  EXPECT_EQ(status_line(client.receive()), "HTTP/1.1 200 OK");
  client.send(post(std::string(200'001, 'x')));
  EXPECT_THAT(client.receive(), HasSubstr("body-too-large"));
}

TEST_F(RouteLimits, ItsBodyMayTakeLongAsLongAsItGoesOnArriving) {
  const auto server = serving(larger_bodies);
  RawClient client = client_of(*server);
  constexpr std::size_t first_step = 65'536;  // the memory that a body has at first
  client.send(records_head + "Content-Length: 200000\r\n\r\n" + std::string(first_step, 'x'));
  ASSERT_TRUE(come(*server, 2 * first_step));
  clock.advance(900ms);
  ASSERT_TRUE(client.send(std::string(first_step, 'x')));
  ASSERT_TRUE(come(*server, 200'000));
  clock.advance(900ms);  // longer than the time limit in all
  ASSERT_TRUE(clock.is_asked(2)) << "by who looks for those that are too late";
  ASSERT_TRUE(client.send(std::string(200'000 - 2 * first_step, 'x')));
  EXPECT_EQ(status_line(client.receive()), "HTTP/1.1 200 OK");
}

TEST_F(RouteLimits, ItsBodyThatStandsStillIsCut) {
  const auto server = serving(larger_bodies);
  RawClient client = client_of(*server);
  client.send(records_head + "Content-Length: 200000\r\n\r\n" + std::string(50'000, 'x'));
  clock.go_on();
  EXPECT_EQ(status_line(client.receive()), "HTTP/1.1 408 Request Timeout");
}

TEST_F(RouteLimits, WhoIsNotAdmittedIsAnsweredBeforeTheBodyIsRead) {
  const auto server = serving([](server::Route& route) {
    route.admission = [](const server::Request& request) -> std::optional<server::Response> {
      if (request.parameter("dataset") == "open") return std::nullopt;
      return server::Response{.status = 403, .content_type = "text/plain", .body = "no"};
    };
  });
  RawClient client = client_of(*server);
  client.send(records_head + "Content-Length: 50000\r\n\r\n");
  EXPECT_EQ(status_line(client.receive()), "HTTP/1.1 403 Forbidden");
  EXPECT_TRUE(client.is_closed()) << "the body would be taken for the next request";
  EXPECT_EQ(echo.handled(), 0);
}

}  // namespace
}  // namespace sluice::test
