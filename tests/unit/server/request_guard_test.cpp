#include "server/request_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "smuggling_forms.h"

namespace sluice::test {
namespace {

using server::BodyFraming;
using server::find_head_end;
using server::Method;
using server::Refusal;
using server::RequestHead;
using testing::Optional;

std::expected<void, Refusal> guard(std::string_view bytes, RequestHead& head) {
  std::size_t scanned = 0;
  const auto end = find_head_end(bytes, scanned);
  if (!end) return std::unexpected(end.error());
  if (!*end) throw std::runtime_error("the head does not end");
  return read_head(bytes.substr(0, **end), head);
}

class RequestGuardForms : public testing::TestWithParam<SmugglingForm> {};

TEST_P(RequestGuardForms, IsRefused) {
  RequestHead head;
  const auto guarded = guard(GetParam().bytes, head);
  ASSERT_FALSE(guarded.has_value());
  EXPECT_EQ(text_of(guarded.error()).name, text_of(GetParam().refusal).name);
}
INSTANTIATE_TEST_SUITE_P(Guard, RequestGuardForms, testing::ValuesIn(head_forms()),
                         [](const auto& form) { return form.param.name; });

TEST(RequestGuard, UnderstandsAPost) {
  RequestHead head;
  ASSERT_TRUE(
      guard("POST /v1/datasets/enterprise/records?dry=1 HTTP/1.1\r\nHost: gate.example:8443\r\n"
            "content-TYPE:application/json \r\nContent-Length: 12\r\n\r\n",
            head));
  EXPECT_EQ(head.method, Method::post);
  EXPECT_EQ(head.path, "/v1/datasets/enterprise/records");
  EXPECT_EQ(head.query, "dry=1");
  EXPECT_EQ(head.framing, BodyFraming::length);
  EXPECT_EQ(head.body_length, 12);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_THAT(head.content_type, Optional(std::string_view("application/json")));
  EXPECT_THAT(find_field(head.fields, "HOST"), Optional(std::string_view("gate.example:8443")));
}

TEST(RequestGuard, ForgetsTheHeadBefore) {
  RequestHead head;
  ASSERT_TRUE(
      guard("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n"
            "Expect: 100-continue\r\nContent-Encoding: gzip\r\nContent-Type: a/b\r\n\r\n",
            head));
  EXPECT_FALSE(head.keep_alive);
  EXPECT_TRUE(head.expects_continue);
  ASSERT_TRUE(guard("GET /b HTTP/1.1\r\nHost: b\r\n\r\n", head));
  EXPECT_EQ(head.framing, BodyFraming::none);
  EXPECT_EQ(head.body_length, 0);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_FALSE(head.expects_continue);
  EXPECT_FALSE(head.content_type);
  EXPECT_FALSE(head.content_encoding);
  EXPECT_EQ(head.fields.size(), 1);
}

TEST(RequestGuard, KeepsHttp10OpenOnlyWhenAsked) {
  RequestHead head;
  ASSERT_TRUE(guard("GET / HTTP/1.0\r\n\r\n", head));
  EXPECT_FALSE(head.keep_alive);
  ASSERT_TRUE(guard("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", head));
  EXPECT_TRUE(head.keep_alive);
}

TEST(RequestGuard, DecodesAPathOnce) {
  RequestHead head;
  ASSERT_TRUE(guard("GET /v1/%64ata HTTP/1.1\r\nHost: a\r\n\r\n", head));
  EXPECT_EQ(head.path, "/v1/data");
  ASSERT_TRUE(guard("GET /.well-known/..x HTTP/1.1\r\nHost: a\r\n\r\n", head));
  EXPECT_EQ(head.path, "/.well-known/..x");
}

// RFC 9112, 3.2.2: a server must take it.
TEST(RequestGuard, TakesATargetInAbsoluteFormForThePathInIt) {
  RequestHead head;
  ASSERT_TRUE(
      guard("GET https://gate.example:8443/v1/%64ata?a=b HTTP/1.1\r\nHost: a\r\n\r\n", head));
  EXPECT_EQ(head.path, "/v1/data");
  EXPECT_EQ(head.query, "a=b");
  ASSERT_TRUE(guard("GET HTTP://[::1]:80 HTTP/1.1\r\nHost: a\r\n\r\n", head));
  EXPECT_EQ(head.path, "/");
  EXPECT_EQ(head.query, "");
  ASSERT_TRUE(guard("GET http://a?b=c HTTP/1.1\r\nHost: a\r\n\r\n", head));
  EXPECT_EQ(head.path, "/");
  EXPECT_EQ(head.query, "b=c");
  EXPECT_FALSE(guard("GET https://a/b HTTP/1.1\r\n\r\n", head)) << "without Host";
}

TEST(RequestGuard, TakesTheAsteriskOfOptionsAlone) {
  RequestHead head;
  for (const char* target : {"*", "https://gate.example", "https://gate.example:8443"}) {
    const std::string rest = std::string(" ") + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
    ASSERT_TRUE(guard("OPTIONS" + rest, head)) << target;
    EXPECT_EQ(head.method, Method::options);
    EXPECT_EQ(head.path, "*") << target;
    EXPECT_EQ(head.query, "");
  }
  EXPECT_FALSE(guard("OPTIONS *?a HTTP/1.1\r\nHost: a\r\n\r\n", head));
  EXPECT_FALSE(guard("OPTIONS /* HTTP/1.1\r\nHost: a\r\n\r\n", head).has_value() &&
               head.path == "*");
}

TEST(RequestGuard, FindsTheEndWhereverTheBytesWereCut) {
  const std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    std::size_t scanned = 0;
    const auto first = find_head_end(std::string_view(bytes).substr(0, cut), scanned);
    ASSERT_TRUE(first.has_value()) << cut;
    EXPECT_FALSE(first->has_value()) << cut;
    const auto second = find_head_end(bytes + "GET", scanned);
    ASSERT_TRUE(second.has_value()) << cut;
    EXPECT_THAT(*second, Optional(bytes.size()));
  }
}

}  // namespace
}  // namespace sluice::test
