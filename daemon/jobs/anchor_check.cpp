#include "jobs/anchor_check.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "jobs/flaw_of.h"
#include "link/https/center_answer.h"
#include "record/try.h"

namespace sluice::jobs {
namespace {

// The center reads a hundred rows.
constexpr std::chrono::seconds longest_silence{30};

}  // namespace

std::expected<std::vector<exchange::Anchor>, record::Flaw> AnchorCheck::read(
    journal::Journal& journal) {
  const auto status = SLUICE_TRY(flawed(journal.status()));
  const std::string file = installation_.paths.journal(status.stream.bureau).string();
  const record::Signers center = center_signers(installation_);
  const auto credentials = installation_.keyring->current();
  std::vector<exchange::Anchor> anchors;
  const auto take = [&](const record::SignedReceipt& receipt) {
    auto anchor = exchange::anchor_in(receipt, credentials->verifier, center);
    if (anchor) {
      anchors.push_back(std::move(*anchor));
    } else {
      objections_.push_back(
          fmt::format("{}: a receipt that it keeps for its checkpoint is not good: {}", file,
                      anchor.error().sentence));
    }
    return true;
  };
  SLUICE_TRY(flawed(journal.read_anchors(take)));
  return anchors;
}

std::expected<exchange::LineAnswer, record::Flaw> AnchorCheck::ask(
    const record::BureauId& bureau, const std::string& line,
    std::span<const std::uint64_t> numbers) {
  if (store::Store* const store = center_->store()) {
    return flawed(exchange::answer_of(*store, line, numbers));
  }
  const std::string target =
      fmt::format("/v1/checkpoints/{}/{}/{}", bureau.str(), line, fmt::join(numbers, ","));
  auto reply = SLUICE_TRY(
      flawed(center_->caller().call({.method = "GET", .target = target}, longest_silence)));
  const auto body = SLUICE_TRY(flawed(link::read_body(std::move(reply.answer), reply.place)));
  auto answer = exchange::parse_line_answer(body);
  if (answer && answer->line == line) return answer;
  return std::unexpected(record::Flaw{record::to_string(link::not_understood(
      reply.place, answer ? "it is of another line of checkpoints" : answer.error().sentence))});
}

std::expected<exchange::AnchorReport, record::Flaw> AnchorCheck::compare(
    journal::Journal& journal) {
  auto anchors = SLUICE_TRY(read(journal));
  if (anchors.empty()) return exchange::AnchorReport{};
  if (!center_) center_ = SLUICE_TRY(CenterReach::open(installation_));
  return exchange::compare_anchors(
      std::move(anchors),
      [this](const record::BureauId& bureau, const std::string& line,
             std::span<const std::uint64_t> numbers) { return ask(bureau, line, numbers); });
}

}  // namespace sluice::jobs
