#include "record/payload.h"

#include <memory>

#include <gtest/gtest.h>
#include <zstd.h>

namespace sluice::record {
namespace {

std::string many_lines(std::size_t count) {
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) {
    lines += "U\t\\N\t" + std::to_string(i * 2654435761U) + "\tname " + std::to_string(i) + "\n";
  }
  return lines;
}

Payload payload_of(std::string_view lines) {
  return compress_payload(lines, {1}, {0});
}

struct Reading {
  std::string text;
  std::size_t largest_piece = 0;
  bool pieces_are_whole_lines = true;
  std::expected<void, PayloadFailure> result;
};

Reading read(std::string_view compressed, ByteCount expected) {
  Reading reading;
  reading.result = read_payload(compressed, expected, [&](std::string_view lines) {
    reading.pieces_are_whole_lines = reading.pieces_are_whole_lines && lines.ends_with('\n');
    reading.largest_piece = std::max(reading.largest_piece, lines.size());
    reading.text += lines;
    return true;
  });
  return reading;
}

TEST(Payload, SaysOfItselfWhatItsManifestNeeds) {
  const Payload payload = compress_payload("U\t\\N\ta\nD\t\\N\tb\n", {1}, {1});
  EXPECT_EQ(payload.digest, sha256(payload.compressed));
  EXPECT_EQ(payload.raw_bytes, ByteCount{14});
  EXPECT_EQ(payload.upserts, RowCount{1});
  EXPECT_EQ(payload.deletes, RowCount{1});
}

TEST(Payload, ComesBackInPiecesOfWholeLines) {
  const std::string lines = many_lines(100'000);
  const Payload payload = payload_of(lines);
  const Reading reading = read(payload.compressed, payload.raw_bytes);
  ASSERT_TRUE(reading.result);
  EXPECT_EQ(reading.text, lines);
  EXPECT_TRUE(reading.pieces_are_whole_lines);
  EXPECT_LE(reading.largest_piece, std::size_t{256} << 10);
}

TEST(Payload, OfNoLinesIsGood) {
  const Payload payload = compress_payload("", {0}, {0});
  const Reading reading = read(payload.compressed, {0});
  EXPECT_TRUE(reading.result);
  EXPECT_EQ(reading.text, "");
}

TEST(Payload, OfNoBytesIsNotZstd) {
  EXPECT_EQ(read("", {0}).result.error().code, PayloadProblem::corrupt);
}

TEST(Payload, WithALineLongerThanAPieceComesBack) {
  const std::string lines = "short\n" + std::string(3'000'000, 'x') + "\nshort again\n";
  const Payload payload = payload_of(lines);
  const Reading reading = read(payload.compressed, payload.raw_bytes);
  ASSERT_TRUE(reading.result);
  EXPECT_EQ(reading.text, lines);
}

TEST(Payload, WhoseLineEndsExactlyAtThePiecesEndComesBack) {
  constexpr std::size_t piece = std::size_t{256} << 10;
  for (const std::size_t length : {piece - 2, piece - 1, piece, piece + 1}) {
    const std::string lines = std::string(length, 'x') + "\ny\n";
    const Payload payload = payload_of(lines);
    EXPECT_EQ(read(payload.compressed, payload.raw_bytes).text, lines) << length;
  }
}

TEST(Payload, StopsWhenItsConsumerHasEnough) {
  const std::string lines = many_lines(100'000);
  const Payload payload = payload_of(lines);
  int calls = 0;
  const auto result = read_payload(payload.compressed, payload.raw_bytes, [&](std::string_view) {
    ++calls;
    return false;
  });
  EXPECT_TRUE(result);
  EXPECT_EQ(calls, 1);
}

TEST(Payload, CutAnywhereIsCorrupt) {
  const Payload payload = payload_of(many_lines(20'000));
  for (std::size_t size = 0; size < payload.compressed.size(); size += 997) {
    const auto result = read(payload.compressed.substr(0, size), payload.raw_bytes).result;
    ASSERT_FALSE(result) << size;
    EXPECT_EQ(result.error().code, PayloadProblem::corrupt) << size;
  }
  const auto one_short =
      read(payload.compressed.substr(0, payload.compressed.size() - 1), payload.raw_bytes);
  EXPECT_FALSE(one_short.result);
}

TEST(Payload, WithABitFlippedNeverReadsAsGoodOtherText) {
  const std::string lines = many_lines(2'000);
  const Payload payload = payload_of(lines);
  for (std::size_t at = 0; at < payload.compressed.size(); at += 37) {
    std::string flipped = payload.compressed;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
    const Reading reading = read(flipped, payload.raw_bytes);
    if (!reading.result) continue;
    EXPECT_EQ(reading.text, lines) << at;  // a bit that zstd does not use
  }
}

TEST(Payload, WithBytesAfterItsFrameIsCorrupt) {
  const Payload payload = payload_of("a\n");
  for (const std::string tail : {"x", "garbage"}) {
    EXPECT_FALSE(read(payload.compressed + tail, payload.raw_bytes).result) << tail;
  }
  EXPECT_FALSE(read(payload.compressed + std::string(4, '\0'), payload.raw_bytes).result);
}

TEST(Payload, WithASecondFrameIsMoreThanItsManifestSays) {
  const Payload payload = payload_of("a\n");
  EXPECT_EQ(read(payload.compressed + payload.compressed, payload.raw_bytes).result.error().code,
            PayloadProblem::too_large);
}

TEST(Payload, OfAnotherSizeThanItsManifestSaysIsRefused) {
  const Payload payload = payload_of(many_lines(1'000));
  EXPECT_EQ(read(payload.compressed, {payload.raw_bytes.value - 1}).result.error().code,
            PayloadProblem::too_large);
  EXPECT_EQ(read(payload.compressed, {payload.raw_bytes.value + 1}).result.error().code,
            PayloadProblem::corrupt);
}

TEST(Payload, ThatSwellsIsStoppedAtItsManifestsSize) {
  const std::string bomb(std::size_t{64} << 20, '\n');
  const Payload payload = payload_of(bomb);
  ASSERT_LT(payload.compressed.size(), 100'000U);
  const Reading reading = read(payload.compressed, {1'000'000});
  ASSERT_FALSE(reading.result);
  EXPECT_EQ(reading.result.error().code, PayloadProblem::too_large);
  EXPECT_LE(reading.text.size(), 1'000'000U);
}

TEST(Payload, ThatWantsAWindowOfHundredMegabytesIsRefused) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                     ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, 27);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, 0);
  std::string compressed(1'000, '\0');
  ZSTD_outBuffer output{compressed.data(), compressed.size(), 0};
  ZSTD_inBuffer input{"a\n", 2, 0};
  ASSERT_EQ(ZSTD_compressStream2(context.get(), &output, &input, ZSTD_e_flush), 0U);
  ASSERT_EQ(ZSTD_compressStream2(context.get(), &output, &input, ZSTD_e_end), 0U);
  compressed.resize(output.pos);
  EXPECT_EQ(read(compressed, {2}).result.error().code, PayloadProblem::corrupt);
}

TEST(Payload, WithoutALastNewlineIsNotLines) {
  for (const std::string lines : {"a", "a\nb", "a\n\t"}) {
    const Payload payload = payload_of(lines);
    EXPECT_EQ(read(payload.compressed, payload.raw_bytes).result.error().code,
              PayloadProblem::not_a_line);
  }
}

// A hundred MiB of zeros in a few KiB: zstd's blocks of one byte repeated.
TEST(Payload, ThatWouldGrowTooMuchIsRefusedUnread) {
  std::string bomb(200'000, '\0');
  const std::string zeros(std::size_t{100} << 20, '0');
  bomb.resize(ZSTD_compress(bomb.data(), bomb.size(), zeros.data(), zeros.size(), 19));
  bool is_read = false;
  const auto result = read_payload(bomb, ByteCount{zeros.size()}, [&](std::string_view) {
    is_read = true;
    return true;
  });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, PayloadProblem::too_large);
  EXPECT_NE(result.error().sentence.find("more than 100 for each"), std::string::npos);
  EXPECT_FALSE(is_read);
}

TEST(Payload, OfMoreTextThanAnyBatchHasIsRefusedUnread) {
  const ByteCount said{most_payload_text.value + 1};
  const std::string compressed(said.value / most_payload_ratio + 1, 'x');
  EXPECT_EQ(read(compressed, said).result.error().code, PayloadProblem::too_large);
}

TEST(Payload, OfRowsThatAreAllAlikeIsNoBomb) {
  std::string lines;
  while (lines.size() <= free_of_ratio.value)
    lines += "U\t\\N\t110108\t海淀区\n";
  const Payload payload = payload_of(lines);
  EXPECT_GE(payload.compressed.size(), lines.size() / most_payload_ratio);
  std::uint64_t bytes = 0;
  const auto result =
      read_payload(payload.compressed, payload.raw_bytes, [&](std::string_view piece) {
        bytes += piece.size();
        return true;
      });
  ASSERT_TRUE(result) << to_string(result.error());
  EXPECT_EQ(bytes, lines.size());
}

}  // namespace
}  // namespace sluice::record
