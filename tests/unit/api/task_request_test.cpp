// What may stand in a call for tasks, and what is told of one that is not as it may be.
#include "api/task_request.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "tasks/tasks.h"

namespace sluice::api::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> faults_of(std::string_view body) {
  const auto read = read_task_requests(body);
  std::vector<std::string> faults;
  if (read) return faults;
  for (const TaskRequestFault& fault : read.error().faults)
    faults.push_back(fmt::format("{} {}: {}", fault.row, fault.field, fault.sentence));
  if (!read.error().sentence.empty()) faults.push_back(read.error().sentence);
  return faults;
}

TEST(TaskRequests, AreAnArrayOrOne) {
  const auto read = read_task_requests(
      R"([{"title": "海淀登〔2026〕17号", "priority": -7, "due": "2026-11-30T18:00:00+08:00"},
          {"title": null, "due": "2026-11-30T18:00:00.000Z"}, {}])");
  ASSERT_TRUE(read) << testing::PrintToString(faults_of("[]"));
  EXPECT_THAT(*read, ElementsAre(TaskRequest{"海淀登〔2026〕17号", -7,
                                             record::parse_time("2026-11-30T10:00:00.000Z")},
                                 TaskRequest{"", 0, record::parse_time("2026-11-30T18:00:00.000Z")},
                                 TaskRequest{}));
  EXPECT_EQ(read_task_requests(R"({"title": "a"})")->size(), 1U);
  EXPECT_THAT(*read_task_requests("[]"), IsEmpty());
}

TEST(TaskRequests, AreRefusedWithEveryFault) {
  EXPECT_THAT(
      faults_of(R"([{"title": 1}, 2, {"titel": "x"}, {"priority": 101}, {"priority": 1.5},
                    {"priority": "1"}, {"due": "2026-11-30"}, {"due": "2026-11-30T18:00"},
                    {"title": "a", "title": "b"}, {"title": "a\nb"},
                    {"due": "2026-11-30T18:00:00.000"}])"),
      ElementsAre(HasSubstr("1 title: expected a text"), HasSubstr("2 : expected an object"),
                  HasSubstr("3 titel: there is no such member"),
                  HasSubstr("4 priority: expected a whole number"), HasSubstr("5 priority"),
                  HasSubstr("6 priority"), HasSubstr("7 due: expected a time of RFC 3339"),
                  HasSubstr("8 due"), HasSubstr("9 title: the member comes twice"),
                  HasSubstr("10 title: it is not UTF-8, or has a control character"),
                  HasSubstr("11 due: expected a time of RFC 3339")));
  EXPECT_THAT(faults_of(R"({"a": 1, "b": 2, "title": 3})"), ElementsAre(HasSubstr("1 a: ")))
      << "a body may be full of members";
  EXPECT_THAT(faults_of(R"({"title": "", "title": "", "c": 3})"),
              ElementsAre(HasSubstr("1 title: the member comes twice")));
  std::string many = "[1";
  for (int i = 0; i < 500; ++i)
    many += ",1";
  const auto read = read_task_requests(many + "]");
  EXPECT_EQ(read.error().faults.size(), most_task_faults);
  EXPECT_EQ(read.error().fault_count, 501U);
}

TEST(TaskRequests, OfABodyThatIsNoneAreNone) {
  for (const char* body : {"", "[", "[{}", "{\"title\":\"\xff\"}", "no such thing"})
    EXPECT_THAT(faults_of(body), ElementsAre(HasSubstr("the body is not JSON"))) << body;
  std::string deep;
  for (int i = 0; i < 100; ++i)
    deep += "[";
  EXPECT_FALSE(read_task_requests(deep + std::string(100, ']')));
  std::string many = "[{}";
  for (std::size_t i = 0; i < tasks::most_added_at_once; ++i)
    many += ",{}";
  EXPECT_THAT(faults_of(many + "]"), ElementsAre(HasSubstr("more than 10000 tasks")));
}

TEST(TaskRequests, TakeTheExamplesOfTheDescription) {
  const YAML::Node examples =
      YAML::LoadFile(SLUICE_OPENAPI_FILE)["paths"]["/v1/datasets/{dataset}/tasks"]["post"]
                                         ["requestBody"]["content"]["application/json"]["examples"];
  ASSERT_EQ(examples.size(), 1U);
  boost::json::array body;
  for (const auto& task : examples["two"]["value"]) {
    boost::json::object members;
    for (const auto& member : task) {
      const std::string name = member.first.Scalar();
      if (name == "priority") {
        members[name] = member.second.as<int>();
      } else {
        members[name] = member.second.Scalar();
      }
    }
    body.push_back(members);
  }
  const auto read = read_task_requests(boost::json::serialize(body));
  ASSERT_TRUE(read) << body;
  EXPECT_EQ(read->size(), 2U);
  EXPECT_EQ(read->front().priority, 10);
}

}  // namespace
}  // namespace sluice::api::test
