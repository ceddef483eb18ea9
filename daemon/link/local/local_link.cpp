#include "link/local/local_link.h"

#include <utility>

#include "record/recast.h"

namespace sluice::link {
namespace {

LinkFailure link_failure(exchange::ReceptionFailure failure) {
  const bool later = failure.code == exchange::ReceptionProblem::unavailable ||
                     failure.code == exchange::ReceptionProblem::being_migrated;
  return {later ? LinkProblem::unavailable : LinkProblem::refused, std::move(failure.place),
          std::move(failure.sentence)};
}

}  // namespace

Result<void> LocalLink::carry(Outgoing& outgoing, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    // Given back with each batch, so that a long backlog lets the other streams in.
    const auto slot = applying_ ? applying_->take(stop) : std::nullopt;
    if (applying_ && !slot) break;
    const auto batch = outgoing.next();
    if (!batch) break;
    auto answer = reception_.answer(*batch);
    if (!answer) return std::unexpected(link_failure(std::move(answer.error())));
    if (auto* deferred = std::get_if<exchange::Deferred>(&*answer)) {
      outgoing.deferred(deferred->answer);
      return std::unexpected(link_failure(std::move(deferred->why)));
    }
    const auto& receipt = std::get<record::SignedReceipt>(*answer);
    if (outgoing.received(receipt) == Outgoing::Then::stop) break;
    std::string found = reception_.incarnation().value_or(store_);
    const std::string before = std::exchange(store_, std::move(found));
    if (!before.empty() && before != store_) {
      return std::unexpected(LinkFailure{
          LinkProblem::unavailable, "central store",
          "it is another one than before, or was restored: it is asked where it stands"});
    }
  }
  return {};
}

Result<std::optional<record::SignedReceipt>> LocalLink::receipt(const record::StreamId& stream,
                                                                record::Sequence sequence,
                                                                const std::stop_token&) {
  return record::recast(reception_.receipt(stream, sequence), link_failure);
}

Result<journal::LedgerPlace> LocalLink::place(const record::StreamId& stream,
                                              const std::stop_token&) {
  auto told = reception_.place(stream);
  if (told) store_ = told->store;
  return record::recast(std::move(told), link_failure);
}

}  // namespace sluice::link
