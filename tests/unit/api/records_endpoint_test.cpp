// A bureau's calls as the endpoint takes them: which of them another one has to wait for.
#include "api/records_endpoint.h"

#include <future>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/center_builder.h"
#include "support/no_target.h"

namespace sluice::api::test {
namespace {

using record::BureauId;
using testing::HasSubstr;

constexpr const char* records_path = "/v1/datasets/approval/records";

class RecordsEndpointTest : public testing::Test {
 protected:
  RecordsEndpointTest() {
    endpoint_ = endpoint_over(commit_);
    router_.emplace(endpoint_->routes());
  }
  ~RecordsEndpointTest() override { large_calls_.join(); }

  std::unique_ptr<RecordsEndpoint> endpoint_over(journal::GroupCommit& commit) {
    const exchange::KnownDataset& known = *center_.catalogue.find(center_.dataset.id);
    return RecordsEndpoint::make({{{BureauId("park"), {1}},
                                   commit,
                                   {{known.dataset,
                                     known.checker,
                                     mapping_,
                                     {},
                                     1 << 20,
                                     {known.dataset.id, known.schema, record::Mode::direct}}}}},
                                 {known.dataset.id},
                                 {policy_, denials_, log_, running_, clock_, large_calls_,
                                  [this](const record::DatasetId&) { return objection_; }})
        .value();
  }

  // Calls, on the event loop that the test runs; `answered` is where the answer will be.
  void call(const std::string& body, const std::vector<server::HeaderField>& headers,
            std::promise<server::Response>& answered) {
    call(*router_, body, headers, answered);
  }
  void call(const server::Router& router, const std::string& body,
            const std::vector<server::HeaderField>& headers,
            std::promise<server::Response>& answered) {
    auto& request = requests_.emplace_back(
        server::Request{server::Method::post, records_path, {}, headers, body, peer_, {}});
    const auto route = router.find(request.method, request.path, request.parameters);
    boost::asio::co_spawn(loop_, (*route)->handler(request),
                          [&answered](const std::exception_ptr& thrown, server::Response response) {
                            EXPECT_FALSE(thrown);
                            answered.set_value(std::move(response));
                          });
  }
  // Runs the loop until there is an answer; nothing: there was none within a minute.
  std::optional<server::Response> await(std::promise<server::Response>& answered) {
    auto answer = answered.get_future();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (answer.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      if (std::chrono::steady_clock::now() > deadline) return std::nullopt;
      loop_.run_one_for(std::chrono::milliseconds(10));
      loop_.restart();
    }
    return answer.get();
  }

  exchange::test::Center center_;
  journal::Clock clock_ = [this] { return center_.now; };
  trust::Policy policy_{{{BureauId("park"), center_.dataset.id, record::Mode::direct}}};
  trust::AuditLog audit_ = trust::AuditLog::open(center_.node.directory / "audit", clock_).value();
  trust::Denials denials_{audit_, [](const trust::AuditFailure&) {}};
  observe::Log log_{observe::Log::Level::error, std::make_unique<sluice::test::NoTarget>()};
  adapters::direct::RunningKeys running_;
  intake::Mapping mapping_;
  journal::Limits limits_;
  journal::Journal open_journal() {
    return journal::Journal::open(center_.node.directory / "park.journal", BureauId("park"),
                                  limits_, center_.keyring, clock_)
        .value();
  }
  journal::GroupCommit commit_{open_journal(), limits_, [](const journal::JournalFailure&) {}};
  server::Peer peer_{.caller = BureauId("park"), .subject = "CN=park", .address = "127.0.0.1:1"};
  std::list<server::Request> requests_;
  boost::asio::thread_pool large_calls_{1};
  std::optional<std::string> objection_;
  std::unique_ptr<RecordsEndpoint> endpoint_;
  std::optional<server::Router> router_;
  boost::asio::io_context loop_;
};

TEST_F(RecordsEndpointTest,
       CallForADatasetThatTheStoreCouldNotTakeIsRefusedBeforeItIsAcknowledged) {
  const std::string body = R"({"code": "S1", "name": "small"})";
  const std::vector<server::HeaderField> with_key{{"Content-Type", "application/x-ndjson"},
                                                  {"Idempotency-Key", "\"call-1\""}};
  const auto answer_to = [&](const std::vector<server::HeaderField>& headers) {
    std::promise<server::Response> answered;
    call(body, headers, answered);
    return await(answered).value();
  };
  ASSERT_EQ(answer_to(with_key).status, 200U);
  objection_ = "the field name was removed";
  const auto refused = answer_to({{"Content-Type", "application/x-ndjson"}});
  EXPECT_EQ(refused.status, 503U);
  EXPECT_THAT(refused.body, HasSubstr("urn:sluice:problem:schema-conflict"));
  // What is between the operator and the store is not the caller's to read.
  EXPECT_THAT(refused.body, testing::Not(HasSubstr("was removed")));
  // What was acknowledged is told again.
  EXPECT_EQ(answer_to(with_key).status, 200U);
  objection_.reset();
  EXPECT_EQ(answer_to({{"Content-Type", "application/x-ndjson"}}).status, 200U);
}

TEST_F(RecordsEndpointTest, SmallCallIsAnsweredWhileALargeOneIsStillToBeRead) {
  // Whoever is to read it is busy.
  std::promise<void> may_read;
  boost::asio::post(large_calls_, [until = may_read.get_future().share()] { until.wait(); });
  std::string large;
  for (int row = 0; row < 5000; ++row)
    large += R"({"code": "L)" + std::to_string(row) + R"(", "name": "large"})" + "\n";
  const std::vector<server::HeaderField> ndjson{{"Content-Type", "application/x-ndjson"}};
  const std::vector<server::HeaderField> with_key{{"Content-Type", "application/x-ndjson"},
                                                  {"Idempotency-Key", "\"large-1\""}};
  const std::string small = R"({"code": "S1", "name": "small"})";
  std::promise<server::Response> of_large;
  std::promise<server::Response> of_large_with_key;
  std::promise<server::Response> of_small;
  call(large, ndjson, of_large);
  call(large, with_key, of_large_with_key);
  call(small, ndjson, of_small);
  const auto answer = await(of_small);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200U) << answer->body;
  EXPECT_EQ(of_large.get_future().wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  may_read.set_value();
  const auto later = await(of_large_with_key);
  ASSERT_TRUE(later);
  EXPECT_EQ(later->status, 200U) << later->body;
  EXPECT_THAT(later->body, HasSubstr("5000"));
}

// As where a configuration has taken the place of another, which still answers.
TEST_F(RecordsEndpointTest, AKeyWhoseCallRunsElsewhereInTheProcessIsNotTakenASecondTime) {
  journal::GroupCommit beside(open_journal(), limits_, [](const journal::JournalFailure&) {});
  const auto successor = endpoint_over(beside);
  const server::Router router(successor->routes());
  std::promise<void> may_read;
  boost::asio::post(large_calls_, [until = may_read.get_future().share()] { until.wait(); });
  std::string large;
  for (int row = 0; row < 5000; ++row)
    large += R"({"code": "L)" + std::to_string(row) + R"(", "name": "large"})" + "\n";
  const std::vector<server::HeaderField> with_key{{"Content-Type", "application/x-ndjson"},
                                                  {"Idempotency-Key", "\"call-1\""}};
  std::promise<server::Response> of_first;
  std::promise<server::Response> meanwhile;
  std::promise<server::Response> afterwards;
  call(large, with_key, of_first);
  call(router, large, with_key, meanwhile);
  const auto refused = await(meanwhile);
  may_read.set_value();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 409U);
  EXPECT_THAT(refused->body, HasSubstr("has not ended"));
  const auto taken = await(of_first);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->status, 200U) << taken->body;
  call(router, large, with_key, afterwards);
  const auto again = await(afterwards);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->body, taken->body) << "the same rows, at the same place";
}

TEST_F(RecordsEndpointTest, ALargeCallIsABatchOfItsOwnThatIsCompressedBesideTheJournal) {
  const std::string code(100, 'L');
  std::string large;
  for (int row = 0; row < 12'000; ++row)
    large += R"({"code": ")" + code + std::to_string(row) + R"(", "name": "large"})" + "\n";
  const std::vector<server::HeaderField> ndjson{{"Content-Type", "application/x-ndjson"}};
  std::promise<server::Response> of_large;
  call(large, ndjson, of_large);
  const auto answer = await(of_large);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200U) << answer->body;
  auto journal = open_journal();
  const auto sealed = journal.next({}).value();
  ASSERT_TRUE(sealed) << "it waits in an open batch";
  EXPECT_EQ(record::parse_manifest(sealed->manifest)->upserts.value, 12'000U);
}

}  // namespace
}  // namespace sluice::api::test
