#include <future>
#include <thread>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "echo_service.h"
#include "stopped_clock.h"

namespace sluice::test {
namespace {

using testing::HasSubstr;
using std::chrono_literals::operator""s;

// A server with limits, and clients for it. Its time stands still until the test lets it go on.
class Scene {
 public:
  explicit Scene(ServerOptions options) : server(with(std::move(options), clock)) {}
  RawClient client() { return {server.port(), identity, server.authority().authorities()}; }

  StoppedClock clock;
  RunningServer server;
  IssuedFiles identity = server.authority().issue("park");

 private:
  static ServerOptions with(ServerOptions options, StoppedClock& clock) {
    options.clock = clock.source();
    return options;
  }
};

bool is_served(RawClient& client) {
  client.send(health_request);
  return status_line(client.receive()) == "HTTP/1.1 200 OK";
}

TEST(Limits, SlowHeadIsCutWhileOthersAreServed) {
  EchoService echo;
  ServerOptions options = echo.options();
  options.limits.header_timeout = 1s;
  Scene scene(options);
  RawClient slow = scene.client();
  RawClient other = scene.client();
  slow.send("GET /v1/health HTTP/1.1\r\nHost: lo");
  EXPECT_TRUE(is_served(other));
  scene.clock.go_on();
  EXPECT_EQ(status_line(slow.receive()), "HTTP/1.1 408 Request Timeout");
  EXPECT_TRUE(slow.is_closed());
}

TEST(Limits, BodyDeadlineIsForTheWholeBodyHoweverOftenBytesCome) {
  EchoService echo;
  ServerOptions options = echo.options();
  options.limits.body_timeout = 1s;
  Scene scene(options);
  for (const std::string framing :
       {"Content-Length: 1000", "Content-Length: 100000", "Transfer-Encoding: chunked"}) {
    RawClient slow = scene.client();
    RawClient other = scene.client();
    slow.send(records_head + framing + "\r\n\r\n");
    slow.send(framing.starts_with("T") ? "5\r\n[1" : "[1");
    EXPECT_TRUE(is_served(other));
    scene.clock.go_on();
    EXPECT_EQ(status_line(slow.receive()), "HTTP/1.1 408 Request Timeout") << framing;
    EXPECT_TRUE(slow.is_closed());
    scene.clock.stop();
  }
  EXPECT_EQ(echo.handled(), 0);
}

TEST(Limits, IdleConnectionIsClosedWithoutAWord) {
  EchoService echo;
  ServerOptions options = echo.options();
  options.limits.idle_timeout = 1s;
  Scene scene(options);
  RawClient idle = scene.client();
  EXPECT_TRUE(is_served(idle));
  scene.clock.go_on();
  EXPECT_TRUE(idle.is_closed());
}

TEST(Limits, HandshakeThatDoesNotComeIsCut) {
  EchoService echo;
  ServerOptions options = echo.options();
  options.limits.header_timeout = 1s;
  Scene scene(options);
  boost::asio::io_context context;
  boost::asio::ip::tcp::socket silent(context);
  silent.connect({boost::asio::ip::address_v4::loopback(), scene.server.port()});
  scene.clock.go_on();
  std::array<char, 1> byte{};
  boost::system::error_code error;
  silent.read_some(boost::asio::buffer(byte), error);
  EXPECT_TRUE(error);
}

// Connections on which nobody says a word. They stay open as long as the server likes.
class SilentCrowd {
 public:
  SilentCrowd(std::uint16_t port, int size) {
    for (int each = 0; each < size; ++each) {
      sockets_.emplace_back(context_);
      sockets_.back().connect({boost::asio::ip::address_v4::loopback(), port});
    }
  }

 private:
  boost::asio::io_context context_;
  std::vector<boost::asio::ip::tcp::socket> sockets_;
};

TEST(Limits, ManyConnectionsWithoutAHandshakeLockNobodyOut) {
  EchoService echo;
  ServerOptions options = echo.options();
  options.limits.max_connections = 16;
  options.limits.max_handshakes = 8;
  Scene scene(options);
  const SilentCrowd before(scene.server.port(), 200);
  RawClient known = scene.client();
  EXPECT_TRUE(is_served(known)) << "they were here first, from the same address";
  const SilentCrowd after(scene.server.port(), 200);
  RawClient another = scene.client();
  EXPECT_TRUE(is_served(another)) << "they take no connection's place";
  EXPECT_TRUE(is_served(known));
  // Of the first crowd two may wait, a stranger's quarter; of both and one more four, a known half.
  EXPECT_EQ(scene.server.metrics().tls_refused("crowded-out").Value(),
            (200 - 2) + 1 + (200 - 3) + 1);
}

TEST(Limits, ConnectionBeyondTheLimitIsToldSoAndOthersGoOn) {
  EchoService echo;
  ServerOptions options = echo.options();
  options.limits.max_connections = 2;
  Scene scene(options);
  RawClient first = scene.client();
  RawClient second = scene.client();
  EXPECT_TRUE(is_served(first));
  EXPECT_TRUE(is_served(second));
  RawClient third = scene.client();
  third.send(health_request);
  const std::string response = third.receive();
  EXPECT_EQ(status_line(response), "HTTP/1.1 503 Service Unavailable");
  EXPECT_THAT(response, HasSubstr("Retry-After: 1\r\n"));
  EXPECT_TRUE(third.is_closed());
  EXPECT_TRUE(is_served(first));
}

TEST(Limits, BureauThatUsesUpItsConnectionsLeavesThoseOfOthers) {
  EchoService echo;
  ServerOptions options = echo.options();
  options.limits.max_connections_per_bureau = 2;
  Scene scene(options);
  RawClient first = scene.client();
  RawClient second = scene.client();
  EXPECT_TRUE(is_served(first));
  EXPECT_TRUE(is_served(second));
  RawClient third = scene.client();
  EXPECT_FALSE(is_served(third));
  RawClient other(scene.server.port(), scene.server.authority().issue("quality"),
                  scene.server.authority().authorities());
  EXPECT_TRUE(is_served(other));
}

TEST(Limits, BodiesBeyondTheMemoryForAllAreRefusedAndTheMemoryIsGivenBack) {
  EchoService echo;
  ServerOptions options = echo.options();
  options.limits.max_body_memory_bytes = 1'200'000;  // 600,000 for one bureau
  Scene scene(options);
  RawClient greedy = scene.client();
  greedy.send(post(std::string(500'000, 'x')).substr(0, 400'000));
  // All of it: beside a second one that came in between, the first would be refused.
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (scene.server.metrics().http_body_bytes().Value() < 399'000) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  RawClient next = scene.client();
  next.send(post(std::string(300'000, 'y')));
  EXPECT_EQ(status_line(next.receive()), "HTTP/1.1 503 Service Unavailable");
  RawClient other(scene.server.port(), scene.server.authority().issue("quality"),
                  scene.server.authority().authorities());
  other.send(post(std::string(300'000, 'z')));
  EXPECT_EQ(status_line(other.receive()), "HTTP/1.1 200 OK");
  greedy.send(std::string(500'000, 'x').substr(0, 100'000 + records_head.size() + 26));
  EXPECT_EQ(status_line(greedy.receive()), "HTTP/1.1 200 OK");
  RawClient later = scene.client();
  later.send(post(std::string(300'000, 'y')));
  EXPECT_EQ(status_line(later.receive()), "HTTP/1.1 200 OK");
}

// A handler that answers only when it is told to.
struct Gate {
  std::promise<void> entered;
  std::atomic<bool> open{false};
  ServerOptions options() {
    ServerOptions options;
    options.routes = {
        {server::Method::get,
         "/waits",
         {},
         [this](const server::Request&) -> boost::asio::awaitable<server::Response> {
           entered.set_value();
           boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
           while (!open) {
             timer.expires_after(std::chrono::milliseconds(5));
             co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
           }
           co_return server::Response{204, "", "", {}};
         }},
        api::health_route([] { return api::Health{}; })};
    return options;
  }
};

TEST(Stopping, LetsARunningRequestFinishAndClosesIdleConnections) {
  Gate gate;
  Scene scene(gate.options());
  RawClient idle = scene.client();
  ASSERT_TRUE(is_served(idle));
  RawClient busy = scene.client();
  busy.send("GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
  gate.entered.get_future().wait();
  auto stopped = std::async(std::launch::async, [&] { scene.server.stop(60s); });
  EXPECT_TRUE(idle.is_closed());
  gate.open = true;
  const std::string response = busy.receive();
  EXPECT_EQ(status_line(response), "HTTP/1.1 204 No Content");
  EXPECT_THAT(response, HasSubstr("Connection: close\r\n"));
  stopped.wait();
}

TEST(Stopping, AcceptsNoMore) {
  EchoService echo;
  Scene scene(echo.options());
  const std::uint16_t port = scene.server.port();
  scene.server.stop(60s);
  EXPECT_ANY_THROW(RawClient(port, scene.identity, scene.server.authority().authorities()));
}

TEST(Stopping, CutsConnectionsThatOutlastTheGrace) {
  EchoService echo;
  Scene scene(echo.options());
  RawClient half = scene.client();
  half.send("GET /v1/hea");
  scene.server.stop(std::chrono::milliseconds(50));
  EXPECT_TRUE(half.is_closed());
}

}  // namespace
}  // namespace sluice::test
