#include "reconciliation/https_digests.h"

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include "link/https/center_answer.h"
#include "reconciliation/digest_question.h"
#include "record/try.h"

namespace sluice::reconciliation {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using link::LinkFailure;
using link::LinkProblem;

// The center reads all of a range before it answers.
constexpr std::chrono::minutes longest_silence{30};

Failure failure_of(const LinkFailure& failure) {
  const bool passes = failure.code == LinkProblem::unavailable;
  return {passes ? Problem::unavailable : Problem::refused, failure.place, failure.sentence};
}

}  // namespace

HttpsDigests::HttpsDigests(ComparedDataset compared, const link::Uplink& uplink,
                           const link::UplinkIdentity& identity)
    : compared_(std::move(compared)),
      uplink_(uplink),
      identity_(identity),
      bandwidth_(uplink.bandwidth),
      context_(1) {}

Result<std::vector<record::RecordSum>> HttpsDigests::sums(const record::KeyRange& range,
                                                          std::span<const record::Key> bounds) {
  const DigestQuestion question{compared_.schema, range, std::vector(bounds.begin(), bounds.end())};
  const auto answer = SLUICE_TRY(ask(to_json(question)));
  auto sums = parse_sums(answer);
  if (!sums || sums->size() != bounds.size() + 1) return not_understood();
  return std::move(*sums);
}

Result<Listing> HttpsDigests::list(const record::KeyRange& range) {
  const auto answer =
      SLUICE_TRY(ask(to_json(DigestQuestion{compared_.schema, range, std::nullopt})));
  auto listing = parse_listing(answer);
  if (!listing) return not_understood();
  return std::move(*listing);
}

std::unexpected<Failure> HttpsDigests::not_understood() const {
  return std::unexpected(
      failure_of(link::not_understood("dataset " + compared_.dataset.str(), "expected digests")));
}

Result<std::string> HttpsDigests::ask(const std::string& body) {
  std::expected<std::string, LinkFailure> result;
  std::exception_ptr broken;
  context_.restart();
  asio::co_spawn(
      context_, exchange(body),
      [&](const std::exception_ptr& error, std::expected<std::string, LinkFailure> done) {
        broken = error;
        result = std::move(done);
      });
  context_.run();
  if (broken) std::rethrow_exception(broken);
  if (!result) return std::unexpected(failure_of(result.error()));
  return std::move(*result);
}

awaitable<std::expected<std::string, LinkFailure>> HttpsDigests::exchange(const std::string& body) {
  const link::HttpRequest request{
      .method = "POST",
      .target = fmt::format("/v1/datasets/{}/digests", compared_.dataset.str()),
      .content_type = "application/json",
      .body = body};
  for (;;) {
    const bool is_kept = connection_ != nullptr;
    if (!is_kept) {
      if (auto connected = co_await connect(); !connected) {
        co_return std::unexpected(std::move(connected.error()));
      }
    }
    auto answered = co_await connection_->send(request);
    std::optional<link::HttpAnswer> answer;
    if (answered) {
      auto received = co_await connection_->receive(longest_silence);
      if (received) {
        answer = std::move(*received);
      } else {
        answered = std::unexpected(std::move(received.error()));
      }
    }
    const std::string place = connection_->place();
    if (!answer || answer->last) connection_.reset();
    if (answer) co_return link::read_body(std::move(*answer), place);
    // One that was kept may have been closed long ago.
    if (!is_kept) co_return std::unexpected(std::move(answered.error()));
  }
}

awaitable<std::expected<void, LinkFailure>> HttpsDigests::connect() {
  std::optional<LinkFailure> first;
  for (const link::Uplink::Address& address : uplink_.addresses) {
    connection_ =
        std::make_shared<link::HttpsConnection>(context_, address, identity_.current(), bandwidth_);
    auto opened = co_await connection_->open(uplink_.connect_timeout);
    if (opened) co_return std::expected<void, LinkFailure>{};
    connection_.reset();
    if (!first) first = std::move(opened.error());
  }
  co_return std::unexpected(std::move(*first));
}

}  // namespace sluice::reconciliation
