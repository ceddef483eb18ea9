// What a bureau's system is told of its call once the center has answered.
#include "api/outcomes_endpoint.h"

#include <functional>
#include <future>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/direct/idempotency.h"
#include "support/journal_builder.h"
#include "support/no_target.h"

namespace sluice::api::test {
namespace {

namespace json = boost::json;
using record::BureauId;
using record::DatasetId;

class OutcomesEndpointTest : public testing::Test {
 protected:
  struct Told {
    unsigned status = 0;
    json::object body;
  };

  // A call of two good rows, committed as the records' endpoint does it, behind those before it.
  void call(const std::string& key, std::uint64_t rows = 2) {
    journal::Submission submission =
        journal::test::submission(key, static_cast<int>(rows), "approval");
    adapters::direct::Outcome outcome;
    outcome.accepted = rows;
    outcome.quarantined = 1;
    submission.cursors.push_back({.channel = std::string(adapters::direct::cursor_channel),
                                  .key = adapters::direct::cursor_key(DatasetId("approval"), key),
                                  .value = adapters::direct::encode({record::sha256(key), outcome}),
                                  .keep = journal::Cursor::Keep::as_an_answer});
    auto journal = desk_.open();
    ASSERT_TRUE(journal.commit(std::span(&submission, 1)));
  }
  // The center takes batch 1, but for these rows.
  void answer(const std::vector<record::RefusedRows>& refused) {
    auto journal = desk_.open();
    ASSERT_TRUE(journal.close_open_batches(journal::Journal::Close::all));
    record::Receipt receipt = journal::test::receipt_for(journal::test::waiting(journal).front());
    receipt.rows.rejected = record::count_of(refused);
    receipt.rows.inserted.value -= receipt.rows.rejected.value;
    receipt.refused = refused;
    ASSERT_TRUE(journal.acknowledge(receipt, {record::to_json(receipt), "signature"}));
  }
  ~OutcomesEndpointTest() override { large_receipts_.join(); }
  // A question and its answer, once the context has run far enough.
  struct Question {
    Question(std::string asked, std::string call) : path(std::move(asked)), key(std::move(call)) {
      if (!key.empty()) headers.push_back({"idempotency-key", key});
      request.headers = headers;
    }
    std::string path;
    std::string key;
    std::vector<server::HeaderField> headers;
    server::Peer peer{.caller = BureauId("park"), .subject = "CN=park", .address = "127.0.0.1:1"};
    server::Request request{.method = server::Method::get,
                            .path = path,
                            .query = {},
                            .headers = {},
                            .body = {},
                            .peer = peer};
    std::optional<Told> told;
  };
  void start(
      boost::asio::io_context& context, Question& question,
      const std::function<void()>& then = [] {}) {
    const auto route =
        router_.find(question.request.method, question.path, question.request.parameters);
    if (!route) throw std::logic_error("no route " + question.path);
    boost::asio::co_spawn(
        context, (*route)->handler(question.request),
        [&question, then](const std::exception_ptr&, const server::Response& response) {
          question.told = Told{response.status, json::parse(response.body).as_object()};
          then();
        });
  }
  Told ask(const std::string& path, const std::string& key = "") {
    Question question(path, key);
    boost::asio::io_context context;
    start(context, question);
    context.run();
    return question.told.value();
  }
  Told ask_call(const std::string& key) { return ask("/v1/datasets/approval/outcomes", key); }
  std::string batch_path(std::uint64_t sequence) {
    return "/v1/datasets/approval/outcomes/" +
           std::to_string(desk_.open().status()->stream.epoch.value) + "/" +
           std::to_string(sequence);
  }

  journal::test::Desk desk_;
  trust::Policy policy_{{{BureauId("park"), DatasetId("approval"), record::Mode::direct},
                         {BureauId("park"), DatasetId("licence"), record::Mode::direct}},
                        {}};
  trust::AuditLog audit_ =
      trust::AuditLog::open(desk_.node.directory / "audit", [this] { return desk_.now; }).value();
  trust::Denials denials_{audit_, [](const trust::AuditFailure&) {}};
  observe::Log log_{observe::Log::Level::error, std::make_unique<sluice::test::NoTarget>()};
  journal::Limits quiet_ = [] {
    journal::Limits limits;
    limits.batch_age = std::chrono::hours(1);  // the test closes batches
    return limits;
  }();
  journal::GroupCommit commit_{desk_.open(), quiet_, [](const journal::JournalFailure&) {}};
  boost::asio::thread_pool large_receipts_{1};
  OutcomesEndpoint endpoint_{
      {policy_, denials_, log_, {DatasetId("approval"), DatasetId("licence")}},
      {{desk_.open().status()->stream, commit_}},
      large_receipts_};
  const server::Router router_{endpoint_.routes()};
};

TEST_F(OutcomesEndpointTest, ACallWaitsUntilTheCentersReceiptIsThere) {
  call("one");
  const Told told = ask_call("one");
  EXPECT_EQ(told.status, 200U);
  EXPECT_EQ(told.body.at("state"), "waiting");
  EXPECT_EQ(told.body.at("accepted"), 2);
  EXPECT_EQ(told.body.at("quarantined"), 1);
  EXPECT_EQ(told.body.at("batch").at("sequence"), 1);
  EXPECT_EQ(told.body.at("batch").at("first_row"), 1);
  EXPECT_FALSE(told.body.contains("taken"));
  EXPECT_EQ(ask(batch_path(1)).body.at("state"), "waiting");
}

TEST_F(OutcomesEndpointTest, ACallIsToldOfItsOwnRowsOnlyThoughOthersShareTheBatch) {
  call("one");
  call("two", 4);
  answer({{"code", "unique", "another record has it", {{2, 3}, {5, 5}}},
          {"name", "maxLength", "too long", {{6, 6}}}});
  const Told one = ask_call("one");
  EXPECT_EQ(one.body.at("state"), "answered");
  EXPECT_EQ(one.body.at("outcome"), "accepted");
  EXPECT_EQ(one.body.at("taken"), 1);
  EXPECT_EQ(one.body.at("refused"), 1);
  EXPECT_EQ(
      json::serialize(one.body.at("refused_rows")),
      R"([{"field":"code","rule":"unique","detail":"another record has it","rows":[[2,2]]}])");
  const Told two = ask_call("two");
  EXPECT_EQ(two.body.at("taken"), 1);
  EXPECT_EQ(two.body.at("refused"), 3);
  EXPECT_EQ(json::serialize(two.body.at("refused_rows").at(0).at("rows")), "[[1,1],[3,3]]");
  EXPECT_EQ(json::serialize(two.body.at("refused_rows").at(1).at("rows")), "[[4,4]]");
}

TEST_F(OutcomesEndpointTest, ABatchIsToldWithItsRowsByOutcome) {
  call("one");
  answer({{"code", "unique", "s", {{2, 2}}}});
  const Told told = ask(batch_path(1));
  EXPECT_EQ(told.status, 200U);
  EXPECT_EQ(told.body.at("inserted"), 1);
  EXPECT_EQ(told.body.at("taken"), 1);
  EXPECT_EQ(told.body.at("refused"), 1);
}

TEST_F(OutcomesEndpointTest, ALargeReceiptIsReadBesideTheEventLoop) {
  constexpr std::uint64_t rows = 100;
  call("large", rows);
  std::vector<record::RefusedRows> refused;
  for (std::uint64_t row = 1; row <= rows; ++row)
    refused.push_back({"code", "unique", std::string(1000, 's'), {{row, row}}});
  answer(refused);
  std::promise<void> may_read;
  boost::asio::post(large_receipts_, [until = may_read.get_future().share()] { until.wait(); });
  boost::asio::io_context context;
  Question large("/v1/datasets/approval/outcomes", "large");
  Question of_batch(batch_path(1), "");
  Question small("/v1/datasets/approval/outcomes", "unknown");
  bool held_up = false;
  start(context, large);
  start(context, of_batch);
  // The journal is asked in this order, twice for the first of them: so the third question comes
  // when both receipts are there.
  Question second("/v1/datasets/approval/outcomes", "unknown");
  start(context, small, [&] {
    start(context, second, [&] {
      held_up = large.told || of_batch.told;
      may_read.set_value();
    });
  });
  context.run();
  EXPECT_FALSE(held_up) << "a receipt was read on the event loop";
  EXPECT_EQ(large.told->body.at("refused"), rows);
  EXPECT_EQ(of_batch.told->body.at("refused"), rows);
}

TEST_F(OutcomesEndpointTest, NothingIsToldOfWhatIsNotTheCallers) {
  call("one");
  answer({});
  EXPECT_EQ(ask_call("another").status, 404U);
  EXPECT_EQ(ask(batch_path(2)).status, 404U);
  EXPECT_EQ(ask("/v1/datasets/approval/outcomes/7/1").status, 404U) << "another epoch";
  EXPECT_EQ(ask("/v1/datasets/approval/outcomes/x/1").status, 404U);
  EXPECT_EQ(ask("/v1/datasets/licence/outcomes", "one").status, 404U);
  std::string of_licence = batch_path(1);
  of_licence.replace(of_licence.find("approval"), 8, "licence");
  EXPECT_EQ(ask(of_licence).status, 404U) << "the batch is of another dataset";
  EXPECT_EQ(ask_call("").status, 400U);
}

TEST_F(OutcomesEndpointTest, AReceiptThatIsForgottenIsSaidToBe) {
  call("one");
  answer({});
  desk_.now += desk_.limits.answer_age - std::chrono::hours(1);
  call("late");
  desk_.now += std::chrono::hours(2);
  {
    auto journal = desk_.open();
    ASSERT_TRUE(journal.close_open_batches(journal::Journal::Close::all));
    const auto receipt = journal::test::receipt_for(journal::test::waiting(journal).front());
    ASSERT_TRUE(journal.acknowledge(receipt, {record::to_json(receipt), "signature"}));
  }
  EXPECT_EQ(ask(batch_path(1)).status, 404U);
  EXPECT_EQ(ask_call("late").body.at("state"), "answered");
}

}  // namespace
}  // namespace sluice::api::test
