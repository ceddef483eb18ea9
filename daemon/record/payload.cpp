#include "record/payload.h"

#include <memory>
#include <stdexcept>

#include <fmt/format.h>
#include <zstd.h>

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
  const std::unique_ptr<ZSTD_DCtx, FreeDecompressor> context(ZSTD_createDCtx());
  if (!context) throw std::bad_alloc();
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, window_log_limit);
  ZSTD_inBuffer input{compressed.data(), compressed.size(), 0};
  std::string piece(piece_bytes, '\0');
  std::size_t held = 0;  // bytes of `piece` that are filled
  std::uint64_t total = 0;
  bool frame_done = false;
  while (!frame_done || input.pos < input.size) {
    if (held == piece.size()) piece.resize(2 * piece.size());  // one line longer than the piece
    ZSTD_outBuffer output{piece.data() + held, piece.size() - held, 0};
    const std::size_t result = ZSTD_decompressStream(context.get(), &output, &input);
    if (ZSTD_isError(result) != 0) return std::unexpected(corrupt(ZSTD_getErrorName(result)));
    frame_done = result == 0;
    total += output.pos;
    if (total > expected_raw_bytes.value) {
      return std::unexpected(PayloadFailure{
          PayloadProblem::too_large, "data.tsv.zst",
          fmt::format("the payload holds more than the {} bytes that its manifest says",
                      expected_raw_bytes.value)});
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
