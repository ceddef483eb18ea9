// A listener for people's browsers, which bring no certificate.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "echo_service.h"

namespace sluice::test {
namespace {

using testing::HasSubstr;

class Visitors : public testing::Test {
 protected:
  static ServerOptions options() {
    ServerOptions options;
    options.limits.max_connections_per_bureau = 2;
    options.routes = {
        {server::Method::post,
         "/who",
         {},
         [](const server::Request& request) -> boost::asio::awaitable<server::Response> {
           if (request.body == "throw") throw std::runtime_error("thrown");
           const auto* visitor = std::get_if<trust::Visitor>(&request.peer.caller);
           server::Response response;
           response.content_type = "text/plain";
           response.body = visitor == nullptr ? "?" : visitor->host;
           co_return response;
         }}};
    options.audience = {
        .listener = "pages",
        .proof = server::Audience::Proof::none,
        .tell = [](server::Refusal refusal, std::span<const server::HeaderField> fields) {
          server::Response told;
          told.status = server::text_of(refusal).status;
          told.content_type = "text/plain";
          const auto language = server::find_field(fields, "accept-language");
          told.body = "no, in " + std::string(language.value_or("any language"));
          return told;
        }};
    return options;
  }
  RawClient browser() { return {server_.port(), {}, server_.authority().authorities()}; }
  std::string answer(const std::string& request) {
    RawClient client = browser();
    client.send(request);
    return client.receive();
  }

  RunningServer server_{options()};
};

TEST_F(Visitors, AreKnownByTheirAddress) {
  EXPECT_EQ(body_of(answer("POST /who HTTP/1.1\r\nHost: localhost\r\n\r\n")), "127.0.0.1");
}

TEST_F(Visitors, AreToldOfARefusalAsTheirListenerTells) {
  const std::string missing =
      answer("GET /nothing HTTP/1.1\r\nHost: localhost\r\nAccept-Language: zh-CN\r\n\r\n");
  EXPECT_EQ(status_line(missing), "HTTP/1.1 404 Not Found");
  EXPECT_EQ(body_of(missing), "no, in zh-CN");
  EXPECT_EQ(body_of(answer("GET /\x01 HTTP/1.1\r\nHost: localhost\r\n\r\n")), "no, in any language")
      << "the head was not understood: nothing of it is used";
  EXPECT_EQ(body_of(answer("POST /who HTTP/1.1\r\nHost: localhost\r\nAccept-Language: en\r\n"
                           "Content-Length: 5\r\n\r\nthrow")),
            "no, in en");
  EXPECT_EQ(body_of(answer("POST /who HTTP/1.1\r\nHost: localhost\r\nAccept-Language: en\r\n"
                           "Content-Length: 9999999\r\n\r\n")),
            "no, in en");
}

TEST_F(Visitors, OfOneAddressMayHaveSoManyConnections) {
  RawClient first = browser();
  RawClient second = browser();
  const std::string request = "POST /who HTTP/1.1\r\nHost: localhost\r\n\r\n";
  first.send(request);
  first.receive();
  second.send(request);
  second.receive();
  EXPECT_EQ(status_line(answer(request)), "HTTP/1.1 503 Service Unavailable");
}

// Where a certificate is asked for. A request is answered with what its connection presented.
class VisitorsWithCertificates : public testing::Test {
 protected:
  static std::string told(const server::Peer& peer) {
    const auto& [good, refused] = peer.presented;
    if (good && refused) return "both";
    if (good) return good->subject + " by " + good->issuer;
    if (refused) return refused->reason + ": " + refused->subject;
    return "none";
  }
  static ServerOptions options() {
    ServerOptions options;
    options.routes = {
        {server::Method::get,
         "/who",
         {},
         [](const server::Request& request) -> boost::asio::awaitable<server::Response> {
           server::Response response;
           response.content_type = "text/plain";
           response.body = told(request.peer);
           EXPECT_TRUE(std::holds_alternative<trust::Visitor>(request.peer.caller));
           co_return response;
         }}};
    options.audience.listener = "pages";
    options.audience.proof = server::Audience::Proof::none;
    options.asks_visitors = true;
    options.check_revocations = true;
    return options;
  }
  std::string who(RawClient& client) {
    client.send("GET /who HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return body_of(client.receive());
  }
  std::string who(const IssuedFiles& identity) {
    RawClient client(server_.port(), identity, server_.authority().authorities());
    return who(client);
  }

  RunningServer server_{options()};
};

TEST_F(VisitorsWithCertificates, AreHeardWithoutOne) {
  EXPECT_EQ(who(IssuedFiles{}), "none");
}

TEST_F(VisitorsWithCertificates, AreKnownByAGoodOneAndItsIssuer) {
  EXPECT_EQ(who(server_.authority().issue("wang")),
            "CN=wang,O=Sluice development by CN=Sluice test CA,O=Sluice development");
}

TEST_F(VisitorsWithCertificates, AreHeardWithABadOneThatCountsAsNone) {
  using Validity = DevelopmentCa::Validity;
  DevelopmentCa& authority = server_.authority();
  const std::string wang = ": CN=wang,O=Sluice development";
  EXPECT_EQ(who(authority.issue("wang", Validity::expired)), "expired" + wang);
  EXPECT_EQ(who(authority.issue("wang", Validity::not_yet)), "not-yet-valid" + wang);
  TemporaryDirectory elsewhere;
  DevelopmentCa other(elsewhere.path(), "Other CA");
  EXPECT_EQ(who(other.issue("wang")), "unknown-authority" + wang);
  // Of the same name, and another key.
  DevelopmentCa pretender(elsewhere.path());
  EXPECT_EQ(who(pretender.issue("wang")).find("CN=wang,O=Sluice development by"),
            std::string::npos);
}

TEST_F(VisitorsWithCertificates, AreRevokedByAReloadAlsoOnConnectionsThatAreOpen) {
  const IssuedFiles wang = server_.authority().issue("wang");
  RawClient before(server_.port(), wang, server_.authority().authorities());
  EXPECT_EQ(who(before).substr(0, 7), "CN=wang");
  server_.authority().revoke("wang");
  server_.reload();
  EXPECT_TRUE(before.is_closed());
  EXPECT_EQ(who(wang), "revoked: CN=wang,O=Sluice development");
  EXPECT_EQ(who(server_.authority().issue("li")).substr(0, 5), "CN=li");
}

TEST_F(VisitorsWithCertificates, AreAllUnknownWhileTheRevocationListIsOutOfDate) {
  const IssuedFiles wang = server_.authority().issue("wang");
  server_.authority().write_revocations(DevelopmentCa::Validity::expired);
  server_.reload();
  EXPECT_EQ(who(wang), "revocation-list-expired: CN=wang,O=Sluice development");
  EXPECT_EQ(who(IssuedFiles{}), "none");
}

}  // namespace
}  // namespace sluice::test
