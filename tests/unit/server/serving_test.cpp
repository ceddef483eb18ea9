#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "echo_service.h"
#include "smuggling_forms.h"

namespace sluice::test {
namespace {

using testing::HasSubstr;

class Serving : public testing::Test {
 protected:
  RawClient client() { return {server.port(), identity, server.authority().authorities()}; }

  EchoService echo;
  RunningServer server{echo.options()};
  IssuedFiles identity = server.authority().issue("park");
};

TEST_F(Serving, AnswersHealthOverMutualTls) {
  RawClient park = client();
  park.send(health_request);
  const std::string response = park.receive();
  EXPECT_EQ(status_line(response), "HTTP/1.1 200 OK");
  EXPECT_THAT(response, HasSubstr(R"("status":"pass")"));
}

TEST_F(Serving, HandsTheHandlerTheBureauTheParameterAndTheWholeBody) {
  RawClient park = client();
  park.send(post("[1,2]"));
  EXPECT_EQ(body_of(park.receive()), "park enterprise [1,2]");
}

TEST_F(Serving, KeepsAConnectionForManyRequests) {
  RawClient park = client();
  for (int i = 0; i < 100; ++i) {
    park.send(post(std::to_string(i)));
    EXPECT_EQ(body_of(park.receive()), "park enterprise " + std::to_string(i));
  }
}

TEST_F(Serving, AnswersPipelinedRequestsInTheirOrder) {
  RawClient park = client();
  std::string requests;
  for (int i = 0; i < 300; ++i)
    requests += post(std::to_string(i));
  park.send(requests);
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(body_of(park.receive()), "park enterprise " + std::to_string(i));
  }
}

TEST_F(Serving, TakesARequestThatComesByteByByte) {
  RawClient park = client();
  for (const char byte : post("[true]"))
    park.send(std::string_view(&byte, 1));
  EXPECT_EQ(body_of(park.receive()), "park enterprise [true]");
}

TEST_F(Serving, TakesBodiesOfEverySize) {
  RawClient park = client();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{16'000}, std::size_t{32'500},
        std::size_t{32'768}, std::size_t{70'000}, std::size_t{1} << 20}) {
    const std::string body(size, 'x');
    park.send(post(body));
    EXPECT_EQ(body_of(park.receive()), "park enterprise " + body);
  }
}

TEST_F(Serving, TakesChunkedBodiesAndWhatFollowsThem) {
  RawClient park = client();
  const std::string large(100'000, 'y');  // 0x186a0
  park.send(records_head + "Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n1\r\n]\r\n0\r\n\r\n" +
            records_head + "Transfer-Encoding: Chunked\r\n\r\n186a0\r\n" + large + "\r\n0\r\n\r\n" +
            post("after"));
  EXPECT_EQ(body_of(park.receive()), "park enterprise []");
  EXPECT_EQ(body_of(park.receive()), "park enterprise " + large);
  EXPECT_EQ(body_of(park.receive()), "park enterprise after");
}

TEST_F(Serving, AsksForTheBodyThatWaitsToBeAskedFor) {
  RawClient park = client();
  park.send(records_head + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(status_line(park.receive()), "HTTP/1.1 100 Continue");
  park.send("[]");
  EXPECT_EQ(body_of(park.receive()), "park enterprise []");
}

TEST_F(Serving, ClosesWhenAskedTo) {
  RawClient park = client();
  park.send("GET /v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(park.receive(), HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(park.is_closed());
}

TEST_F(Serving, NamesWhatIsNotThereAsProblemJson) {
  RawClient park = client();
  park.send("GET /v2 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string response = park.receive();
  EXPECT_EQ(status_line(response), "HTTP/1.1 404 Not Found");
  EXPECT_THAT(response, HasSubstr("Content-Type: application/problem+json\r\n"));
  EXPECT_THAT(response, HasSubstr("urn:sluice:problem:not-found"));
}

TEST_F(Serving, NamesTheMethodsThatAPathTakes) {
  RawClient park = client();
  park.send("DELETE /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string response = park.receive();
  EXPECT_EQ(status_line(response), "HTTP/1.1 405 Method Not Allowed");
  EXPECT_THAT(response, HasSubstr("Allow: GET, HEAD\r\n"));
}

// RFC 9110, 9.3.7; and the connection goes on.
TEST_F(Serving, AnswersOptionsOfTheWholeServerWithTheMethodsThatItHas) {
  RawClient park = client();
  for (int i = 0; i < 2; ++i) {
    park.send("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const std::string response = park.receive();
    EXPECT_EQ(status_line(response), "HTTP/1.1 204 No Content");
    EXPECT_THAT(response, HasSubstr("Allow: OPTIONS, GET, HEAD, POST"));
  }
  EXPECT_EQ(echo.handled(), 0);
}

TEST_F(Serving, AnswersATargetInAbsoluteFormAsItsPath) {
  RawClient park = client();
  park.send("GET https://localhost/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(status_line(park.receive()), "HTTP/1.1 200 OK");
}

TEST_F(Serving, RefusesATypeOrCodingThatTheRouteDoesNotTake) {
  RawClient with_type = client();
  with_type.send(
      "POST /v1/datasets/enterprise/records HTTP/1.1\r\nHost: localhost\r\n"
      "Content-Type: text/xml\r\nContent-Length: 2\r\n\r\n[]");
  EXPECT_EQ(status_line(with_type.receive()), "HTTP/1.1 415 Unsupported Media Type");
  RawClient with_coding = client();
  with_coding.send(records_head + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n[]");
  EXPECT_THAT(with_coding.receive(), HasSubstr("content-encoding-unsupported"));
  EXPECT_EQ(echo.handled(), 0);
}

TEST_F(Serving, RefusesATooLargeBodyBeforeItIsSent) {
  RawClient park = client();
  park.send(records_head + "Expect: 100-continue\r\nContent-Length: 1048577\r\n\r\n");
  EXPECT_EQ(status_line(park.receive()), "HTTP/1.1 413 Content Too Large");
  EXPECT_TRUE(park.is_closed());
}

TEST_F(Serving, LetsTheSenderOfATooLargeBodySeeItsAnswer) {
  RawClient park = client();
  park.send(post(std::string((1 << 20) + 1, 'x')));
  EXPECT_EQ(status_line(park.receive()), "HTTP/1.1 413 Content Too Large");
}

TEST_F(Serving, HandsNothingOnOfABodyThatStopsHalfWay) {
  for (const std::string& half : {records_head + "Content-Length: 100\r\n\r\n[1,",
                                  records_head + "Content-Length: 100000\r\n\r\n[1,",
                                  records_head + "Transfer-Encoding: chunked\r\n\r\n5\r\n[1,"}) {
    RawClient park = client();
    park.send(half);
    park.end_sending();
    EXPECT_TRUE(park.is_closed());
  }
  EXPECT_EQ(echo.handled(), 0);
}

TEST_F(Serving, AnswersAHandlerThatThrowsWith500AndGoesOnServingOthers) {
  ServerOptions options;
  options.routes = {{server::Method::get,
                     "/throws",
                     {},
                     [](const server::Request&) -> boost::asio::awaitable<server::Response> {
                       throw std::runtime_error("broken");
                       co_return server::Response{};
                     }},
                    api::health_route([] {
                      return api::Health{false, "journal full"};
                    })};
  RunningServer throwing(options);
  const IssuedFiles quality = throwing.authority().issue("quality");
  RawClient first(throwing.port(), quality, throwing.authority().authorities());
  first.send("GET /throws HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(status_line(first.receive()), "HTTP/1.1 500 Internal Server Error");
  EXPECT_TRUE(first.is_closed());
  RawClient second(throwing.port(), quality, throwing.authority().authorities());
  second.send(health_request);
  const std::string response = second.receive();
  EXPECT_EQ(status_line(response), "HTTP/1.1 503 Service Unavailable");
  EXPECT_THAT(response, HasSubstr("journal full"));
}

TEST_F(Serving, CountsWhatItAnswered) {
  RawClient park = client();
  park.send(post("[]"));
  park.receive();
  park.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
  park.receive();
  EXPECT_TRUE(park.is_closed());
  const std::string exposition = server.metrics().exposition();
  EXPECT_THAT(exposition,
              HasSubstr(R"(sluice_http_requests_total{listener="api",status="200"} 1)"));
  EXPECT_THAT(exposition,
              HasSubstr(R"(sluice_http_refused_total{listener="api",reason="host-repeated"} 1)"));
}

// Every smuggling form again, over a real connection.
class SmugglingOverTls : public testing::TestWithParam<SmugglingForm> {
 protected:
  static void SetUpTestSuite() {
    echo = std::make_unique<EchoService>();
    server = std::make_unique<RunningServer>(echo->options());
    identity = server->authority().issue("park");
  }
  static void TearDownTestSuite() {
    server.reset();
    echo.reset();
  }
  static std::unique_ptr<EchoService> echo;
  static std::unique_ptr<RunningServer> server;
  static IssuedFiles identity;
};
std::unique_ptr<EchoService> SmugglingOverTls::echo;
std::unique_ptr<RunningServer> SmugglingOverTls::server;
IssuedFiles SmugglingOverTls::identity;

TEST_P(SmugglingOverTls, IsAnsweredOnceAndTheConnectionEnds) {
  RawClient park(server->port(), identity, server->authority().authorities());
  const int handled_before = echo->handled();
  // What would be smuggled: it must never be read as a request.
  park.send(GetParam().bytes + post("smuggled"));
  const std::string response = park.receive();
  const auto& expected = text_of(GetParam().refusal);
  EXPECT_THAT(status_line(response), HasSubstr(std::to_string(expected.status)));
  EXPECT_THAT(response, HasSubstr("urn:sluice:problem:" + std::string(expected.name)));
  EXPECT_TRUE(park.is_closed());
  EXPECT_EQ(echo->handled(), handled_before);
}
INSTANTIATE_TEST_SUITE_P(Heads, SmugglingOverTls, testing::ValuesIn(head_forms()),
                         [](const auto& form) { return form.param.name; });
INSTANTIATE_TEST_SUITE_P(Chunks, SmugglingOverTls, testing::ValuesIn(chunk_forms()),
                         [](const auto& form) { return form.param.name; });

}  // namespace
}  // namespace sluice::test
