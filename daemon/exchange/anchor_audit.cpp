#include "exchange/anchor_audit.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "record/try.h"
#include "record/verified_receipt.h"

namespace sluice::exchange {
namespace {

std::string name_of(const Anchor& anchor) {
  return fmt::format("checkpoint {} of line {}, up to ledger entry {}", anchor.checkpoint.number,
                     anchor.checkpoint.line, anchor.checkpoint.ledger);
}

std::string proof_of(const Anchor& anchor) {
  return fmt::format("the receipt of {} for {} batch {} (epoch {}) says it, signed by {}",
                     record::to_string(anchor.told_at), anchor.stream.bureau.str(),
                     anchor.sequence.value, anchor.stream.epoch.value, anchor.signatory);
}

// What was found of the anchors of one line, in the order of their numbers.
struct LineFindings {
  std::vector<const Anchor*> lost;
  std::vector<const Anchor*> missing;
  std::vector<const Anchor*> different;
  LineAnswer last_answer;
};

std::string told_lost(const LineFindings& found) {
  const auto since = found.last_answer.since;
  return fmt::format(
      "lost by restore: {} kept checkpoints of line {} from number {} on, up to ledger entry {}, "
      "told until {}; the center's store was restored or replaced{}, and has that line up to "
      "number {}. "
      "If nobody did that, it is tampering",
      found.lost.size(), found.last_answer.line, found.lost.front()->checkpoint.number,
      found.lost.back()->checkpoint.ledger, record::to_string(found.lost.back()->told_at),
      since ? " (a new line began at " + record::to_string(*since) + ")" : "",
      found.last_answer.last);
}

std::string others(const std::vector<const Anchor*>& anchors) {
  return anchors.size() == 1 ? "" : fmt::format("; {} later ones too", anchors.size() - 1);
}

std::string told_missing(const LineFindings& found) {
  const Anchor& first = *found.missing.front();
  return fmt::format(
      "{}: the center has it no more{}, though no restore was made known. {}{}. Entries were cut "
      "off its ledger's end, or its database was put back without a word (docs/restore.md)",
      name_of(first),
      found.last_answer.state == LineAnswer::State::unknown ? ", nor anything of its line" : "",
      proof_of(first), others(found.missing));
}

std::string told_different(const LineFindings& found) {
  const Anchor& first = *found.different.front();
  const auto& there = found.last_answer.checkpoints;
  const auto now = std::ranges::find(there, first.checkpoint.number, &record::Checkpoint::number);
  return fmt::format(
      "{}: its digest was {}, the center now has {} there, up to ledger entry {}. {}{}. An entry "
      "up to there was changed, taken out or put in: `sluice audit verify` at the center may say "
      "which",
      name_of(first), record::to_string(first.checkpoint.digest),
      now == there.end() ? std::string("another") : record::to_string(now->digest),
      now == there.end() ? 0 : now->ledger, proof_of(first), others(found.different));
}

void judge(std::span<const Anchor> anchors, LineAnswer answer, LineFindings& found,
           std::uint64_t& same) {
  const bool had_difference = !found.different.empty();
  for (const Anchor& anchor : anchors) {
    switch (standing_of(anchor.checkpoint, anchor.told_at, answer)) {
      case Standing::same:
        ++same;
        break;
      case Standing::lost_by_restore:
        found.lost.push_back(&anchor);
        break;
      case Standing::missing:
        found.missing.push_back(&anchor);
        break;
      case Standing::different:
        found.different.push_back(&anchor);
        break;
    }
  }
  // The first difference is told with what the center has there.
  if (had_difference) answer.checkpoints = std::move(found.last_answer.checkpoints);
  found.last_answer = std::move(answer);
}

}  // namespace

std::expected<Anchor, record::Flaw> anchor_in(const record::SignedReceipt& receipt,
                                              const record::Verifier& verifier,
                                              const record::Signers& center) {
  const auto verified = record::verify_kept(receipt, verifier);
  if (!verified) {
    return std::unexpected(record::Flaw{record::to_string(verified.error())});
  }
  const record::Receipt& told = verified->receipt;
  if (const auto objection = center.objection(verified->signatory, told.at)) {
    return std::unexpected(
        record::Flaw{fmt::format("it was signed by {}, which was not the center then: {}",
                                 verified->signatory.subject, *objection)});
  }
  if (!told.checkpoint) return std::unexpected(record::Flaw{"it names no checkpoint"});
  return Anchor{*told.checkpoint, told.stream, told.sequence, told.at, verified->signatory.subject};
}

std::expected<AnchorReport, record::Flaw> compare_anchors(std::vector<Anchor> anchors,
                                                          const AskLine& ask) {
  AnchorReport report{.anchors = anchors.size()};
  std::ranges::sort(anchors, {}, [](const Anchor& anchor) {
    return std::tuple(anchor.checkpoint.line, anchor.checkpoint.number, anchor.told_at,
                      anchor.stream, anchor.sequence);
  });
  std::map<std::string, LineFindings> lines;
  for (auto rest = std::span<const Anchor>(anchors); !rest.empty();) {
    const std::string& line = rest.front().checkpoint.line;
    std::vector<std::uint64_t> numbers;
    std::size_t count = 0;
    for (; count < rest.size() && rest[count].checkpoint.line == line; ++count) {
      const std::uint64_t number = rest[count].checkpoint.number;
      if (!numbers.empty() && numbers.back() == number) continue;
      if (numbers.size() == most_numbers_asked) break;
      numbers.push_back(number);
    }
    auto answer = SLUICE_TRY(ask(rest.front().stream.bureau, line, numbers));
    judge(rest.first(count), std::move(answer), lines[line], report.same);
    rest = rest.subspan(count);
  }
  for (const auto& [line, found] : lines) {
    if (!found.different.empty()) report.broken.push_back(told_different(found));
    if (!found.missing.empty()) report.broken.push_back(told_missing(found));
    if (!found.lost.empty()) report.lost.push_back(told_lost(found));
  }
  return report;
}

}  // namespace sluice::exchange
