// Compares the checkpoints that this node's journals have kept, each with the receipt that brought
// it, with those that the center has now: whoever changes the center's database can not change
// these.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "exchange/checkpoint_answer.h"
#include "record/checkpoint.h"
#include "record/receipt.h"
#include "record/signature.h"
#include "record/signers.h"

namespace sluice::exchange {

// A checkpoint that was kept, and which receipt says it.
struct Anchor {
  record::Checkpoint checkpoint;
  record::StreamId stream;
  record::Sequence sequence;
  record::Time told_at{};
  std::string signatory;
};

// Whether the center signed it, as it must have; the flaw says what is wrong.
[[nodiscard]] std::expected<Anchor, record::Flaw> anchor_in(const record::SignedReceipt& receipt,
                                                            const record::Verifier& verifier,
                                                            const record::Signers& center);

struct AnchorReport {
  std::uint64_t anchors = 0;
  std::uint64_t same = 0;
  std::vector<std::string> lost;    // by a restore: what and when, of each line
  std::vector<std::string> broken;  // what was changed or cut off, the first of each line
};

// `bureau`: one whose journal has some of these.
using AskLine = std::function<std::expected<LineAnswer, record::Flaw>(
    const record::BureauId& bureau, const std::string& line,
    std::span<const std::uint64_t> numbers)>;

// Asks for so many numbers at once as may be. Fails where one can not be asked for.
[[nodiscard]] std::expected<AnchorReport, record::Flaw> compare_anchors(std::vector<Anchor> anchors,
                                                                        const AskLine& ask);

}  // namespace sluice::exchange
