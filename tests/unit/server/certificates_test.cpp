#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "echo_service.h"

namespace sluice::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using Validity = DevelopmentCa::Validity;

class Certificates : public testing::Test {
 protected:
  Certificates() : server(checking_revocations()) {}
  ServerOptions checking_revocations() {
    ServerOptions options = echo.options();
    options.check_revocations = true;
    return options;
  }
  // What a request gets: a status line, or nothing where the handshake was refused.
  std::string answer(const IssuedFiles& identity) {
    RawClient client(server.port(), identity, server.authority().authorities());
    client.send(post("[]"));
    return client.receive();
  }
  std::string audited() {
    server.stop(std::chrono::milliseconds(0));
    return server.audited();
  }

  EchoService echo;
  RunningServer server;
};

TEST_F(Certificates, EachSpeaksForItsOwnBureauOnly) {
  EXPECT_EQ(body_of(answer(server.authority().issue("park"))), "park enterprise []");
  EXPECT_EQ(body_of(answer(server.authority().issue("quality"))), "quality enterprise []");
}

TEST_F(Certificates, ExpiredIsRefusedAndAudited) {
  EXPECT_EQ(answer(server.authority().issue("park", Validity::expired)), "");
  EXPECT_EQ(echo.handled(), 0);
  EXPECT_THAT(audited(), HasSubstr(R"("event":"certificate-refused","actor":"CN=park,O=Sluice )"
                                   R"(development","target":"127.0.0.1","reason":"expired")"));
}

TEST_F(Certificates, NotYetValidIsRefused) {
  EXPECT_EQ(answer(server.authority().issue("park", Validity::not_yet)), "");
  EXPECT_EQ(echo.handled(), 0);
}

TEST_F(Certificates, OfAServerIsRefusedOfAClient) {
  EXPECT_EQ(answer(server.authority().issue("park", Validity::current, "serverAuth")), "");
  EXPECT_EQ(echo.handled(), 0);
  EXPECT_THAT(audited(), HasSubstr(R"("reason":"wrong-purpose")"));
}

TEST_F(Certificates, NoneIsRefused) {
  EXPECT_EQ(answer({}), "");
  EXPECT_THAT(audited(), HasSubstr("none-presented"));
}

TEST_F(Certificates, OfAnotherAuthorityIsRefusedAndAudited) {
  TemporaryDirectory directory;
  DevelopmentCa stranger(directory.path(), "Another CA");
  EXPECT_EQ(answer(stranger.issue("park")), "");
  EXPECT_EQ(echo.handled(), 0);
  EXPECT_THAT(audited(), HasSubstr("unknown-authority"));
}

TEST_F(Certificates, OfAnAuthorityWithOurAuthoritysNameIsRefused) {
  TemporaryDirectory directory;
  DevelopmentCa impostor(directory.path());
  EXPECT_EQ(answer(impostor.issue("park")), "");
  EXPECT_EQ(echo.handled(), 0);
}

TEST_F(Certificates, OfNoBureauIsAnsweredWith403AndAudited) {
  const std::string response = answer(server.authority().issue("stranger"));
  EXPECT_EQ(status_line(response), "HTTP/1.1 403 Forbidden");
  EXPECT_THAT(response, HasSubstr("urn:sluice:problem:unknown-certificate"));
  EXPECT_EQ(echo.handled(), 0);
  EXPECT_THAT(audited(), HasSubstr(R"("event":"certificate-unknown","actor":"CN=stranger,)"));
}

TEST_F(Certificates, RevokedIsRefusedAfterAReload) {
  const IssuedFiles park = server.authority().issue("park");
  EXPECT_EQ(status_line(answer(park)), "HTTP/1.1 200 OK");
  server.authority().revoke("park");
  server.reload();
  EXPECT_EQ(answer(park), "");
  EXPECT_EQ(status_line(answer(server.authority().issue("quality"))), "HTTP/1.1 200 OK");
  EXPECT_THAT(audited(), HasSubstr(R"("reason":"revoked")"));
}

TEST_F(Certificates, RevokedGetsNoFurtherRequestInOnAConnectionThatIsOpen) {
  const IssuedFiles park = server.authority().issue("park");
  RawClient client(server.port(), park, server.authority().authorities());
  client.send(health_request);
  ASSERT_EQ(status_line(client.receive()), "HTTP/1.1 200 OK");
  server.authority().revoke("park");
  server.reload();
  client.send(post("[]"));
  EXPECT_EQ(client.receive(), "");
  EXPECT_EQ(echo.handled(), 0);
}

TEST_F(Certificates, RevokedWhileTheHeadIsArrivingGetsNoAnswer) {
  const IssuedFiles park = server.authority().issue("park");
  RawClient client(server.port(), park, server.authority().authorities());
  const std::string request = post("[]");
  client.send(health_request + request.substr(0, 20));  // at once: it is not idle in between
  ASSERT_EQ(status_line(client.receive()), "HTTP/1.1 200 OK");
  server.authority().revoke("park");
  server.reload();
  client.send(request.substr(20));
  EXPECT_EQ(client.receive(), "");
  EXPECT_EQ(echo.handled(), 0);
}

TEST_F(Certificates, RevokedWhileTheBodyIsArrivingGetsNoAnswer) {
  const IssuedFiles park = server.authority().issue("park");
  RawClient client(server.port(), park, server.authority().authorities());
  client.send(records_head + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  ASSERT_EQ(client.receive(), "HTTP/1.1 100 Continue\r\n\r\n");
  server.authority().revoke("park");
  server.reload();
  client.send("[]");
  EXPECT_EQ(client.receive(), "");
  EXPECT_EQ(echo.handled(), 0);
}

TEST_F(Certificates, NobodyGetsInByARevocationListThatIsOutOfDate) {
  const IssuedFiles park = server.authority().issue("park");
  server.authority().write_revocations(Validity::expired);
  server.reload();
  EXPECT_EQ(answer(park), "");
  EXPECT_THAT(audited(), HasSubstr("revocation-list-expired"));
}

}  // namespace
}  // namespace sluice::test
