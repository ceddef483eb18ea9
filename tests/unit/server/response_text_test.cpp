#include "server/response_text.h"

#include <gtest/gtest.h>

#include "server/refusal.h"

namespace sluice::test {
namespace {

using server::AfterResponse;
using server::Method;
using server::Response;

std::string written(const Response& response, Method asked, AfterResponse after) {
  std::string out = "left over";
  write_response(out, response, asked, after, "Date: now\r\n");
  return out;
}

TEST(ResponseText, IsHeadAndBodyInOnePiece) {
  EXPECT_EQ(written({201, "text/plain", "made", {{"Location", "/x"}}}, Method::post,
                    AfterResponse::keep_open),
            "HTTP/1.1 201 Created\r\nDate: now\r\nContent-Type: text/plain\r\nLocation: /x\r\n"
            "Content-Length: 4\r\n\r\nmade");
}

TEST(ResponseText, AnnouncesTheBodyToHeadWithoutSendingIt) {
  EXPECT_EQ(written({200, "text/plain", "made", {}}, Method::head, AfterResponse::close),
            "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n"
            "Connection: close\r\n\r\n");
}

TEST(ResponseText, HasNoLengthWhereThereCanBeNoBody) {
  EXPECT_EQ(written({204, "", "", {}}, Method::post, AfterResponse::keep_open),
            "HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n");
}

TEST(ResponseText, RefusesAFieldThatWouldSplitTheResponse) {
  EXPECT_THROW(written({200, "", "", {{"A", "b\r\nContent-Length: 0"}}}, Method::get,
                       AfterResponse::keep_open),
               std::invalid_argument);
}

TEST(ResponseText, WritesDatesAsHttpDoes) {
  server::DateField date;
  EXPECT_EQ(date.at(std::chrono::sys_seconds(std::chrono::seconds(784111777))),
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
}

TEST(ResponseText, ProblemIsWhatRfc9457Says) {
  const Response response = server::problem(422, "rows-refused", "a \"quoted\" reason");
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.body,
            "{\"type\":\"urn:sluice:problem:rows-refused\",\"title\":\"Unprocessable Content\","
            "\"status\":422,\"detail\":\"a \\\"quoted\\\" reason\"}\n");
}

}  // namespace
}  // namespace sluice::test
