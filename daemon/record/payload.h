// A batch's data: zstd of COPY text lines, written and read as a stream, so that memory does not
// grow with it.
#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "record/copy_text.h"
#include "record/digest.h"
#include "record/failure.h"
#include "record/identifiers.h"

namespace sluice::record {

// A finished payload and what its manifest says of it.
struct Payload {
  std::string compressed;
  Digest digest;  // of `compressed`
  ByteCount raw_bytes;
  RowCount upserts;
  RowCount deletes;
};

// zstd at level 1 with a content checksum. `lines` are whole COPY text lines of which `upserts`
// and `deletes` were counted by the caller.
[[nodiscard]] Payload compress_payload(std::string_view lines, RowCount upserts, RowCount deletes);

enum class PayloadProblem {
  corrupt,     // not zstd, truncated, or its checksum is wrong
  too_large,   // more text than its manifest says
  not_a_line,  // an unterminated last line
};
using PayloadFailure = Failure<PayloadProblem>;

// Decompresses, and hands out pieces of whole lines, each at most about 256 KiB unless one line is
// longer. `consume` returns false to stop early, which is no failure.
[[nodiscard]] std::expected<void, PayloadFailure> read_payload(
    std::string_view compressed, ByteCount expected_raw_bytes,
    const std::function<bool(std::string_view lines)>& consume);

}  // namespace sluice::record
