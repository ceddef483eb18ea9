// What became of batches that the center holds: the sender asks, since nobody sends them again.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "link/sender.h"

namespace sluice::link {
namespace {

// Of a dataset, before what waits is sent on; a center reads a row for each.
constexpr std::uint64_t asked_at_once = 64;

// As far as it is told of.
record::Manifest manifest_of(const record::Receipt& receipt) {
  record::Manifest manifest;
  manifest.stream = receipt.stream;
  manifest.sequence = receipt.sequence;
  manifest.dataset = receipt.dataset;
  return manifest;
}

}  // namespace

Sender::Pass Sender::ask_for_held(const std::stop_token& stop) {
  const auto held = journal_.held();
  if (!held) return journal_failed(held.error());
  is_to_ask_for_held_ = false;
  held_.clear();
  for (const journal::HeldDataset& of : *held) {
    held_.insert(of.dataset);
    const Pass pass = ask_for_held(of.dataset, stop);
    if (pass != Pass::drained) return pass;
  }
  return Pass::drained;
}

Sender::Pass Sender::ask_for_held(const record::DatasetId& dataset, const std::stop_token& stop) {
  journal::HeldBatch& asked = asked_up_to_[dataset];
  bool has_come_on = false;
  const auto ask_all = [&](journal::HeldBatch after, std::uint64_t most) -> Pass {
    const auto batches = journal_.held_of(dataset, after, most);
    if (!batches) return journal_failed(batches.error());
    for (const journal::HeldBatch& batch : *batches) {
      const auto came = ask_for_held(batch, stop);
      if (!came) return came.error();
      // Nor for the next one's; and what waits to be sent does not wait for that.
      if (*came == Asked::no_room) return Pass::drained;
      has_come_on = has_come_on || *came == Asked::settled;
      asked = batch;
    }
    if (batches->size() < most) asked = {};
    return Pass::drained;
  };
  // They are settled in order, but for single ones that were released: so the first, and in turn
  // some of the others.
  const journal::HeldBatch before = asked;
  if (const Pass pass = ask_all({}, 1); pass != Pass::drained) return pass;
  const Pass pass = ask_all(has_come_on ? asked : std::max(before, asked), asked_at_once);
  // There may be more of them.
  if (has_come_on) is_to_ask_for_held_ = true;
  return pass;
}

std::expected<Sender::Asked, Sender::Pass> Sender::ask_for_held(const journal::HeldBatch& batch,
                                                                const std::stop_token& stop) {
  const auto status = journal_.status();
  if (!status) return std::unexpected(journal_failed(status.error()));
  const record::StreamId stream{status->stream.bureau, batch.epoch};
  const auto answer = link_->receipt(stream, batch.sequence, stop);
  if (stop.stop_requested()) return std::unexpected(Pass::held_back);
  if (!answer) {
    is_refused_ = answer.error().code == LinkProblem::refused;
    events_.held_back(answer.error());
    return std::unexpected(Pass::held_back);
  }
  if (!*answer) return give_back(batch);
  const auto receipt = believed(**answer);
  if (!receipt) return std::unexpected(receipt.error());
  if (receipt->stream != stream || receipt->sequence != batch.sequence) {
    events_.stopped(fmt::format("batch {} was asked after, and the receipt for batch {} came",
                                batch.sequence.value, receipt->sequence.value));
    return std::unexpected(Pass::stopped);
  }
  if (receipt->outcome == record::Outcome::held) return Asked::still_held;
  if (auto kept = journal_.acknowledge(*receipt, **answer); !kept) {
    return not_kept(kept.error());
  }
  events_.acknowledged(manifest_of(*receipt), *receipt);
  return Asked::settled;
}

std::expected<Sender::Asked, Sender::Pass> Sender::give_back(const journal::HeldBatch& batch) {
  const auto told = journal_.give_back(batch);
  if (!told) return not_kept(told.error());
  // It is of the stream's own epoch: a center that lost it is sent it again.
  if (!*told) return Asked::still_held;
  events_.acknowledged(manifest_of(**told), **told);
  return Asked::settled;
}

std::expected<Sender::Asked, Sender::Pass> Sender::not_kept(
    const journal::JournalFailure& failure) {
  const Pass pass = journal_failed(failure);
  if (pass == Pass::stopped) return std::unexpected(pass);
  return Asked::no_room;
}

}  // namespace sluice::link
