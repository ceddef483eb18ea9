// A batch's data: zstd of COPY text lines, written and read as a stream, so that memory does not
// grow with it.
#pragma once

#include <cstddef>
#include <cstdint>
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

// What a reader of another's payload takes, so that a small one can not cost it much: all of the
// text (a batch is closed before 64 MiB, and its last row may have as many, each byte escaped); one
// line; and, of more than `free_of_ratio`, bytes of text for each byte of the payload.
inline constexpr ByteCount most_payload_text{std::uint64_t{256} << 20};
inline constexpr ByteCount longest_payload_line{std::uint64_t{160} << 20};
inline constexpr ByteCount free_of_ratio{std::uint64_t{64} << 20};
inline constexpr std::uint64_t most_payload_ratio = 100;

// A finished payload and what its manifest says of it.
struct Payload {
  std::string compressed;
  Digest digest;  // of `compressed`
  ByteCount raw_bytes;
  RowCount upserts;
  RowCount deletes;
};

// zstd at level 1 with a content checksum; what would be too small by the ratio above is filled up
// with a frame that readers skip (RFC 8878, 3.1.2). `lines` are whole COPY text lines of which
// `upserts` and `deletes` were counted by the caller.
[[nodiscard]] Payload compress_payload(std::string_view lines, RowCount upserts, RowCount deletes);

enum class PayloadProblem {
  corrupt,     // not zstd, truncated, or its checksum is wrong
  too_large,   // more text than its manifest says, or than a reader takes
  not_a_line,  // an unterminated last line
};
using PayloadFailure = Failure<PayloadProblem>;

// Decompresses, and hands out pieces of whole lines, each at most about 256 KiB unless one line is
// longer. `consume` returns false to stop early, which is no failure.
[[nodiscard]] std::expected<void, PayloadFailure> read_payload(
    std::string_view compressed, ByteCount expected_raw_bytes,
    const std::function<bool(std::string_view lines)>& consume);

}  // namespace sluice::record
