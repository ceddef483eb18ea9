#include "api/checkpoints_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/checkpoint.h"
#include "support/center_server.h"

namespace sluice::api::test {
namespace {

using exchange::test::line;
using sluice::test::RawClient;
using testing::HasSubstr;

class CheckpointsEndpointTest : public testing::Test {
 protected:
  record::Checkpoint apply_and_make(const std::string& code) {
    Reception reception = center.reception();
    EXPECT_TRUE(reception.receive(center.batch(line(code))));
    return center.store()->checkpoints().make().value().newest.value();
  }
  std::string ask(const std::string& path, const std::string& name = "front-1") {
    RawClient client = server.client(name);
    client.send("GET " + path + " HTTP/1.1\r\nHost: center\r\n\r\n");
    return client.receive();
  }
  static std::string path(const std::string& checkpoints, const std::string& numbers) {
    return "/v1/checkpoints/park/" + checkpoints + "/" + numbers;
  }

  CenterServer server;
  Center& center = server.center;
};

TEST_F(CheckpointsEndpointTest, TellsThoseOfALineThatAreThere) {
  const auto first = apply_and_make("A");
  apply_and_make("B");
  const auto third = apply_and_make("C");
  const std::string response = ask(path(first.line, "1,3,4"));
  const auto answer = exchange::parse_line_answer(response.substr(response.find("\r\n\r\n") + 4));
  ASSERT_TRUE(answer) << answer.error().sentence;
  EXPECT_EQ(answer->line, first.line);
  EXPECT_EQ(answer->state, exchange::LineAnswer::State::stands);
  EXPECT_TRUE(answer->since);
  EXPECT_EQ(answer->checkpoints, (std::vector{first, third}));
}

TEST_F(CheckpointsEndpointTest, OfALineThatItNeverHadItSaysSo) {
  apply_and_make("A");
  EXPECT_THAT(ask(path("0123456789abcdef", "1")), HasSubstr(R"("state":"unknown","last":0)"));
}

TEST_F(CheckpointsEndpointTest, WhatIsNoQuestionIsRefused) {
  std::string many = "1";
  for (int number = 2; number <= 101; ++number)
    many += "," + std::to_string(number);
  for (const std::string& numbers : {std::string("0"), std::string("1,"), std::string("-1"),
                                     std::string("1,x"), std::string("1;2"), many}) {
    EXPECT_THAT(ask(path("0123456789abcdef", numbers)), HasSubstr("wrong-place")) << numbers;
  }
  EXPECT_THAT(ask(path("0123456789ABCDEF", "1")), HasSubstr("wrong-place"));
  EXPECT_THAT(ask(path("0123456789abcdef", many.substr(0, many.rfind(',')))),
              HasSubstr("HTTP/1.1 200"));
}

TEST_F(CheckpointsEndpointTest, ANodeThatDoesNotBringTheBureauIsTurnedAway) {
  EXPECT_THAT(ask(path("0123456789abcdef", "1"), "front-2"), HasSubstr("not-permitted"));
}

}  // namespace
}  // namespace sluice::api::test
