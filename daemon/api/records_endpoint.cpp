#include "api/records_endpoint.h"

#include <algorithm>
#include <optional>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "api/event_headers.h"
#include "api/on_own_executor.h"
#include "intake/call_intake.h"
#include "record/try.h"

namespace sluice::api {
namespace {

namespace asio = boost::asio;
namespace direct = adapters::direct;
using adapters::direct::BatchPlace;
using adapters::direct::Call;
using adapters::direct::CallProblem;
using adapters::direct::MediaType;
using adapters::direct::Outcome;
using adapters::direct::Reply;

class NoProgress : public adapters::Progress {
 public:
  void advanced(std::uint64_t, std::uint64_t, std::uint64_t) override {}
};

}  // namespace

struct RecordsEndpoint::Publication {
  PublishedDataset published;
  record::StreamId stream;
  journal::GroupCommit& commit;
  direct::MemberTable members;
  intake::ConversionPlan plan;
  std::string columns;  // as a JSON array
};

struct RecordsEndpoint::Stream {
  std::map<record::DatasetId, std::unique_ptr<Publication>> publications;
};

RecordsEndpoint::RecordsEndpoint(const Surroundings& surroundings)
    : surroundings_(surroundings),
      publishers_{surroundings.policy, surroundings.denials, surroundings.log, {}} {}
RecordsEndpoint::~RecordsEndpoint() = default;

intake::Result<std::unique_ptr<RecordsEndpoint>> RecordsEndpoint::make(
    std::vector<DirectStream> streams, std::vector<record::DatasetId> known_datasets,
    const Surroundings& surroundings) {
  std::unique_ptr<RecordsEndpoint> endpoint(new RecordsEndpoint(surroundings));
  endpoint->publishers_.known_datasets = std::move(known_datasets);
  for (DirectStream& stream : streams) {
    auto made = std::make_unique<Stream>();
    for (const PublishedDataset& published : stream.datasets) {
      std::vector<std::string> columns =
          intake::wanted_columns(published.dataset.schema, published.mapping);
      std::ranges::copy(published.mapping.ignore, std::back_inserter(columns));
      const record::FieldsMatch match = published.dataset.schema.fields_match;
      const bool may_have_more =
          match == record::FieldsMatch::subset || match == record::FieldsMatch::partial;
      direct::MemberTable members(columns, may_have_more ? direct::UnlistedMembers::skipped
                                                         : direct::UnlistedMembers::refused);
      auto plan = SLUICE_TRY(intake::ConversionPlan::bind(published.dataset, published.checker,
                                                          published.mapping, members.columns()));
      std::string names = boost::json::serialize(boost::json::value_from(members.columns()));
      made->publications.emplace(published.dataset.id,
                                 std::make_unique<Publication>(Publication{
                                     published, stream.id, stream.commit, std::move(members),
                                     std::move(plan), std::move(names)}));
    }
    endpoint->streams_.emplace(stream.id.bureau, std::move(made));
  }
  return endpoint;
}

std::vector<server::Route> RecordsEndpoint::routes() {
  return {{.method = server::Method::post,
           .path = "/v1/datasets/{dataset}/records",
           .content_types = {},
           .handler = [this](const server::Request& request) { return handle(request); }}};
}

asio::awaitable<server::Response> RecordsEndpoint::handle(const server::Request& request) {
  const auto publication = admit(request);
  if (!publication) co_return to_response(publication.error());
  co_return to_response(co_await answer_call(request, **publication));
}

std::expected<const RecordsEndpoint::Publication*, Reply> RecordsEndpoint::admit(
    const server::Request& request) {
  const auto caller = SLUICE_TRY(publishers_.admit(request));
  const auto stream = streams_.find(caller.bureau);
  if (stream == streams_.end()) return std::unexpected(refuse_without_journal());
  return stream->second->publications.at(caller.dataset).get();
}

asio::awaitable<Reply> RecordsEndpoint::answer_call(const server::Request& request,
                                                    const Publication& publication) {
  const auto type = direct::media_type(request.header("content-type").value_or(""),
                                       has_event_headers(request.headers));
  if (!type) co_return refuse(CallProblem::unsupported_media_type, type.error().sentence);
  Call call{.media_type = *type, .body = request.body};
  EventText event_text;
  if (*type == MediaType::event_binary) {
    EventHeaders headers = read_event_headers(request.headers, event_text);
    call.event = headers.event;
    call.extensions = headers.extensions;
    call.event_fault = std::move(headers.fault);
  }

  const auto header = request.header("idempotency-key");
  if (!header) co_return co_await take(publication, call, std::nullopt, {});
  auto key = direct::idempotency_key(*header);
  if (!key) co_return refuse(CallProblem::bad_idempotency_key, key.error().sentence);
  const auto hold = surroundings_.running.try_hold(publication.stream.bureau,
                                                   publication.published.dataset.id, *key);
  if (!hold) {
    co_return refuse(CallProblem::still_running,
                     "a call with this idempotency key has not ended; ask again in a moment");
  }
  const auto digest = [&] { return fingerprint(call); };
  const auto call_fingerprint =
      co_await read_beside<record::Digest>(surroundings_.large_calls, call.body.size(), digest);
  if (auto earlier = co_await earlier_answer(publication, *key, call_fingerprint)) {
    co_return std::move(*earlier);
  }
  co_return co_await take(publication, call, std::move(*key), call_fingerprint);
}

asio::awaitable<std::optional<Reply>> RecordsEndpoint::earlier_answer(
    const Publication& publication, const std::string& key, const record::Digest& fingerprint) {
  using Result = journal::Result<std::optional<journal::KeptCursor>>;
  const Result kept = co_await on_own_executor<Result>([&](auto found) {
    publication.commit.find(std::string(direct::cursor_channel),
                            direct::cursor_key(publication.published.dataset.id, key),
                            std::move(found));
  });
  if (!kept) co_return refuse(kept.error());
  if (!*kept) co_return std::nullopt;
  const auto remembered = direct::decode((*kept)->value);
  if (!remembered) {
    co_return refuse(CallProblem::key_reused,
                     "this idempotency key was used before, by another version of this node");
  }
  if (remembered->fingerprint != fingerprint) {
    co_return refuse(CallProblem::key_reused,
                     "this idempotency key came with another body before; take a new key");
  }
  std::optional<BatchPlace> place;
  const journal::Placement& placement = (*kept)->placement;
  if (placement.sequence.value != 0) {
    place = BatchPlace{
        {publication.stream.bureau, placement.epoch}, placement.sequence, placement.first_row};
  }
  co_return answer(remembered->outcome, place);
}

asio::awaitable<Reply> RecordsEndpoint::take(const Publication& publication, const Call& call,
                                             const std::optional<std::string>& key,
                                             const record::Digest& fingerprint) {
  if (auto refused = why_not_taken(publication)) co_return std::move(*refused);
  const PublishedDataset& published = publication.published;
  intake::CallIntake intake(publication.plan, published.origin, key.value_or("direct"),
                            publication.columns);
  if (const auto collected = co_await collect(publication, call, intake); !collected) {
    co_return direct::refuse(collected.error());
  }
  journal::Submission submission = intake.take();
  Outcome outcome;
  outcome.accepted = submission.upserts.value + submission.deletes.value;
  for (const intake::RefusedRow& row : intake.refused())
    outcome.add_failure(row.place, row.problem);
  const intake::RowTally tally{outcome.accepted + outcome.quarantined, outcome.quarantined};
  if (published.reject_limit.window) submission.tally = tally;
  if (auto refused = co_await passed_limit(publication, tally)) co_return std::move(*refused);
  if (key) {
    submission.cursors.push_back({.channel = std::string(direct::cursor_channel),
                                  .key = direct::cursor_key(published.dataset.id, *key),
                                  .value = direct::encode({fingerprint, outcome}),
                                  .keep = journal::Cursor::Keep::as_an_answer});
  }
  if (submission.lines.size() > journal::large_submission_bytes) {
    const auto compress = [&] {
      return record::compress_payload(submission.lines, submission.upserts, submission.deletes);
    };
    submission.payload =
        co_await off_the_loop<record::Payload>(surroundings_.large_calls, compress);
    submission.lines.clear();
    submission.lines.shrink_to_fit();
  }
  using Result = journal::Result<journal::Placement>;
  const Result placement = co_await on_own_executor<Result>(
      [&](auto done) { publication.commit.submit(std::move(submission), std::move(done)); });
  if (!placement) co_return refuse(placement.error());
  std::optional<BatchPlace> place;
  if (placement->sequence.value != 0) {
    place = BatchPlace{
        {publication.stream.bureau, placement->epoch}, placement->sequence, placement->first_row};
  }
  co_return answer(outcome, place);
}

std::optional<Reply> RecordsEndpoint::why_not_taken(const Publication& publication) const {
  const record::DatasetId& dataset = publication.published.dataset.id;
  if (!surroundings_.objection || !surroundings_.objection(dataset)) return std::nullopt;
  return refuse(CallProblem::schema_conflict,
                fmt::format("the central store can not take {} under the schema that this node has "
                            "for it; nothing of this dataset is taken until the node's operator "
                            "has acted (`sluice status` says what to do); call again later",
                            dataset.str()));
}

asio::awaitable<adapters::Result<void>> RecordsEndpoint::collect(const Publication& publication,
                                                                 const Call& call,
                                                                 intake::Door& intake) {
  const auto read = [&]() -> adapters::Result<void> {
    auto buffers = borrow_buffers();
    NoProgress progress;
    auto collected = direct::CallCollector(call, publication.members,
                                           publication.published.max_row_bytes, *buffers)
                         .collect(intake, progress);
    give_back(std::move(buffers));
    return collected;
  };
  co_return co_await read_beside<adapters::Result<void>>(surroundings_.large_calls,
                                                         call.body.size(), read);
}

asio::awaitable<std::optional<Reply>> RecordsEndpoint::passed_limit(const Publication& publication,
                                                                    const intake::RowTally& call) {
  const intake::RejectLimit& limit = publication.published.reject_limit;
  if (call.failed == 0) co_return std::nullopt;
  intake::Counted counted{call, call};
  if (limit.window) {
    using Result = journal::Result<std::vector<journal::MinuteTally>>;
    const Result recent = co_await on_own_executor<Result>([&](auto told) {
      publication.commit.tallies(publication.published.dataset.id,
                                 surroundings_.clock() - *limit.window, std::move(told));
    });
    if (!recent) co_return refuse(recent.error());
    for (const journal::MinuteTally& minute : *recent)
      counted.delivery += minute.tally;
  }
  auto passed = intake::passed_rows(limit, counted);
  if (!passed) passed = intake::passed_share(limit, counted);
  if (!passed) co_return std::nullopt;
  co_return refuse(CallProblem::rows_refused,
                   *passed + "; none of this call was taken; correct them and send the call again");
}

std::unique_ptr<direct::RowBuffers> RecordsEndpoint::borrow_buffers() {
  {
    const std::lock_guard lock(mutex_);
    if (!free_buffers_.empty()) {
      auto buffers = std::move(free_buffers_.back());
      free_buffers_.pop_back();
      return buffers;
    }
  }
  return std::make_unique<direct::RowBuffers>();
}

void RecordsEndpoint::give_back(std::unique_ptr<direct::RowBuffers> buffers) {
  const std::lock_guard lock(mutex_);
  free_buffers_.push_back(std::move(buffers));
}

}  // namespace sluice::api
