#include "api/digests_endpoint.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "reconciliation/digest_question.h"
#include "reconciliation/schema_standing.h"
#include "record/canonical_schema.h"
#include "record/key_order.h"

namespace sluice::api {
namespace {

namespace asio = boost::asio;

// A thousand bounds, each a key.
constexpr server::BodyLimits question_bodies{.max_bytes = std::uint64_t{4} << 20,
                                             .max_memory_bytes = std::uint64_t{16} << 20};

// A thousand fields, each with its constraints.
constexpr server::BodyLimits schema_bodies{.max_bytes = std::uint64_t{1} << 20,
                                           .max_memory_bytes = std::uint64_t{4} << 20};

}  // namespace

std::vector<server::Route> DigestsEndpoint::routes() {
  return {{.method = server::Method::post,
           .path = "/v1/datasets/{dataset}/digests",
           .content_types = {"application/json"},
           .handler = [this](const server::Request& request) { return answer(request); },
           .admission = [this](const server::Request& request) { return turn_away(request); },
           .bodies = question_bodies},
          {.method = server::Method::post,
           .path = "/v1/datasets/{dataset}/schema",
           .content_types = {"application/json"},
           .handler = [this](const server::Request& request) { return judge(request); },
           .admission = [this](const server::Request& request) { return turn_away(request); },
           .bodies = schema_bodies}};
}

std::optional<server::Response> DigestsEndpoint::turn_away(const server::Request& request) {
  const std::string dataset(request.parameter("dataset"));
  const exchange::KnownDataset* known = surroundings_.catalogue.find(record::DatasetId(dataset));
  if (known != nullptr &&
      surroundings_.policy.may_compare(request.peer.caller, known->dataset.owner)) {
    return std::nullopt;
  }
  // A dataset that is not there and one that is not theirs look the same from outside.
  const std::string actor = request.peer.name();
  if (surroundings_.denials.note({"digests-denied", actor, dataset, "not-granted"})) {
    surroundings_.log.write<"digests-denied">({{"actor", actor}, {"dataset", dataset}});
  }
  return refuse(BatchProblem::not_permitted,
                "only the node that brings the batches of a dataset's owner may compare it; see "
                "`nodes` in the center's node.yaml");
}

asio::awaitable<server::Response> DigestsEndpoint::judge(const server::Request& request) {
  const exchange::KnownDataset& known =
      *surroundings_.catalogue.find(record::DatasetId(std::string(request.parameter("dataset"))));
  const auto asked = record::parse_canonical_schema(request.body);
  if (!asked) {
    co_return refuse(BatchProblem::not_a_question,
                     fmt::format("expected a schema in its canonical form, of which a manifest "
                                 "names the digest: {}",
                                 asked.error().sentence));
  }
  using Standing = reconciliation::SchemaStanding;
  const std::function<exchange::Result<Standing>(exchange::Reception&)> ask =
      [&](exchange::Reception& reception) { return reception.standing(known, *asked); };
  const auto standing = co_await surroundings_.lookups.run(known.dataset.owner, ask);
  if (!standing) co_return refuse(standing.error());
  co_return server::Response{.content_type = "application/json",
                             .body = reconciliation::to_json(*standing)};
}

asio::awaitable<server::Response> DigestsEndpoint::answer(const server::Request& request) {
  const exchange::KnownDataset& known =
      *surroundings_.catalogue.find(record::DatasetId(std::string(request.parameter("dataset"))));
  const auto question = reconciliation::parse_question(request.body);
  if (!question) co_return refuse(BatchProblem::not_a_question, question.error().sentence);
  if (question->schema != known.schema) {
    co_return refuse(BatchProblem::other_schema,
                     fmt::format("{} has another schema here than on the node that asks; put the "
                                 "same schemas/{}.json on both",
                                 known.dataset.id.str(), known.dataset.id.str()));
  }
  const record::KeyOrder order(known.dataset.schema);
  bool are_keys = order.takes(question->range);
  for (const record::Key& bound : question->bounds.value_or(std::vector<record::Key>{}))
    are_keys = are_keys && order.encode(bound).has_value();
  if (!are_keys) {
    co_return refuse(BatchProblem::not_a_question,
                     "it names keys that are none of this dataset's; expected a value for each "
                     "field of its primary key");
  }
  const std::function<exchange::Result<std::string>(exchange::Reception&)> ask =
      [&](exchange::Reception& reception) { return reception.digests(known, *question); };
  auto digests = co_await surroundings_.receptions.run(known.dataset.owner, ask);
  if (!digests) co_return refuse(digests.error());
  co_return server::Response{.content_type = "application/json", .body = std::move(*digests)};
}

}  // namespace sluice::api
