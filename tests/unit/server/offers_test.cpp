// What a listener serves is replaced while connections are open and requests are under way.
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "echo_service.h"

namespace sluice::test {
namespace {

using testing::HasSubstr;

const trust::Directory& known() {
  static const trust::Directory directory(
      {{DevelopmentCa::subject("park"), record::BureauId("park")}});
  return directory;
}

server::Route says(const std::string& word) {
  return {server::Method::get,
          "/v1/word",
          {},
          [word](const server::Request&) -> boost::asio::awaitable<server::Response> {
            co_return server::Response{.content_type = "text/plain", .body = word};
          }};
}

// Waits, within the handler, until it is told to go on.
struct HeldWord {
  std::promise<void> reached;
  std::promise<void> opened;

  server::Route route() {
    return {server::Method::get,
            "/v1/word",
            {},
            [this](const server::Request&) -> boost::asio::awaitable<server::Response> {
              reached.set_value();
              opened.get_future().wait();
              co_return server::Response{.content_type = "text/plain", .body = "before"};
            }};
  }
};

const std::string word_request = "GET /v1/word HTTP/1.1\r\nHost: localhost\r\n\r\n";

struct Offering {
  explicit Offering(std::vector<server::Route> routes) : server(with(std::move(routes))) {}
  explicit Offering(ServerOptions options) : server(std::move(options)) {}
  RawClient client() { return {server.port(), identity, server.authority().authorities()}; }
  RawClient client_of(const std::string& name) {
    return {server.port(), server.authority().issue(name), server.authority().authorities()};
  }
  static std::string ask(RawClient& client) {
    client.send(word_request);
    return body_of(client.receive());
  }

  static ServerOptions with(std::vector<server::Route> routes) {
    ServerOptions options;
    options.routes = std::move(routes);
    return options;
  }

  RunningServer server;
  IssuedFiles identity = server.authority().issue("park");
};

TEST(Offers, AConnectionGoesOnWithWhatIsServedNow) {
  Offering offering({says("before")});
  RawClient client = offering.client();
  EXPECT_EQ(Offering::ask(client), "before");
  offering.server.serve({says("after")}, known());
  EXPECT_EQ(Offering::ask(client), "after");
}

TEST(Offers, ARequestUnderWayIsAnsweredByWhatItCameToWhichStaysUntilThen) {
  HeldWord held;
  Offering offering({says("first")});
  auto owner = std::make_shared<int>(0);
  const std::weak_ptr<int> kept = owner;
  offering.server.serve({held.route()}, known(), std::move(owner));
  RawClient client = offering.client();
  client.send(word_request);
  held.reached.get_future().wait();
  offering.server.serve({says("after")}, known());
  RawClient other = offering.client();
  EXPECT_EQ(Offering::ask(other), "after");
  EXPECT_FALSE(kept.expired());
  held.opened.set_value();
  EXPECT_EQ(body_of(client.receive()), "before");
  EXPECT_EQ(Offering::ask(client), "after");
  EXPECT_TRUE(kept.expired());
}

TEST(Offers, AnIdleConnectionKeepsNothing) {
  Offering offering({says("first")});
  auto owner = std::make_shared<int>(0);
  const std::weak_ptr<int> kept = owner;
  offering.server.serve({says("before")}, known(), std::move(owner));
  RawClient client = offering.client();
  EXPECT_EQ(Offering::ask(client), "before");
  EXPECT_EQ(Offering::ask(client), "before");
  offering.server.serve({says("after")}, known());
  EXPECT_EQ(Offering::ask(client), "after");
  EXPECT_TRUE(kept.expired());
}

TEST(Offers, WhatIsServedAtFirstGoesLikeAllThatComesAfterIt) {
  auto owner = std::make_shared<int>(0);
  const std::weak_ptr<int> kept = owner;
  ServerOptions options = Offering::with({says("first")});
  options.owner = std::move(owner);
  Offering offering(std::move(options));
  RawClient client = offering.client();
  EXPECT_EQ(Offering::ask(client), "first");
  EXPECT_FALSE(kept.expired());
  offering.server.serve({says("after")}, known());
  EXPECT_EQ(Offering::ask(client), "after");
  EXPECT_TRUE(kept.expired());
}

TEST(Offers, WhoIsNotKnownAnyMoreIsAStrangerFromTheNextRequestOn) {
  const trust::Directory nobody;
  Offering offering({says("before")});
  RawClient client = offering.client();
  EXPECT_EQ(Offering::ask(client), "before");
  offering.server.serve({says("after")}, nobody);
  client.send(word_request);
  const std::string refused = client.receive();
  EXPECT_EQ(status_line(refused), "HTTP/1.1 403 Forbidden");
  EXPECT_THAT(refused, HasSubstr("unknown-certificate"));
  EXPECT_TRUE(client.is_closed());
}

TEST(Offers, WhoBecomesKnownIsServedOnTheSameConnectionByTheNewName) {
  const trust::Directory renamed({{DevelopmentCa::subject("park"), record::BureauId("renamed")}});
  EchoService echo;
  Offering offering(echo.options().routes);
  RawClient client = offering.client();
  client.send(post("1"));
  EXPECT_EQ(body_of(client.receive()), "park enterprise 1");
  offering.server.serve(echo.options().routes, renamed);
  client.send(post("2"));
  EXPECT_EQ(body_of(client.receive()), "renamed enterprise 2");
}

TEST(Offers, AConnectionTakesAPlaceAmongThoseOfWhomItIsNow) {
  const auto to = [](const char* park, const char* quality) {
    return trust::Directory({{DevelopmentCa::subject("park"), record::BureauId(park)},
                             {DevelopmentCa::subject("quality"), record::BureauId(quality)}});
  };
  const trust::Directory moved = to("renamed", "park");
  const trust::Directory merged = to("park", "park");
  ServerOptions options = Offering::with({says("before")});
  options.limits.max_connections_per_bureau = 1;
  Offering offering(std::move(options));
  RawClient park = offering.client();
  RawClient quality = offering.client_of("quality");
  EXPECT_EQ(Offering::ask(park), "before");
  EXPECT_EQ(Offering::ask(quality), "before");
  offering.server.serve({says("moved")}, moved);
  EXPECT_EQ(Offering::ask(park), "moved");
  EXPECT_EQ(Offering::ask(quality), "moved") << "the other has left its place";
  offering.server.serve({says("merged")}, merged);
  EXPECT_EQ(Offering::ask(quality), "merged");
  park.send(word_request);
  EXPECT_THAT(park.receive(), HasSubstr("too-many-connections"));
}

// `set_memory` gives the memory for bodies, in which one has half its size: what a request holds
// that came before is taken from what the next offer allows.
void share_memory(const std::function<void(ServerOptions&, std::uint64_t)>& set_memory) {
  EchoService echo;
  ServerOptions options = echo.options();
  set_memory(options, 1'200'000);
  Offering offering(options);
  RawClient slow = offering.client();
  const std::string call = post(std::string(500'000, 'x'));
  slow.send(std::string_view(call).substr(0, 400'000));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (offering.server.metrics().http_body_bytes().Value() < 499'000) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const trust::Directory both({{DevelopmentCa::subject("park"), record::BureauId("park")},
                               {DevelopmentCa::subject("quality"), record::BureauId("quality")}});
  set_memory(options, 600'000);
  offering.server.serve(options.routes, both, options.limits);
  RawClient other = offering.client_of("quality");
  other.send(post(std::string(200'000, 'y')));
  EXPECT_EQ(status_line(other.receive()), "HTTP/1.1 503 Service Unavailable");
  slow.send(std::string_view(call).substr(400'000));
  EXPECT_EQ(status_line(slow.receive()), "HTTP/1.1 200 OK");
  RawClient later = offering.client_of("quality");
  later.send(post(std::string(200'000, 'y')));
  EXPECT_EQ(status_line(later.receive()), "HTTP/1.1 200 OK");
  offering.server.stop(std::chrono::milliseconds(0));
}

TEST(Offers, BodiesOfAllThatIsOfferedAreInOneMemory) {
  share_memory([](ServerOptions& options, std::uint64_t bytes) {
    options.limits.max_body_memory_bytes = bytes;
  });
}

TEST(Offers, BodiesOfARouteWithLimitsOfItsOwnAreInOneMemoryToo) {
  share_memory([](ServerOptions& options, std::uint64_t bytes) {
    options.routes.at(0).bodies =
        server::BodyLimits{.max_bytes = 1'000'000, .max_memory_bytes = bytes};
  });
}

}  // namespace
}  // namespace sluice::test
