#include "link/https/conversation.h"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "fault/kill_point.h"
#include "link/https/center_answer.h"
#include "link/https/ledger_call.h"
#include "record/batch_file.h"

namespace sluice::link {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

// How long an answer that explains a failed write may take.
constexpr std::chrono::milliseconds last_words{2000};

std::unexpected<LinkFailure> not_a_manifest(const record::ManifestFailure& failure) {
  return std::unexpected(LinkFailure{LinkProblem::refused, failure.place, failure.sentence});
}

}  // namespace

Conversation::Conversation(asio::io_context& context, HttpsConnection& connection,
                           Outgoing& outgoing, const Uplink& uplink, const UplinkIdentity& identity,
                           std::string& store)
    : connection_(connection),
      outgoing_(outgoing),
      uplink_(uplink),
      identity_(identity),
      store_(store),
      change_(context) {}

awaitable<Result<Conversation::Standing>> Conversation::ask(const record::Batch& batch) {
  const auto manifest = record::parse_manifest(batch.manifest);
  if (!manifest) co_return not_a_manifest(manifest.error());
  const HttpRequest question = place_question(manifest->stream);
  if (auto sent = co_await connection_.send(question); !sent) {
    co_return std::unexpected(sent.error());
  }
  const auto answer = co_await connection_.receive(uplink_.answer_timeout);
  if (!answer) co_return std::unexpected(answer.error());
  const auto sequence = read_standing(*answer, connection_.place());
  if (!sequence) co_return std::unexpected(sequence.error());
  co_return Standing{manifest->stream, *sequence};
}

awaitable<Conversation::End> Conversation::exchange(record::Batch first,
                                                    std::optional<Standing> standing) {
  using namespace asio::experimental::awaitable_operators;
  standing_ = std::move(standing);
  co_await (write_all(std::move(first)) && read_all());
  co_return *end_;
}

void Conversation::changed() {
  change_.cancel();
}

awaitable<void> Conversation::await_change() {
  change_.expires_at(asio::steady_timer::time_point::max());
  co_await change_.async_wait(asio::as_tuple(asio::use_awaitable));
}

void Conversation::end(End how) {
  if (end_) return;
  end_ = how;
  // Whatever the other half is waiting for does not matter any more.
  if (how != End::done) connection_.cut();
  changed();
}

void Conversation::fail(LinkFailure failure) {
  if (!failure_) failure_ = std::move(failure);
  end(End::failed);
}

awaitable<void> Conversation::await_room(std::uint64_t bytes) {
  while (
      !end_ && !waiting_.empty() &&
      (waiting_.size() >= uplink_.in_flight || waiting_bytes_ + bytes > uplink_.in_flight_bytes)) {
    co_await await_change();
  }
}

awaitable<void> Conversation::write_all(std::optional<record::Batch> next) {
  bool can_go_on = true;
  while (can_go_on && !end_) {
    const bool renew = identity_.current().generation != connection_.generation();
    if (!next && !renew) next = outgoing_.next();
    if (next && !renew) {
      can_go_on = co_await write(*next);
      next.reset();
    } else if (waiting_.empty()) {
      end(renew ? End::out_of_date : End::done);
    } else {
      co_await await_change();
    }
  }
}

// False: nothing more can be sent.
awaitable<bool> Conversation::write(const record::Batch& batch) {
  const auto manifest = record::parse_manifest(batch.manifest);
  if (!manifest) {
    fail(not_a_manifest(manifest.error()).error());
    co_return false;
  }
  const bool is_there = standing_ && standing_->stream == manifest->stream &&
                        manifest->sequence <= standing_->sequence;
  std::string file;
  HttpRequest request = receipt_question(manifest->stream, manifest->sequence);
  if (!is_there) {
    file = record::write_batch_file(batch, manifest->collected_at);
    request = {.method = "PUT",
               .target = batch_path(manifest->stream, manifest->sequence),
               .content_type = "application/x-tar",
               .body = file};
  }
  co_await await_room(file.size());
  if (end_) co_return false;
  SLUICE_KILL_POINT("link.before-request");
  // Before it is sent: an answer may come, and mean it, before all of it has gone.
  waiting_.push_back({is_there, file.size()});
  waiting_bytes_ += file.size();
  changed();
  auto sent = co_await connection_.send(request);
  if (sent) co_return true;
  if (end_) co_return false;
  // A center that refuses a batch says why and stops reading: what it said may be on its way.
  write_failure_ = std::move(sent.error());
  connection_.limit_silence(last_words);
  co_return false;
}

awaitable<void> Conversation::read_all() {
  while (!end_) {
    if (waiting_.empty()) {
      co_await await_change();
      continue;
    }
    auto answer =
        co_await connection_.receive(write_failure_ ? last_words : uplink_.answer_timeout);
    if (end_) co_return;
    SLUICE_KILL_POINT("link.before-receipt");
    if (answer) {
      take(*answer);
    } else {
      fail(write_failure_ ? *write_failure_ : std::move(answer.error()));
    }
  }
}

void Conversation::take(const HttpAnswer& answer) {
  const Waiting asked = waiting_.front();
  if (asked.fetched && says_no_receipt(answer)) return end(End::no_receipt);
  const auto receipt = read_receipt(answer, connection_.place());
  if (!receipt) {
    if (const auto deferral = read_deferral(answer)) outgoing_.deferred(*deferral);
    return fail(receipt.error());
  }
  waiting_.pop_front();
  waiting_bytes_ -= asked.bytes;
  brought_receipts_ = true;
  if (outgoing_.received(*receipt) == Outgoing::Then::stop) return end(End::stopped);
  const std::string before = answer.store.empty() ? store_ : std::exchange(store_, answer.store);
  if (!before.empty() && before != store_) {
    brought_receipts_ = false;  // it is to be told
    found_another_store_ = true;
    return fail({LinkProblem::unavailable, connection_.place(),
                 "the center's store is another one than before, or was restored: it is asked "
                 "where it stands"});
  }
  if (answer.last) return end(End::out_of_date);
  changed();
}

}  // namespace sluice::link
