#include "reconciliation/https_digests.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "link/https/center_answer.h"
#include "reconciliation/digest_question.h"
#include "record/recast.h"
#include "record/try.h"

namespace sluice::reconciliation {
namespace {

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
      bandwidth_(uplink.bandwidth),
      caller_(uplink, identity, bandwidth_) {}

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
  const std::string target = fmt::format("/v1/datasets/{}/digests", compared_.dataset.str());
  auto reply = caller_.call(
      {.method = "POST", .target = target, .content_type = "application/json", .body = body},
      longest_silence);
  if (!reply) return std::unexpected(failure_of(reply.error()));
  return record::recast(link::read_body(std::move(reply->answer), reply->place), failure_of);
}

}  // namespace sluice::reconciliation
