#include "adapters/direct/outcome.h"

#include <set>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace sluice::adapters::direct {
namespace {

const BatchPlace place{{record::BureauId("park"), {1763874000000}}, {12}, 3};

boost::json::object parsed(const Reply& reply) {
  return boost::json::parse(reply.body).as_object();
}

Outcome outcome_of(std::uint64_t accepted, std::uint64_t failed) {
  Outcome outcome;
  outcome.accepted = accepted;
  for (std::uint64_t row = 1; row <= failed; ++row) {
    outcome.add_failure(row, {"code", "uscc", "the check character is \"wrong\""});
  }
  return outcome;
}

TEST(Answer, ToACallOfGoodRowsSaysWhereTheyLie) {
  const Reply reply = answer(outcome_of(2, 0), place);
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.content_type, "application/json");
  EXPECT_EQ(reply.body,
            R"({"batch":{"bureau":"park","epoch":1763874000000,"sequence":12,"first_row":3},)"
            R"("accepted":2,"quarantined":0})");
}

TEST(Answer, ToACallOfNoRowsHasNoBatch) {
  EXPECT_EQ(answer({}, std::nullopt).body, R"({"batch":null,"accepted":0,"quarantined":0})");
}

TEST(Answer, ToACallWithBadRowsTakesTheGoodAndNamesTheBad) {
  const Reply reply = answer(outcome_of(1, 1), place);
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.content_type, "application/problem+json");
  const auto body = parsed(reply);
  EXPECT_EQ(body.at("type"), "urn:sluice:problem:rows-quarantined");
  EXPECT_EQ(body.at("status"), 200);
  EXPECT_EQ(body.at("batch").at("sequence"), 12);
  EXPECT_EQ(body.at("accepted"), 1);
  EXPECT_EQ(body.at("quarantined"), 1);
  const auto& error = body.at("errors").as_array().at(0);
  EXPECT_EQ(error.at("row"), 1);
  EXPECT_EQ(error.at("field"), "code");
  EXPECT_EQ(error.at("rule"), "uscc");
  EXPECT_EQ(error.at("detail"), "the check character is \"wrong\"");
}

TEST(Answer, ToACallOfBadRowsOnlyIsUnprocessable) {
  const Reply reply = answer(outcome_of(0, 2), std::nullopt);
  EXPECT_EQ(reply.status, 422U);
  EXPECT_EQ(reply.content_type, "application/problem+json");
  EXPECT_EQ(parsed(reply).at("type"), "urn:sluice:problem:rows-refused");
  EXPECT_TRUE(parsed(reply).at("batch").is_null());
  EXPECT_EQ(parsed(reply).at("errors").as_array().size(), 2U);
}

TEST(Answer, ListsAThousandBadRowsAndCountsAll) {
  const auto body = parsed(answer(outcome_of(0, 1500), std::nullopt));
  EXPECT_EQ(body.at("quarantined"), 1500);
  EXPECT_EQ(body.at("errors").as_array().size(), max_failed_rows_listed);
}

TEST(Refusal, OfAMalformedBodySaysWhere) {
  const Reply reply =
      refuse({CollectionProblem::bad_syntax, "line 3, column 11", "expected a \"value\""});
  EXPECT_EQ(reply.status, 400U);
  EXPECT_EQ(
      reply.body,
      R"({"type":"urn:sluice:problem:malformed","title":"The body is malformed","status":400,)"
      R"("detail":"expected a \"value\"","place":"line 3, column 11"})");
}

TEST(Refusal, ThatPassesSaysWhenToComeAgain) {
  EXPECT_TRUE(refuse(CallProblem::backlog_full, "full").retry_after_seconds);
  EXPECT_TRUE(refuse(CallProblem::still_running, "running").retry_after_seconds);
  EXPECT_FALSE(refuse(CallProblem::unknown_dataset, "none").retry_after_seconds);
}

TEST(Refusal, HasATypeForEveryWayThatACollectionEnds) {
  const auto status = [](CollectionProblem code) { return refuse({code, "", "x"}).status; };
  EXPECT_EQ(status(CollectionProblem::too_large), 413U);
  EXPECT_EQ(status(CollectionProblem::refused), 422U);
  EXPECT_EQ(status(CollectionProblem::bad_columns), 422U);
  EXPECT_EQ(status(CollectionProblem::backlog_full), 503U);
  EXPECT_EQ(status(CollectionProblem::journal_failed), 503U);
}

TEST(ProblemTypes, AreEachTheirOwn) {
  std::set<std::string_view> names;
  std::set<CallProblem> problems;
  for (const ProblemType& type : problem_types()) {
    EXPECT_TRUE(names.insert(type.type).second) << type.type;
    EXPECT_TRUE(problems.insert(type.problem).second) << type.type;
  }
}

}  // namespace
}  // namespace sluice::adapters::direct
