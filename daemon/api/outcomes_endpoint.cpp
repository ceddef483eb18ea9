#include "api/outcomes_endpoint.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "adapters/direct/idempotency.h"
#include "api/on_own_executor.h"
#include "record/receipt.h"
#include "record/try.h"

namespace sluice::api {
namespace {

namespace asio = boost::asio;
namespace direct = adapters::direct;
using direct::CallProblem;
using direct::Reply;
using journal::BatchStanding;

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stopped != end || number <= 0) return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

std::string_view name_of(BatchStanding::State state) {
  switch (state) {
    case BatchStanding::State::waiting:
      return "waiting";
    case BatchStanding::State::answered:
      return "answered";
    case BatchStanding::State::forgotten:
    case BatchStanding::State::unknown:
      break;
  }
  return "forgotten";
}

// Of the refused rows those from `first` on, `count` of them, counted from 1.
boost::json::array refused_rows(const record::Receipt& receipt, std::uint64_t first,
                                std::uint64_t count, std::uint64_t& refused) {
  boost::json::array groups;
  for (const record::RefusedRows& group : receipt.refused) {
    boost::json::array rows;
    for (const record::RowRange& range : group.rows) {
      const std::uint64_t from = std::max(range.first, first);
      const std::uint64_t to = std::min(range.last, first + count - 1);
      if (from > to) continue;
      refused += to - from + 1;
      rows.push_back(boost::json::array{from - first + 1, to - first + 1});
    }
    if (rows.empty()) continue;
    groups.push_back(boost::json::object{{"field", group.field},
                                         {"rule", group.rule},
                                         {"detail", group.sentence},
                                         {"rows", std::move(rows)}});
  }
  return groups;
}

Reply reply_of(const boost::json::object& object) {
  Reply reply;
  reply.body = boost::json::serialize(object);
  return reply;
}

boost::json::object batch_object(const record::StreamId& stream, record::Sequence sequence) {
  return {
      {"bureau", stream.bureau.str()}, {"epoch", stream.epoch.value}, {"sequence", sequence.value}};
}

// `count` rows of the batch, from `first` on.
void put_taken(boost::json::object& object, const record::Receipt& receipt, std::uint64_t first,
               std::uint64_t count) {
  std::uint64_t refused = 0;
  auto groups = refused_rows(receipt, first, count, refused);
  object["outcome"] = std::string(record::to_string(receipt.outcome));
  object["reason"] = receipt.reason;
  object["at"] = record::to_string(receipt.at);
  object["taken"] = count - refused;
  object["refused"] = refused;
  object["refused_rows"] = std::move(groups);
}

Reply unreadable(const record::Failure<record::ReceiptProblem>& failure) {
  return refuse(CallProblem::not_durable, "the receipt that is kept: " + failure.sentence);
}

std::size_t receipt_bytes(const BatchStanding& standing) {
  return standing.receipt ? standing.receipt->json.size() : 0;
}

asio::awaitable<journal::Result<BatchStanding>> standing_of(journal::GroupCommit& commit,
                                                            record::Sequence sequence) {
  using Result = journal::Result<BatchStanding>;
  co_return co_await on_own_executor<Result>(
      [&](auto told) { commit.standing(sequence, std::move(told)); });
}

}  // namespace

OutcomesEndpoint::OutcomesEndpoint(Publishers publishers, std::vector<Stream> streams,
                                   boost::asio::thread_pool& large_receipts)
    : publishers_(std::move(publishers)), large_receipts_(large_receipts) {
  for (Stream& stream : streams) {
    record::BureauId bureau = stream.id.bureau;
    streams_.emplace(std::move(bureau), std::move(stream));
  }
}

std::vector<server::Route> OutcomesEndpoint::routes() {
  const auto route = [this](std::string path, asio::awaitable<Reply> (OutcomesEndpoint::*answer)(
                                                  const server::Request&) const) {
    return server::Route{
        .method = server::Method::get,
        .path = std::move(path),
        .content_types = {},
        .handler = [this,
                    answer](const server::Request& request) -> asio::awaitable<server::Response> {
          co_return to_response(co_await (this->*answer)(request));
        }};
  };
  return {route("/v1/datasets/{dataset}/outcomes", &OutcomesEndpoint::of_call),
          route("/v1/datasets/{dataset}/outcomes/{epoch}/{sequence}", &OutcomesEndpoint::of_batch)};
}

std::expected<const OutcomesEndpoint::Stream*, Reply> OutcomesEndpoint::stream_of(
    const Publishers::Caller& caller) const {
  const auto found = streams_.find(caller.bureau);
  if (found == streams_.end()) return std::unexpected(refuse_without_journal());
  return &found->second;
}

asio::awaitable<Reply> OutcomesEndpoint::of_call(const server::Request& request) const {
  const auto caller = publishers_.admit(request);
  if (!caller) co_return caller.error();
  const auto stream = stream_of(*caller);
  if (!stream) co_return stream.error();
  const auto header = request.header("idempotency-key");
  if (!header) {
    co_return refuse(CallProblem::bad_idempotency_key,
                     "give the Idempotency-Key of the call that you ask for, as a header");
  }
  const auto key = direct::idempotency_key(*header);
  if (!key) co_return refuse(CallProblem::bad_idempotency_key, key.error().sentence);
  using Found = journal::Result<std::optional<journal::KeptCursor>>;
  const Found kept = co_await on_own_executor<Found>([&](auto found) {
    (*stream)->commit.find(std::string(direct::cursor_channel),
                           direct::cursor_key(caller->dataset, *key), std::move(found));
  });
  if (!kept) co_return refuse(kept.error());
  const auto remembered = *kept ? direct::decode((*kept)->value) : std::nullopt;
  if (!remembered) {
    co_return refuse(CallProblem::no_outcome,
                     "no call with this key was taken, or it was more than a week ago");
  }
  const journal::Placement& placement = (*kept)->placement;
  const std::uint64_t rows = remembered->outcome.accepted;
  boost::json::object object{{"batch", nullptr},
                             {"accepted", rows},
                             {"quarantined", remembered->outcome.quarantined},
                             {"state", "answered"}};
  if (rows == 0) co_return reply_of(object);
  object["state"] = "forgotten";
  // Of an earlier epoch.
  if (placement.sequence.value == 0) co_return reply_of(object);
  auto batch = batch_object((*stream)->id, placement.sequence);
  batch["first_row"] = placement.first_row;
  object["batch"] = std::move(batch);
  const auto standing = co_await standing_of((*stream)->commit, placement.sequence);
  if (!standing) co_return refuse(standing.error());
  object["state"] = std::string(name_of(standing->state));
  const auto tell = [&]() -> Reply {
    if (!standing->receipt) return reply_of(object);
    const auto receipt = record::parse_receipt(standing->receipt->json);
    if (!receipt) return unreadable(receipt.error());
    put_taken(object, *receipt, placement.first_row, rows);
    return reply_of(object);
  };
  co_return co_await read_beside<Reply>(large_receipts_, receipt_bytes(*standing), tell);
}

asio::awaitable<Reply> OutcomesEndpoint::of_batch(const server::Request& request) const {
  const auto caller = publishers_.admit(request);
  if (!caller) co_return caller.error();
  const auto stream = stream_of(*caller);
  if (!stream) co_return stream.error();
  const auto epoch = number_in(request.parameter("epoch"));
  const auto sequence = number_in(request.parameter("sequence"));
  const auto none = [] {
    return refuse(CallProblem::no_outcome,
                  "there is no such batch of this dataset here, or its receipt was kept a week and "
                  "is gone; both numbers are those of the answer to the call");
  };
  if (!epoch || !sequence || *epoch != (*stream)->id.epoch.value) co_return none();
  const auto standing = co_await standing_of((*stream)->commit, {*sequence});
  if (!standing) co_return refuse(standing.error());
  if (standing->state == BatchStanding::State::unknown ||
      standing->state == BatchStanding::State::forgotten) {
    co_return none();
  }
  boost::json::object object{{"batch", batch_object((*stream)->id, {*sequence})},
                             {"state", std::string(name_of(standing->state))}};
  const auto tell = [&]() -> Reply {
    if (!standing->receipt) return reply_of(object);
    const auto receipt = record::parse_receipt(standing->receipt->json);
    if (!receipt) return unreadable(receipt.error());
    // Of a dataset that the caller may not ask for, perhaps.
    if (receipt->dataset != caller->dataset) return none();
    const record::RowOutcomes& rows = receipt->rows;
    object["inserted"] = rows.inserted.value;
    object["updated"] = rows.updated.value;
    object["unchanged"] = rows.unchanged.value;
    object["deleted"] = rows.deleted.value;
    put_taken(object, *receipt, 1,
              rows.inserted.value + rows.updated.value + rows.unchanged.value + rows.deleted.value +
                  rows.rejected.value);
    return reply_of(object);
  };
  co_return co_await read_beside<Reply>(large_receipts_, receipt_bytes(*standing), tell);
}

}  // namespace sluice::api
