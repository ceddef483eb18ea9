#include "api/batches_endpoint.h"

#include <charconv>
#include <optional>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "fault/kill_point.h"
#include "link/https/protocol.h"
#include "link/https/receipt_answer.h"
#include "record/batch_file.h"

namespace sluice::api {
namespace {

namespace asio = boost::asio;

constexpr const char* stream_path = "/v1/streams/{bureau}/{epoch}";
constexpr const char* batch_path = "/v1/streams/{bureau}/{epoch}/batches/{sequence}";
constexpr const char* receipt_path = "/v1/streams/{bureau}/{epoch}/batches/{sequence}/receipt";

// A batch is closed at record::usual_batch_bytes, but one row alone may have 64 MiB, and its text
// more: half as much again where it was GB 18030, plus the row before it. Few are that large, so
// the memory for all is no more than two of them.
constexpr server::BodyLimits batch_bodies{.max_bytes = std::uint64_t{128} << 20,
                                          .max_memory_bytes = std::uint64_t{256} << 20};

// A number as it is written in a path: digits only, no more than 63 bits.
std::optional<std::uint64_t> path_number(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stopped != end || text.starts_with('-')) return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

constexpr std::string_view upgrade_the_center =
    "upgrade the center first; the batch stays at its node, which sends it again by itself";

// Whatever the answer is: where it is not understood, it says to whom.
asio::awaitable<server::Response> with_protocol(asio::awaitable<server::Response> answer) {
  server::Response response = co_await std::move(answer);
  response.headers.emplace_back(std::string(link::protocol_header),
                                std::to_string(link::protocol_version));
  co_return response;
}

server::Response receipt_response(const record::SignedReceipt& receipt) {
  return {.content_type = "application/json", .body = link::to_answer(receipt)};
}

}  // namespace

struct BatchesEndpoint::Objection {
  BatchProblem problem;
  std::string sentence;
  record::Digest manifest = {};  // of the body's, where it has one

  // The same, where who brought it says that it speaks a later version: then nothing need be wrong
  // with what this one can not read.
  [[nodiscard]] Objection brought_by(const server::Request& request) const {
    const unsigned told =
        link::told_protocol(request.header(link::protocol_header).value_or(std::string_view()));
    if (problem != BatchProblem::not_a_batch || told <= link::protocol_version) return *this;
    return {BatchProblem::unknown_format,
            fmt::format("{}; its node speaks version {} of the protocol, and this center up to {}: "
                        "{}",
                        sentence, told, link::protocol_version, upgrade_the_center),
            manifest};
  }
};

std::optional<BatchesEndpoint::Objection> BatchesEndpoint::objection(const record::Batch& batch,
                                                                     const Place& place) {
  const record::Digest digest = record::sha256(batch.manifest);
  const auto manifest = record::parse_manifest(batch.manifest);
  if (!manifest && manifest.error().code == record::ManifestProblem::unsupported_format) {
    return Objection{BatchProblem::unknown_format,
                     fmt::format("{}: {}", record::to_string(manifest.error()), upgrade_the_center),
                     digest};
  }
  if (!manifest) {
    return Objection{BatchProblem::not_a_batch, record::to_string(manifest.error()), digest};
  }
  if (manifest->stream == place.stream && manifest->sequence == place.sequence) return std::nullopt;
  return Objection{BatchProblem::wrong_place,
                   fmt::format("the body is batch {} of {}, epoch {}; put it under its own path",
                               manifest->sequence.value, manifest->stream.bureau.str(),
                               manifest->stream.epoch.value),
                   digest};
}

asio::awaitable<server::Response> BatchesEndpoint::refuse_body(const Place& place,
                                                               const Objection& why) {
  // Who is no carrier of the bureau was turned away before its body was read.
  const std::function<exchange::Result<record::SignedDeferral>(exchange::Reception&)> sign =
      [&](exchange::Reception& reception) {
        return reception.defer({.stream = place.stream,
                                .sequence = place.sequence,
                                .manifest = why.manifest,
                                .problem = std::string(name_of(why.problem)),
                                .sentence = why.sentence});
      };
  const auto signed_answer = co_await surroundings_.receptions.run(place.stream.bureau, sign);
  // That it is no batch is the better answer, though nobody signed it.
  if (!signed_answer) co_return refuse(why.problem, why.sentence);
  co_return refuse(why.problem, why.sentence, *signed_answer);
}

std::vector<server::Route> BatchesEndpoint::routes() {
  const auto admission = [this](const server::Request& request) {
    return surroundings_.carriers.turn_away(request);
  };
  return {
      {.method = server::Method::put,
       .path = batch_path,
       .content_types = {"application/x-tar"},
       .handler = [this](const server::Request& request) { return with_protocol(take(request)); },
       .admission = admission,
       .bodies = batch_bodies},
      {.method = server::Method::get,
       .path = stream_path,
       .content_types = {},
       .handler =
           [this](const server::Request& request) { return with_protocol(tell_standing(request)); },
       .admission = admission},
      {.method = server::Method::get,
       .path = receipt_path,
       .content_types = {},
       .handler =
           [this](const server::Request& request) { return with_protocol(tell_receipt(request)); },
       .admission = admission}};
}

std::expected<BatchesEndpoint::Place, server::Response> BatchesEndpoint::place_of(
    const server::Request& request) {
  const auto epoch = path_number(request.parameter("epoch"));
  const std::string_view text = request.parameter("sequence");
  const auto sequence = text.empty() ? std::uint64_t{0} : path_number(text);
  if (epoch && sequence && (text.empty() || *sequence > 0)) {
    return Place{{record::BureauId(std::string(request.parameter("bureau"))), {*epoch}},
                 {*sequence}};
  }
  return std::unexpected(refuse(BatchProblem::wrong_place,
                                "the epoch and the number of a batch are whole numbers from 1"));
}

asio::awaitable<server::Response> BatchesEndpoint::take(const server::Request& request) {
  const auto place = place_of(request);
  if (!place) co_return place.error();
  const auto batch = record::read_batch_file(request.body, {request.body.size()});
  if (!batch) {
    const Objection unread{BatchProblem::not_a_batch, record::to_string(batch.error())};
    const Objection why = unread.brought_by(request);
    co_return co_await refuse_body(*place, why);
  }
  if (const auto found = objection(*batch, *place)) {
    const Objection why = found->brought_by(request);
    co_return co_await refuse_body(*place, why);
  }
  SLUICE_KILL_POINT("batches.before-reception");
  using Answer = exchange::Reception::Answer;
  std::string store;
  const std::function<exchange::Result<Answer>(exchange::Reception&)> receive =
      [&](exchange::Reception& reception) {
        auto answer = reception.answer(*batch);
        // What was taken is answered whatever becomes of this question.
        store = answer ? reception.incarnation().value_or("") : "";
        return answer;
      };
  const auto answer = co_await surroundings_.receptions.run(place->stream.bureau, receive);
  SLUICE_KILL_POINT("batches.before-answer");
  if (answer) {
    if (const auto* deferred = std::get_if<exchange::Deferred>(&*answer)) {
      // It may be somebody's who has a key that is not theirs, or no longer.
      if (deferred->why.code == exchange::ReceptionProblem::untimely) {
        surroundings_.carriers.deny(request.peer, place->stream.bureau.str(), "untimely");
      }
      co_return refuse(*deferred);
    }
    const auto& given = std::get<record::SignedReceipt>(*answer);
    tell(given);
    auto response = receipt_response(given);
    if (!store.empty()) response.headers.emplace_back(std::string(link::store_header), store);
    co_return response;
  }
  if (answer.error().code == exchange::ReceptionProblem::not_trusted) {
    surroundings_.carriers.deny(request.peer, place->stream.bureau.str(), "not-trusted");
  }
  co_return refuse(answer.error());
}

void BatchesEndpoint::tell(const record::SignedReceipt& given) const {
  if (!surroundings_.answered) return;
  // Of the ledger, where an earlier version may have put what this one can not read.
  if (const auto receipt = record::parse_receipt(given.json)) surroundings_.answered(*receipt);
}

asio::awaitable<server::Response> BatchesEndpoint::tell_standing(const server::Request& request) {
  const auto place = place_of(request);
  if (!place) co_return place.error();
  const std::function<exchange::Result<journal::LedgerPlace>(exchange::Reception&)> ask =
      [&](exchange::Reception& reception) { return reception.place(place->stream); };
  const auto stands = co_await surroundings_.receptions.run(place->stream.bureau, ask);
  if (!stands) co_return refuse(stands.error());
  const boost::json::object object{
      {"bureau", place->stream.bureau.str()},
      {"epoch", place->stream.epoch.value},
      {"sequence", stands->head.sequence.value},
      {"manifest", record::to_string(stands->head.manifest)},
      {"latest", {{"epoch", stands->latest.value}, {"sequence", stands->latest_sequence.value}}},
      {"store", stands->store}};
  co_return server::Response{.content_type = "application/json",
                             .body = boost::json::serialize(object) + "\n"};
}

asio::awaitable<server::Response> BatchesEndpoint::tell_receipt(const server::Request& request) {
  const auto place = place_of(request);
  if (!place) co_return place.error();
  using Found = std::optional<record::SignedReceipt>;
  const std::function<exchange::Result<Found>(exchange::Reception&)> look =
      [&](exchange::Reception& reception) {
        return reception.receipt(place->stream, place->sequence);
      };
  const auto found = co_await surroundings_.lookups.run(place->stream.bureau, look);
  if (!found) co_return refuse(found.error());
  if (*found) co_return receipt_response(**found);
  co_return refuse(BatchProblem::no_receipt,
                   fmt::format("no batch {} of {}, epoch {}, was taken here", place->sequence.value,
                               place->stream.bureau.str(), place->stream.epoch.value));
}

}  // namespace sluice::api
