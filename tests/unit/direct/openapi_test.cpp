// The published description and the code say the same: every example request is taken, and every
// problem type is listed.
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "adapters/direct/json_scanner.h"
#include "adapters/direct/problem.h"
#include "server/refusal.h"
#include "unit/direct/recorded_call.h"

namespace sluice::adapters::direct {
namespace {

// A plain scalar of these examples is JSON already where it is a JSON value at all.
void append_scalar(std::string& json, const YAML::Node& node) {
  JsonScanner scanner(node.Scalar());
  const bool plain = node.Tag() == "?" && scanner.value() && scanner.at_end();
  if (plain) {
    json += node.Scalar();
  } else {
    append_json_string(json, node.Scalar());
  }
}

void append_json(std::string& json, const YAML::Node& node) {
  std::string separator;
  if (node.IsNull()) {
    json += "null";
  } else if (node.IsScalar()) {
    append_scalar(json, node);
  } else if (node.IsSequence()) {
    json += '[';
    for (const auto& element : node) {
      json += std::exchange(separator, ",");
      append_json(json, element);
    }
    json += ']';
  } else {
    json += '{';
    for (const auto& member : node) {
      json += std::exchange(separator, ",");
      append_json_string(json, member.first.Scalar());
      json += ':';
      append_json(json, member.second);
    }
    json += '}';
  }
}

std::string body_of(MediaType type, const YAML::Node& example) {
  if (type == MediaType::ndjson) return example.Scalar();
  std::string json;
  append_json(json, example);
  return json;
}

class OpenApi : public testing::Test {
 protected:
  const YAML::Node document = YAML::LoadFile(SLUICE_OPENAPI_FILE);
};

TEST_F(OpenApi, ExamplesOfEveryRequestBodyAreTakenRowByRow) {
  const YAML::Node content =
      document["paths"]["/v1/datasets/{dataset}/records"]["post"]["requestBody"]["content"];
  const std::vector<std::string> columns = {"approval_number", "credit_code", "approved_at",
                                            "decision"};
  const MemberTable members(columns);
  int examples = 0;
  for (const auto& form : content) {
    const auto type = media_type(form.first.Scalar(), false);
    ASSERT_TRUE(type) << form.first.Scalar();
    for (const auto& example : form.second["examples"]) {
      const std::string body = body_of(*type, example.second["value"]);
      const RecordedCall call(Call{*type, body, {}}, members);
      EXPECT_TRUE(call.result) << body;
      EXPECT_TRUE(call.door.rejected.empty()) << body;
      EXPECT_FALSE(call.door.rows.empty()) << body;
      ++examples;
    }
  }
  EXPECT_GE(examples, 7);
}

TEST_F(OpenApi, ListsExactlyTheProblemTypesThatThereAre) {
  std::set<std::string> listed;
  for (const auto& type : document["components"]["schemas"]["ProblemType"]["enum"]) {
    listed.insert(type.Scalar());
  }
  std::set<std::string> known;
  for (const ProblemType& type : problem_types())
    known.emplace(type.type);
  EXPECT_EQ(listed, known);
}

TEST_F(OpenApi, ListsExactlyTheRefusalsOfTheServer) {
  std::set<std::string> listed;
  for (const auto& type : document["components"]["schemas"]["RefusalType"]["enum"]) {
    listed.insert(type.Scalar());
  }
  std::set<std::string> known;
  for (std::size_t i = 0; i < server::refusal_count; ++i) {
    known.insert("urn:sluice:problem:" +
                 std::string(server::text_of(static_cast<server::Refusal>(i)).name));
  }
  EXPECT_EQ(listed, known);
}

TEST_F(OpenApi, HasAResponseForTheStatusOfEveryProblem) {
  const YAML::Node responses =
      document["paths"]["/v1/datasets/{dataset}/records"]["post"]["responses"];
  for (const ProblemType& type : problem_types()) {
    EXPECT_TRUE(responses[std::to_string(type.status)]) << type.type;
  }
}

}  // namespace
}  // namespace sluice::adapters::direct
