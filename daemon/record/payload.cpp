#include "record/payload.h"

#include <memory>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <zstd.h>

#include "record/try.h"

namespace sluice::record {
namespace {

// Level 1: payloads are written once, read twice and kept; more effort would cost the intake
// more time than the disk saves (docs/performance.md).
constexpr int compression_level = 1;
// What RFC 8878 asks every reader to take. More would let a payload choose our memory.
constexpr int window_log_limit = 23;  // 8 MiB
constexpr std::size_t piece_bytes = std::size_t{256} << 10;

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeDecompressor {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

PayloadFailure corrupt(std::string_view what) {
  return {PayloadProblem::corrupt, "data.tsv.zst",
          fmt::format("the payload is not the zstd text it should be ({}); ask its origin to send "
                      "the batch again",
                      what)};
}

PayloadFailure too_large(std::string sentence) {
  return {PayloadProblem::too_large, "data.tsv.zst", std::move(sentence)};
}

bool is_ratio_exceeded(std::uint64_t raw_bytes, std::size_t compressed_bytes) {
  return raw_bytes > free_of_ratio.value && raw_bytes / most_payload_ratio > compressed_bytes;
}

// Rows that are all alike are no bomb, and must not be taken for one.
void fill_up(std::string& compressed, std::size_t raw_bytes) {
  if (!is_ratio_exceeded(raw_bytes, compressed.size())) return;
  // Its magic number, and how many bytes follow, both with the lowest byte first.
  constexpr std::uint32_t magic = ZSTD_MAGIC_SKIPPABLE_START;
  const auto fill = static_cast<std::uint32_t>(raw_bytes / most_payload_ratio);
  for (const std::uint32_t number : {magic, fill}) {
    for (unsigned shift = 0; shift < 32; shift += 8)
      compressed += static_cast<char>(number >> shift);
  }
  compressed.append(fill, '\0');
}

std::expected<void, PayloadFailure> check_size(std::size_t compressed_bytes, ByteCount raw) {
  if (raw.value > most_payload_text.value) {
    return std::unexpected(too_large(fmt::format(
        "its manifest says that the payload holds {} bytes of text, at most {} are taken: its "
        "origin is to send the rows in smaller batches",
        raw.value, most_payload_text.value)));
  }
  if (is_ratio_exceeded(raw.value, compressed_bytes)) {
    return std::unexpected(too_large(fmt::format(
        "its manifest says that a payload of {} bytes holds {} bytes of text, which is more than "
        "{} for each: no origin makes such a one",
        compressed_bytes, raw.value, most_payload_ratio)));
  }
  return {};
}

}  // namespace

Payload compress_payload(std::string_view lines, RowCount upserts, RowCount deletes) {
  const std::unique_ptr<ZSTD_CCtx, FreeCompressor> context(ZSTD_createCCtx());
  if (!context) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, compression_level);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  Payload payload;
  payload.compressed.resize(ZSTD_compressBound(lines.size()));
  const std::size_t size = ZSTD_compress2(context.get(), payload.compressed.data(),
                                          payload.compressed.size(), lines.data(), lines.size());
  if (ZSTD_isError(size) != 0) {
    throw std::runtime_error(fmt::format("zstd: {}", ZSTD_getErrorName(size)));
  }
  payload.compressed.resize(size);
  fill_up(payload.compressed, lines.size());
  payload.compressed.shrink_to_fit();
  payload.digest = sha256(payload.compressed);
  payload.raw_bytes = {lines.size()};
  payload.upserts = upserts;
  payload.deletes = deletes;
  return payload;
}

std::expected<void, PayloadFailure> read_payload(
    std::string_view compressed, ByteCount expected_raw_bytes,
    const std::function<bool(std::string_view lines)>& consume) {
  SLUICE_TRY(check_size(compressed.size(), expected_raw_bytes));
  const std::unique_ptr<ZSTD_DCtx, FreeDecompressor> context(ZSTD_createDCtx());
  if (!context) throw std::bad_alloc();
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, window_log_limit);
  ZSTD_inBuffer input{compressed.data(), compressed.size(), 0};
  std::string piece(piece_bytes, '\0');
  std::size_t held = 0;  // bytes of `piece` that are filled
  std::uint64_t total = 0;
  bool frame_done = false;
  while (!frame_done || input.pos < input.size) {
    if (held == piece.size()) {  // one line longer than the piece
      if (held > longest_payload_line.value) {
        return std::unexpected(too_large(fmt::format("a line of the payload has more than {} bytes",
                                                     longest_payload_line.value)));
      }
      piece.resize(2 * piece.size());
    }
    ZSTD_outBuffer output{piece.data() + held, piece.size() - held, 0};
    const std::size_t result = ZSTD_decompressStream(context.get(), &output, &input);
    if (ZSTD_isError(result) != 0) return std::unexpected(corrupt(ZSTD_getErrorName(result)));
    frame_done = result == 0;
    total += output.pos;
    if (total > expected_raw_bytes.value) {
      return std::unexpected(
          too_large(fmt::format("the payload holds more than the {} bytes that its manifest says",
                                expected_raw_bytes.value)));
    }
    if (output.pos == 0 && !frame_done && input.pos == input.size) {
      return std::unexpected(corrupt("it ends too early"));
    }
    held += output.pos;
    // Small pieces are gathered, so that a consumer's per-piece cost is paid seldom.
    const bool is_last = frame_done && input.pos == input.size;
    if (held < piece.size() && !is_last) continue;
    const std::size_t newline = std::string_view(piece.data(), held).rfind('\n');
    if (newline == std::string_view::npos) continue;
    if (!consume({piece.data(), newline + 1})) return {};
    held -= newline + 1;
    piece.replace(0, held, piece, newline + 1, held);
  }
  if (held != 0) {
    return std::unexpected(PayloadFailure{PayloadProblem::not_a_line, "data.tsv.zst",
                                          "the payload's last line has no newline"});
  }
  if (total != expected_raw_bytes.value) {
    return std::unexpected(corrupt(fmt::format("{} bytes of text where its manifest says {}", total,
                                               expected_raw_bytes.value)));
  }
  return {};
}

}  // namespace sluice::record
