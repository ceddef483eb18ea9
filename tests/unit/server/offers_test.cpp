// What a listener serves is replaced while connections are open and requests are under way.
#include <future>
#include <memory>
#include <string>

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
  RawClient client() { return {server.port(), identity, server.authority().authorities()}; }
  static std::string ask(RawClient& client) {
    client.send(word_request);
    return body_of(client.receive());
  }

  RunningServer server;
  IssuedFiles identity = server.authority().issue("park");

 private:
  static ServerOptions with(std::vector<server::Route> routes) {
    ServerOptions options;
    options.routes = std::move(routes);
    return options;
  }
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

}  // namespace
}  // namespace sluice::test
