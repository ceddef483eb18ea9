// The published description and the code say the same.
#include "api/batch_problem.h"

#include <set>
#include <string>

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

namespace sluice::api::test {
namespace {

const YAML::Node& document() {
  static const YAML::Node loaded = YAML::LoadFile(SLUICE_OPENAPI_FILE);
  return loaded;
}

TEST(OpenApiOfBatches, ListsExactlyTheProblemTypesThatThereAre) {
  std::set<std::string> listed;
  for (const auto& type : document()["components"]["schemas"]["BatchProblemType"]["enum"]) {
    listed.insert(type.Scalar());
  }
  std::set<std::string> known;
  for (const BatchProblemType& type : batch_problem_types())
    known.insert("urn:sluice:problem:" + std::string(type.name));
  EXPECT_EQ(listed, known);
}

TEST(OpenApiOfBatches, HasAResponseForTheStatusOfEveryProblem) {
  std::set<std::string> listed;
  for (const char* path :
       {"/v1/streams/{bureau}/quarantine", "/v1/streams/{bureau}/{epoch}/batches/{sequence}",
        "/v1/streams/{bureau}/{epoch}/batches/{sequence}/receipt"}) {
    for (const auto& method : document()["paths"][path]) {
      for (const auto& response : method.second["responses"])
        listed.insert(response.first.Scalar());
    }
  }
  for (const BatchProblemType& type : batch_problem_types())
    EXPECT_TRUE(listed.contains(std::to_string(type.status))) << type.name;
}

}  // namespace
}  // namespace sluice::api::test
