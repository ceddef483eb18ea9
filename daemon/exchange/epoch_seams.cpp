#include "exchange/epoch_seams.h"

#include <string_view>

#include <fmt/format.h>

namespace sluice::exchange {
namespace {

using record::EpochReason;
using record::Predecessor;

std::string_view sentence_of(EpochReason reason) {
  switch (reason) {
    case EpochReason::lost_journal:
      return "the journal was lost";
    case EpochReason::older_journal:
      return "the journal was put back as it was earlier";
    case EpochReason::center_restored:
      return "the central store was put back as it was earlier";
    case EpochReason::by_operator:
      return "an operator began it";
  }
  return "?";
}

std::string batches(std::uint64_t first, std::uint64_t last) {
  if (first == last) return fmt::format("batch {}", first);
  return fmt::format("batches {} to {}", first, last);
}

std::string missing(const Predecessor& follows, std::uint64_t after) {
  const bool is_one = follows.sequence.value == after + 1;
  return fmt::format(
      "{} of epoch {} {} missing in front of it: the ledger had that epoch up to {} when this one "
      "began, as this batch says, which its origin signed; the store was put back as it was "
      "earlier since then, or somebody cut the end off",
      batches(after + 1, follows.sequence.value), follows.epoch.value, is_one ? "is" : "are",
      follows.sequence.value);
}

std::string what_became(const Predecessor& follows, const record::Epoch& epoch) {
  const std::uint64_t between = follows.numbered.value - follows.sequence.value;
  const std::string anew = fmt::format("sealed anew in epoch {}", epoch.value);
  if (follows.lost == 0) return anew;
  if (follows.lost == between) return "lost";
  return fmt::format("{} of {} are lost, the others {}", follows.lost, between, anew);
}

// What never came into the ledger under its old numbers, as the origin says.
std::optional<std::string> never_came(const Predecessor& follows, const record::Epoch& epoch) {
  if (follows.numbered == follows.sequence) return std::nullopt;
  return fmt::format("{} of epoch {} never came ({}): {}",
                     batches(follows.sequence.value + 1, follows.numbered.value),
                     follows.epoch.value, sentence_of(follows.reason), what_became(follows, epoch));
}

}  // namespace

Seam judge_seam(const record::Manifest& manifest, const EpochEnd& before) {
  const record::Epoch epoch = manifest.stream.epoch;
  if (manifest.sequence.value != 1 || before.epoch == epoch) return {};
  const auto& follows = manifest.follows;
  if (!follows) {
    if (before.epoch.value == 0) return {};
    return {.notice = fmt::format(
                "epoch {} ends at batch {}, and nobody says that it should: the first batch of "
                "epoch {} does not tell where the one before it ended",
                before.epoch.value, before.sequence.value, epoch.value)};
  }
  if (follows->epoch > before.epoch) {
    if (follows->sequence.value > 0) return {.fault = missing(*follows, 0)};
    return {.notice = never_came(*follows, epoch)};
  }
  if (follows->epoch < before.epoch) {
    return {.notice = fmt::format("epoch {} ends at batch {}, and the first batch of epoch {} "
                                  "knows nothing of it: it says that it follows epoch {}",
                                  before.epoch.value, before.sequence.value, epoch.value,
                                  follows->epoch.value)};
  }
  if (follows->sequence > before.sequence)
    return {.fault = missing(*follows, before.sequence.value)};
  if (follows->sequence < before.sequence) {
    return {.notice = fmt::format(
                "epoch {} ends at batch {}, and the first batch of epoch {} says that it ended at "
                "{}: the others came after its origin had asked",
                before.epoch.value, before.sequence.value, epoch.value, follows->sequence.value)};
  }
  return {.notice = never_came(*follows, epoch)};
}

}  // namespace sluice::exchange
