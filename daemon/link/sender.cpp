#include "link/sender.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include <fmt/format.h>

#include "fault/kill_point.h"
#include "record/unforeseen.h"
#include "record/verified_receipt.h"
#include "threads/sleep.h"

namespace sluice::link {
namespace {

// How soon a batch that another process has journaled is noticed.
constexpr std::chrono::milliseconds look_again{50};
constexpr std::chrono::milliseconds first_back_off{100};
constexpr std::chrono::milliseconds longest_back_off{5000};
// Where somebody has to do something at the center, and the batch would travel for nothing.
constexpr std::chrono::milliseconds longest_refused_back_off{30'000};

// Between half of it and all of it, so that the nodes of a center that was away do not all come
// back at once.
std::chrono::milliseconds spread(std::chrono::milliseconds back_off, double random) {
  return std::chrono::milliseconds(
      static_cast<long>(static_cast<double>(back_off.count()) * (0.5 + random / 2)));
}

// Nothing is wrong with a receipt that only can not be judged by the files as they are.
bool is_to_be_renewed(const record::SignatureFailure& failure) {
  return failure.code == record::SignatureProblem::outdated_list ||
         failure.code == record::SignatureProblem::unlisted;
}

bool is_of_later_version(const record::SignedReceipt& receipt) {
  const auto parsed = record::parse_receipt(receipt.json);
  return !parsed && parsed.error().code == record::ReceiptProblem::later_format;
}

}  // namespace

Sender::Sender(journal::Journal journal, std::unique_ptr<Link> link, ReceiptSigners center,
               SenderSurroundings surroundings, SenderEvents events)
    : journal_(std::move(journal)),
      link_(std::move(link)),
      center_(std::move(center)),
      surroundings_(std::move(surroundings)),
      events_(std::move(events)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Sender::~Sender() = default;

void Sender::run(const std::stop_token& stop) {
  try {
    send_all(stop);
  } catch (const std::exception& error) {
    events_.stopped(record::unforeseen(error) +
                    "; a restart of sluiced goes on from what has its receipt");
  }
}

void Sender::send_all(const std::stop_token& stop) {
  stop_ = stop;
  auto back_off = first_back_off;
  bool is_compared = false;
  while (!stop.stop_requested()) {
    const record::Sequence before = acknowledged_;
    Pass pass = is_compared && !is_to_ask() ? Pass::drained : compare(stop);
    if (pass == Pass::drained && is_to_ask_for_held_) pass = ask_for_held(stop);
    if (pass == Pass::drained) pass = drain(stop);
    if (pass == Pass::stopped) return;
    // After whatever was in the way, either side may be another one.
    is_compared = pass == Pass::drained;
    if (acknowledged_ != before) back_off = first_back_off;
    if (pass == Pass::drained) {
      threads::sleep_for(stop, look_again);
    } else {
      threads::sleep_for(stop, spread(back_off, surroundings_.random()));
      back_off = std::min(2 * back_off, is_refused_ ? longest_refused_back_off : longest_back_off);
    }
  }
}

bool Sender::is_to_ask() const {
  const record::Time now = surroundings_.clock();
  return now < asked_at_ || now - asked_at_ >= surroundings_.ask_every;
}

Sender::Pass Sender::compare(const std::stop_token& stop) {
  std::optional<LinkFailure> away;
  journal::LedgerPlace stands;
  asked_at_ = surroundings_.clock();
  const auto objection =
      journal_.compare([&](const record::StreamId& stream) -> std::optional<journal::LedgerPlace> {
        auto place = link_->place(stream, stop);
        if (place) return stands = *place;
        away = std::move(place.error());
        return std::nullopt;
      });
  if (stop.stop_requested()) return Pass::held_back;
  if (!objection) return journal_failed(objection.error());
  const bool was_in_the_way = std::exchange(was_in_the_way_, away || *objection);
  is_refused_ = away && away->code == LinkProblem::refused;
  if (away) {
    events_.held_back(*away);
  } else if (was_in_the_way_ || was_in_the_way) {
    events_.compared(*objection);
  }
  is_to_ask_for_held_ = true;
  return was_in_the_way_ ? Pass::held_back : send_again(stands);
}

Sender::Pass Sender::send_again(const journal::LedgerPlace& place) {
  const auto again = journal_.send_again(place);
  if (!again) return journal_failed(again.error());
  if (*again) {
    // A new epoch's numbers begin anew.
    acknowledged_ = (*again)->anew ? record::Sequence{} : (*again)->after;
    events_.sending_again(**again);
  }
  return Pass::drained;
}

Sender::Pass Sender::drain(const std::stop_token& stop) {
  rewind();
  pass_ = Pass::drained;
  disbelief_.reset();
  const auto carried = link_->carry(*this, stop);
  is_refused_ = false;
  if (pass_ != Pass::drained || stop.stop_requested()) return pass_;
  if (carried) {
    const auto kept = journal_.let_go_of_retained();
    return kept ? Pass::drained : journal_failed(kept.error());
  }
  LinkFailure failure = carried.error();
  is_refused_ = failure.code == LinkProblem::refused;
  if (disbelief_) failure.sentence += "; the signed answer is not good: " + *disbelief_;
  events_.held_back(failure);
  return Pass::held_back;
}

std::optional<record::Batch> Sender::next() {
  if (pass_ != Pass::drained || stop_.stop_requested()) return std::nullopt;
  auto batch = journal_.next(given_);
  if (!batch) {
    pass_ = journal_failed(batch.error());
    return std::nullopt;
  }
  if (!*batch) return std::nullopt;
  auto manifest = record::parse_manifest((*batch)->manifest);
  if (!manifest) {
    events_.stopped(record::to_string(manifest.error()));
    pass_ = Pass::stopped;
    return std::nullopt;
  }
  SLUICE_KILL_POINT("sender.before-send");
  given_ = manifest->sequence;
  under_way_.push_back(std::move(*manifest));
  return std::move(*batch);
}

Outgoing::Then Sender::received(const record::SignedReceipt& receipt) {
  SLUICE_KILL_POINT("sender.before-acknowledge");
  const record::Manifest manifest = std::move(under_way_.front());
  under_way_.pop_front();
  pass_ = keep_receipt(manifest, receipt);
  return pass_ == Pass::drained ? Then::go_on : Then::stop;
}

void Sender::deferred(const record::SignedDeferral& answer) {
  disbelief_ = under_way_.empty() ? "it answers nothing that was sent"
                                  : why_not_believed(under_way_.front(), answer);
}

std::optional<std::string> Sender::why_not_believed(const record::Manifest& manifest,
                                                    const record::SignedDeferral& answer) {
  const auto deferral = record::parse_deferral(answer.json);
  if (!deferral) return record::to_string(deferral.error());
  const auto signatory = center_.keyring.current()->verifier.verify(
      answer.json, answer.signature,
      record::Judgement::of_arrival(deferral->at, surroundings_.clock()));
  if (!signatory) return record::to_string(signatory.error());
  if (const auto objection = center_.signers.objection(*signatory, deferral->at)) {
    return fmt::format("{} signed it, which is not the center: {}", signatory->subject, *objection);
  }
  if (deferral->stream == manifest.stream && deferral->sequence == manifest.sequence) {
    return std::nullopt;
  }
  return fmt::format("batch {} was sent, and it is of batch {}", manifest.sequence.value,
                     deferral->sequence.value);
}

void Sender::rewind() {
  given_ = acknowledged_;
  under_way_.clear();
}

Sender::Pass Sender::journal_failed(const journal::JournalFailure& failure) {
  // `backlog_full`: the quarantine has no room for the rows that a receipt says were refused.
  if (failure.code == journal::JournalProblem::busy ||
      failure.code == journal::JournalProblem::no_room ||
      failure.code == journal::JournalProblem::backlog_full) {
    // A batch that was under way is sent again later, and the same receipt comes back.
    events_.held_back({LinkProblem::unavailable, failure.place, failure.sentence});
    return Pass::held_back;
  }
  events_.stopped(record::to_string(failure));
  return Pass::stopped;
}

std::expected<record::Receipt, Sender::Pass> Sender::believed(
    const record::SignedReceipt& signed_receipt) {
  const auto stop_with = [&](const std::string& sentence) {
    events_.stopped(sentence);
    return std::unexpected(Pass::stopped);
  };
  auto verified =
      record::verify(signed_receipt, center_.keyring.current()->verifier, surroundings_.clock());
  if (!verified && is_to_be_renewed(verified.error())) {
    // It comes again with the same batch.
    events_.held_back({LinkProblem::unavailable, verified.error().place,
                       "the receipt can not be checked: " + verified.error().sentence});
    return std::unexpected(Pass::held_back);
  }
  if (!verified && is_of_later_version(signed_receipt)) {
    // Nothing of it is lost: whoever reads it fetches it by its number.
    return stop_with(
        fmt::format("the center is of a later version than this node: {}; upgrade "
                    "this node, what waits stays here until then",
                    record::to_string(verified.error())));
  }
  if (!verified) {
    return stop_with("the receipt is not good: " + record::to_string(verified.error()));
  }
  if (const auto objection = center_.signers.objection(verified->signatory, verified->receipt.at)) {
    return stop_with(
        fmt::format("the receipt is not good: {} signed it, {}; "
                    "`uplink.center_subject` says who the center is",
                    verified->signatory.subject, *objection));
  }
  return std::move(verified->receipt);
}

Sender::Pass Sender::keep_receipt(const record::Manifest& manifest,
                                  const record::SignedReceipt& signed_receipt) {
  const auto receipt = believed(signed_receipt);
  if (!receipt) return receipt.error();
  // The journal takes receipts that came before; here, one for another batch would never end.
  if (receipt->sequence != manifest.sequence) {
    events_.stopped(fmt::format("batch {} was sent, and the receipt for batch {} came back",
                                manifest.sequence.value, receipt->sequence.value));
    return Pass::stopped;
  }
  if (auto kept = journal_.acknowledge(*receipt, signed_receipt); !kept) {
    return journal_failed(kept.error());
  }
  SLUICE_KILL_POINT("sender.after-acknowledge");
  acknowledged_ = receipt->sequence;
  if (receipt->outcome == record::Outcome::held) {
    held_.insert(manifest.dataset);
  } else if (held_.contains(manifest.dataset)) {
    // The center applies what it holds before what comes later.
    is_to_ask_for_held_ = true;
  }
  events_.acknowledged(manifest, *receipt);
  return Pass::drained;
}

}  // namespace sluice::link
