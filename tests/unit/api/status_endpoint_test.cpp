// The answer to GET /v1/status is what schemas/status.schema.json says.
#include "api/status_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "status_samples.h"
#include "support/json_schema.h"

namespace sluice::api::test {
namespace {

std::string complaints(const std::string& answer) {
  return sluice::test::complaints_by(SLUICE_STATUS_SCHEMA, answer);
}

TEST(StatusAnswer, IsAsItsSchemaSays) {
  EXPECT_EQ(complaints(to_json(node_of({}))), "");
  EXPECT_EQ(complaints(to_json(node_of({stream_of("park")}))), "");
  auto node = node_with_every_trouble();
  node.port = 8443;
  node.pages_port = 8444;
  node.uplink = std::vector<std::string>{"center:8443"};
  node.jobs.front().running_since = std::chrono::floor<std::chrono::seconds>(now);
  node.jobs.front().next = std::chrono::floor<std::chrono::seconds>(now);
  node.jobs.front().held_back = "the backlog is full";
  EXPECT_EQ(complaints(to_json(node)), "");
}

TEST(StatusAnswer, ThatItsSchemaDoesNotKnowIsNoticed) {
  std::string answer = to_json(node_of({}));
  answer.insert(1, R"("unheard_of":1,)");
  EXPECT_NE(complaints(answer), "");
}

TEST(StatusAnswer, HasWhatIsWrongWithWhatToDo) {
  auto stream = stream_of("park");
  stream.journal->gaps = 1;
  EXPECT_THAT(
      to_json(node_of({stream})),
      testing::HasSubstr(
          R"("troubles":[{"name":"batches-lost","grade":"attention","what":"BATCHES LOST by )"
          R"(the center","do":"sluice journal gaps park","bureau":"park"}])"));
}

}  // namespace
}  // namespace sluice::api::test
