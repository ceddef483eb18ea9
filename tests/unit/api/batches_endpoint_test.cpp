#include "api/batches_endpoint.h"

#include <future>
#include <latch>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "link/https/receipt_answer.h"
#include "record/batch_file.h"
#include "record/verified_receipt.h"
#include "support/center_server.h"

namespace sluice::api::test {
namespace {

using exchange::test::line;
using record::test::moment;
using sluice::test::RawClient;
using sluice::test::status_line;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string put(const std::string& path, const std::string& body,
                const std::string& type = "application/x-tar") {
  return "PUT " + path + " HTTP/1.1\r\nHost: center\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
std::string get(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: center\r\n\r\n";
}
std::string body_of(const std::string& response) {
  return response.substr(response.find("\r\n\r\n") + 4);
}
// "409 out-of-order"
std::string problem_of(const std::string& response) {
  const auto object = boost::json::parse(body_of(response)).as_object();
  const std::string type(object.at("type").as_string());
  return std::to_string(object.at("status").to_number<int>()) + " " +
         type.substr(type.rfind(':') + 1);
}

class BatchesEndpointTest : public testing::Test {
 protected:
  static std::string file(const record::Batch& batch) {
    return record::write_batch_file(batch, moment("2026-11-23T04:44:00.000Z"));
  }
  static std::string path(int number, const std::string& bureau = "park") {
    return "/v1/streams/" + bureau + "/1000/batches/" + std::to_string(number);
  }
  std::string ask(const std::string& request, const std::string& name = "front-1") {
    RawClient client = server.client(name);
    client.send(request);
    return client.receive();
  }
  // What the center signed of it.
  record::Deferral deferral_in(const std::string& response) {
    const auto object = boost::json::parse(body_of(response)).as_object();
    const auto* json = object.if_contains("deferral");
    if (json == nullptr) {
      ADD_FAILURE() << "nothing is signed: " << response;
      return {};
    }
    const std::string text(json->as_string());
    const auto signature = link::from_base64(std::string(object.at("signature").as_string()));
    EXPECT_TRUE(center.verifier.verify(text, signature.value(),
                                       record::Judgement::of_arrival(center.now, center.now)));
    return record::parse_deferral(text).value();
  }
  CenterServer server;
  Center& center = server.center;
};

TEST_F(BatchesEndpointTest, AnswersABatchWithItsReceiptAndTheSameBatchWithTheSameReceipt) {
  const record::Batch batch = center.batch(line("A"));
  const std::string first = ask(put(path(1), file(batch)));
  EXPECT_EQ(status_line(first), "HTTP/1.1 200 OK");
  const auto receipt = link::parse_answer(body_of(first));
  ASSERT_TRUE(receipt) << receipt.error().sentence;
  EXPECT_TRUE(record::verify(*receipt, center.verifier, center.now));
  EXPECT_EQ(record::parse_receipt(receipt->json).value().manifest, record::sha256(batch.manifest));
  EXPECT_EQ(body_of(ask(put(path(1), file(batch)))), body_of(first));
  EXPECT_EQ(body_of(ask(get(path(1) + "/receipt"))), body_of(first));
}

TEST_F(BatchesEndpointTest, AnswersInOrderWhatIsSentOneBehindTheOther) {
  std::string requests = get("/v1/streams/park/1000");
  for (int number = 1; number <= 5; ++number)
    requests += put(path(number), file(center.batch(line("key" + std::to_string(number)))));
  RawClient client = server.client("front-1");
  ASSERT_TRUE(client.send(requests));
  EXPECT_THAT(client.receive(), HasSubstr("\"sequence\":0"));
  for (std::uint64_t number = 1; number <= 5; ++number) {
    const auto receipt = link::parse_answer(body_of(client.receive())).value();
    EXPECT_EQ(record::parse_receipt(receipt.json).value().sequence.value, number);
  }
}

TEST_F(BatchesEndpointTest, SaysWhereAStreamStands) {
  const record::Batch batch = center.batch(line("A"));
  ask(put(path(1), file(batch)));
  const auto object = boost::json::parse(body_of(ask(get("/v1/streams/park/1000")))).as_object();
  EXPECT_EQ(object.at("sequence").as_int64(), 1);
  EXPECT_EQ(object.at("epoch").as_int64(), 1000);
  EXPECT_EQ(object.at("manifest").as_string(), record::to_string(record::sha256(batch.manifest)));
  EXPECT_THAT(ask(get("/v1/streams/park/999")), HasSubstr("\"sequence\":0"));
}

TEST_F(BatchesEndpointTest, TellsNoReceiptOfABatchThatItDoesNotHave) {
  EXPECT_EQ(problem_of(ask(get(path(1) + "/receipt"))), "404 no-receipt");
}

// All receptions are busy, one of them with a batch of this very bureau.
TEST_F(BatchesEndpointTest, TellsAReceiptWhileBatchesAreBeingApplied) {
  const std::string answer = ask(put(path(1), file(center.batch(line("A")))));
  std::latch busy(2);
  std::promise<void> told;
  const std::shared_future<void> until = told.get_future().share();
  const std::function<exchange::Result<int>(exchange::Reception&)> apply =
      [&](exchange::Reception&) -> exchange::Result<int> {
    busy.count_down();
    until.wait();
    return 1;
  };
  const record::BureauId bureaus[] = {record::BureauId("park"), record::BureauId("quality")};
  boost::asio::io_context context;
  for (const auto& bureau : bureaus) {
    boost::asio::co_spawn(context, server.receptions().run<int>(bureau, apply),
                          boost::asio::detached);
  }
  std::jthread runs([&] { context.run(); });
  busy.wait();
  EXPECT_EQ(body_of(ask(get(path(1) + "/receipt"))), body_of(answer));
  told.set_value();
}

TEST_F(BatchesEndpointTest, RefusesABatchThatIsNotTheNext) {
  static_cast<void>(center.batch(line("A")));
  const std::string refused = ask(put(path(2), file(center.batch(line("B")))));
  EXPECT_EQ(problem_of(refused), "409 out-of-order");
  EXPECT_THAT(refused, HasSubstr("\"deferral\":\"{\\\"format\\\":\\\"sluice-deferral/1"));
  EXPECT_THAT(refused, HasSubstr("\"signature\":\"M"));
  EXPECT_THAT(refused, HasSubstr("batch 1")) << "it says which one must come";
}

TEST_F(BatchesEndpointTest, RefusesAnotherBatchUnderANumberThatItHas) {
  const record::Batch other = center.stray(center.origin(), line("B"), center.node.signer);
  ask(put(path(1), file(center.batch(line("A")))));
  EXPECT_EQ(problem_of(ask(put(path(1), file(other)))), "422 batch-refused");
}

TEST_F(BatchesEndpointTest, RefusesABodyThatIsNoBatchWithASignedAnswerAndEntersNothing) {
  const std::string no_tar = ask(put(path(1), "no tar"));
  EXPECT_EQ(problem_of(no_tar), "400 not-a-batch");
  const record::Deferral of_no_tar = deferral_in(no_tar);
  EXPECT_EQ(of_no_tar.problem, "not-a-batch");
  EXPECT_EQ(of_no_tar.manifest, record::Digest{}) << "there is none";
  record::Batch batch = center.batch(line("A"));
  const std::string whole = file(batch);
  const std::string cut = ask(put(path(1), whole.substr(0, 700)));
  EXPECT_EQ(problem_of(cut), "400 not-a-batch");
  EXPECT_THAT(deferral_in(cut).sentence, HasSubstr("batch file"));
  batch.manifest = "{}";
  const std::string odd = ask(put(path(7), file(batch)));
  EXPECT_EQ(problem_of(odd), "400 not-a-batch");
  const record::Deferral of_odd = deferral_in(odd);
  EXPECT_EQ(of_odd.stream, (record::StreamId{record::BureauId("park"), {1000}}));
  EXPECT_EQ(of_odd.sequence.value, 7U) << "of the path: the body says none";
  EXPECT_EQ(of_odd.manifest, record::sha256("{}"));
  EXPECT_THAT(ask(get("/v1/streams/park/1000")), HasSubstr("\"sequence\":0"));
  EXPECT_THAT(ask(put(path(1), "no tar"), "front-2"), Not(HasSubstr("deferral")))
      << "who does not bring the bureau's batches collects no signatures";
  EXPECT_EQ(status_line(ask(put(path(1), whole))), "HTTP/1.1 200 OK") << "the number is free";
  EXPECT_EQ(problem_of(ask(put(path(1), file(batch), "application/zip"))),
            "415 content-type-unsupported");
}

TEST_F(BatchesEndpointTest, DefersABatchOfALaterFormatAndSaysWhomToUpgrade) {
  const record::Batch batch = center.batch(line("A"));
  record::Batch later = batch;
  const std::string newest = "sluice-batch/1";
  later.manifest.replace(later.manifest.find(newest), newest.size(), "sluice-batch/2");
  const std::string deferred = ask(put(path(1), file(later)));
  EXPECT_EQ(problem_of(deferred), "422 unknown-format");
  const record::Deferral said = deferral_in(deferred);
  EXPECT_EQ(said.problem, "unknown-format");
  EXPECT_THAT(said.sentence,
              AllOf(HasSubstr("sluice-batch/2"), HasSubstr("upgrade the center first")));
  EXPECT_EQ(said.sequence.value, 1U);
  EXPECT_EQ(said.manifest, record::sha256(later.manifest));
  EXPECT_THAT(ask(get("/v1/streams/park/1000")), HasSubstr("\"sequence\":0")) << "nothing of it";
  EXPECT_EQ(status_line(ask(put(path(1), file(batch)))), "HTTP/1.1 200 OK") << "the number is free";
}

// Of a later version even the file may be of another form.
TEST_F(BatchesEndpointTest, DefersWhatItDoesNotUnderstandOfANodeThatSpeaksALaterVersion) {
  const auto put_by = [&](const std::string& protocol) {
    std::string request = put(path(1), "no tar");
    return ask(request.insert(request.find("Host:"), "Sluice-Protocol: " + protocol + "\r\n"));
  };
  const std::string deferred = put_by("2");
  EXPECT_EQ(problem_of(deferred), "422 unknown-format");
  EXPECT_THAT(deferral_in(deferred).sentence,
              AllOf(HasSubstr("its node speaks version 2 of the protocol, and this center up to 1"),
                    HasSubstr("upgrade the center first")));
  for (const char* known : {"1", "0", "-2", "2.0", "later", "99999999999999999999"})
    EXPECT_EQ(problem_of(put_by(known)), "400 not-a-batch") << known;
}

TEST_F(BatchesEndpointTest, TellsWithEveryAnswerWhichVersionItSpeaks) {
  const std::string told = "Sluice-Protocol: 1\r\n";
  EXPECT_THAT(ask(get("/v1/streams/park/1000")), HasSubstr(told));
  EXPECT_THAT(ask(put(path(1), "no tar")), HasSubstr(told));
  EXPECT_THAT(ask(put(path(1), file(center.batch(line("A"))))), HasSubstr(told));
  EXPECT_THAT(ask(get(path(1) + "/receipt")), HasSubstr(told));
}

TEST_F(BatchesEndpointTest, RefusesABatchUnderThePathOfAnother) {
  const std::string body = file(center.batch(line("A")));
  const std::string misplaced = ask(put(path(2), body));
  EXPECT_EQ(problem_of(misplaced), "400 wrong-place");
  EXPECT_EQ(deferral_in(misplaced).problem, "wrong-place");
  EXPECT_EQ(deferral_in(misplaced).sequence.value, 2U);
  EXPECT_EQ(problem_of(ask(put(path(1, "quality"), body))), "400 wrong-place");
  for (const char* wrong :
       {"/v1/streams/park/1000/batches/0", "/v1/streams/park/1000/batches/1x",
        "/v1/streams/park/-1/batches/1", "/v1/streams/park/1000/batches/99999999999999999999"}) {
    EXPECT_EQ(problem_of(ask(put(wrong, body))), "400 wrong-place") << wrong;
  }
}

TEST_F(BatchesEndpointTest, TurnsAwayANodeThatDoesNotBringTheBureauAndABureauItself) {
  const std::string body = file(center.batch(line("A")));
  EXPECT_EQ(problem_of(ask(put(path(1), body), "front-2")), "403 not-permitted");
  EXPECT_EQ(problem_of(ask(put(path(1), body), "park")), "403 not-permitted");
  EXPECT_EQ(problem_of(ask(get("/v1/streams/park/1000"), "front-2")), "403 not-permitted");
  EXPECT_EQ(problem_of(ask(get(path(1) + "/receipt"), "park")), "403 not-permitted");
  EXPECT_EQ(problem_of(ask(put(path(1, "tax"), body))), "403 not-permitted");
  EXPECT_EQ(server.puts, 0) << "no body was read";
  const std::string audited = server.audited();
  for (const char* denied :
       {R"("event":"carry-denied","actor":"front-2","target":"park","reason":"not-granted")",
        R"("event":"carry-denied","actor":"park","target":"park","reason":"not-a-node")",
        R"("event":"carry-denied","actor":"front-1","target":"tax","reason":"not-granted")"}) {
    EXPECT_THAT(audited, HasSubstr(denied));
  }
}

TEST_F(BatchesEndpointTest, DoesNotReadTheBodyOfWhoIsTurnedAway) {
  RawClient client = server.client("front-2");
  client.send("PUT " + path(1) +
              " HTTP/1.1\r\nHost: center\r\nContent-Type: application/x-tar\r\n"
              "Content-Length: 100000000\r\n\r\n");
  EXPECT_EQ(problem_of(client.receive()), "403 not-permitted");
}

TEST_F(BatchesEndpointTest, DoesNotTrustABatchThatAnotherNodeSigned) {
  const record::Signer stranger = center.certified("front-2");
  const std::string body = file(center.stray(center.origin(), line("A"), stranger));
  EXPECT_EQ(problem_of(ask(put(path(1), body))), "403 not-trusted");
  EXPECT_THAT(server.audited(), HasSubstr(R"("target":"park","reason":"not-trusted")"));
}

TEST_F(BatchesEndpointTest, SaysThatABatchIsOfTheFutureAndNotesIt) {
  record::BatchOrigin future = center.origin();
  future.collected_at += std::chrono::hours(1);
  const std::string answer =
      ask(put(path(1), file(center.stray(future, line("A"), center.node.signer))));
  EXPECT_EQ(problem_of(answer), "422 untimely");
  EXPECT_THAT(answer, HasSubstr("sluice journal new-epoch park"));
  EXPECT_THAT(server.audited(), HasSubstr(R"("target":"park","reason":"untimely")"));
}

TEST_F(BatchesEndpointTest, AsksToComeAgainLaterWhileTheStoreIsAway) {
  const std::string body = file(center.batch(line("A")));
  center.is_store_available = false;
  const std::string later = ask(put(path(1), body));
  EXPECT_EQ(problem_of(later), "503 store-unavailable");
  EXPECT_THAT(later, HasSubstr("Retry-After: "));
  EXPECT_EQ(problem_of(ask(get("/v1/streams/park/1000"))), "503 store-unavailable");
  center.is_store_available = true;
  EXPECT_EQ(status_line(ask(put(path(1), body))), "HTTP/1.1 200 OK");
}

// The server's own limit for bodies is 1 MiB here.
TEST_F(BatchesEndpointTest, TakesABatchThatIsLargerThanOtherBodiesMayBe) {
  std::string lines;
  std::uint64_t state = 1;
  for (int row = 0; row < 200'000; ++row) {
    std::string key;
    for (int digit = 0; digit < 10; ++digit) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      key += static_cast<char>('a' + state / (std::uint64_t{1} << 59));
    }
    lines += line(std::to_string(row) + key, "n");
  }
  const std::string body = file(center.batch(lines));
  ASSERT_GT(body.size(), std::size_t{3} << 19);
  EXPECT_EQ(status_line(ask(put(path(1), body))), "HTTP/1.1 200 OK");
}

}  // namespace
}  // namespace sluice::api::test
