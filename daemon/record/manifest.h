// What a batch says of itself: the part that is signed and chained. One JSON object; the bytes that
// were signed are kept as they are and never written again from the values (docs/batch-format.md).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "record/digest.h"
#include "record/failure.h"
#include "record/identifiers.h"
#include "record/time.h"

namespace sluice::record {

enum class Mode { direct, front_end, disk, manual_entry };
[[nodiscard]] std::string_view to_string(Mode mode);

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
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

enum class ManifestProblem { malformed, unsupported_format };
using ManifestFailure = Failure<ManifestProblem>;

[[nodiscard]] std::string to_json(const Manifest& manifest);
// Unknown members are refused: what is signed is understood whole.
[[nodiscard]] std::expected<Manifest, ManifestFailure> parse_manifest(std::string_view json);

}  // namespace sluice::record
