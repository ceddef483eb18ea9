// What a batch says of itself: the part that is signed and chained. One JSON object; the bytes that
// were signed are kept as they are and never written again from the values (docs/batch-format.md).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "record/digest.h"
#include "record/failure.h"
#include "record/identifiers.h"
#include "record/time.h"

namespace sluice::record {

enum class Mode { direct, front_end, disk, manual_entry };
[[nodiscard]] std::string_view to_string(Mode mode);

// Why a bureau's stream went on in a new epoch.
enum class EpochReason {
  lost_journal,     // it was gone
  older_journal,    // it was put back as it was earlier
  center_restored,  // the ledger lacks what it had given receipts for, and not all of it was kept
  by_operator,      // none of these: after a clock was wrong, for one
};
[[nodiscard]] std::string_view to_string(EpochReason reason);

// What the first batch of an epoch says of the one before it, so that its end in the ledger can be
// told from one that was cut off.
struct Predecessor {
  Epoch epoch = {};        // the latest that the center's ledger had of the bureau
  Sequence sequence = {};  // the last of it there; 0: it had none of that epoch
  Sequence numbered = {};  // the highest number that was given out in it, as far as its node knows
  std::uint64_t lost = 0;  // of the batches between: not sealed anew in this epoch
  EpochReason reason = EpochReason::by_operator;
  friend bool operator==(const Predecessor&, const Predecessor&) = default;
};

struct Manifest {
  StreamId stream;
  Sequence sequence;
  DatasetId dataset;
  Digest schema;
  Mode mode = Mode::direct;
  RowCount upserts;
  RowCount deletes;
  ByteCount payload_bytes;      // of data.tsv.zst
  ByteCount payload_raw_bytes;  // of the text that it holds
  Digest payload;               // of data.tsv.zst
  Digest previous;              // of the manifest before it in its stream; zeros before the first
  Time collected_at{};          // when the batch was closed at its origin
  bool carries_case_numbers = false;
  // In an epoch's first batch only, and not in a bureau's first epoch.
  std::optional<Predecessor> follows = std::nullopt;
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

enum class ManifestProblem {
  malformed,
  unsupported_format,  // of a later version: nothing is wrong with it
};
using ManifestFailure = Failure<ManifestProblem>;

[[nodiscard]] std::string to_json(const Manifest& manifest);
// Unknown members are refused: what is signed is understood whole.
[[nodiscard]] std::expected<Manifest, ManifestFailure> parse_manifest(std::string_view json);

}  // namespace sluice::record
