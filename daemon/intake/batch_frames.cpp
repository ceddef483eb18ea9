#include "intake/batch_frames.h"

#include <algorithm>
#include <expected>
#include <utility>

#include <fmt/format.h>

#include "record/frame.h"

namespace sluice::intake {
namespace {

using record::frame_head_bytes;
using record::FrameReader;
using record::FrameWriter;

void write(FrameWriter& out, const ProgressFrame& progress) {
  out.number(progress.bytes);
  out.number(progress.of_bytes);
  out.number(progress.rows);
}

void write(FrameWriter& out, const BatchFrame& frame) {
  const ConvertedBatch& batch = frame.batch;
  out.text(batch.lines);
  out.number(batch.upserts.value);
  out.number(batch.deletes.value);
  out.text(batch.cursor);
  out.number(batch.tally ? 1 : 0);
  if (batch.tally) {
    out.number(batch.tally->rows);
    out.number(batch.tally->failed);
  }
  out.number(batch.quarantined.size());
  for (const journal::QuarantinedRow& row : batch.quarantined) {
    out.number(row.place);
    for (const auto* text : {&row.field, &row.rule, &row.sentence, &row.columns, &row.original})
      out.text(*text);
  }
  out.number(batch.places.runs.size());
  for (const journal::PlaceRun& run : batch.places.runs) {
    out.number(run.row);
    out.number(run.place);
  }
}

// About how many bytes the frame has: all that may be many.
std::size_t large_parts(const Frame& frame) {
  constexpr std::size_t beside = 4096;  // numbers, cursor and places of most batches
  constexpr std::size_t beside_row = 256;
  const auto* filled = std::get_if<BatchFrame>(&frame);
  if (filled == nullptr) return 0;
  std::size_t bytes = beside + filled->batch.lines.size();
  for (const journal::QuarantinedRow& row : filled->batch.quarantined)
    bytes += beside_row + row.original.size();
  return bytes;
}

void write(FrameWriter& out, const DoneFrame& done) {
  out.number(done.resumed_after);
  out.text(to_string(done.cursor));
  out.number(done.reasons.size());
  for (const auto& [reason, count] : done.reasons) {
    out.text(reason);
    out.number(count);
  }
}

void write(FrameWriter& out, const FailureFrame& failure) {
  out.number(failure.code);
  out.text(failure.place);
  out.text(failure.sentence);
}

ProgressFrame read_progress(FrameReader& in) {
  ProgressFrame progress;
  progress.bytes = in.number();
  progress.of_bytes = in.number();
  progress.rows = in.number();
  return progress;
}

ConvertedBatch read_batch(FrameReader& in) {
  ConvertedBatch batch;
  batch.lines = in.text();
  batch.upserts.value = in.number();
  batch.deletes.value = in.number();
  batch.cursor = in.text();
  if (in.number() != 0) {
    batch.tally.emplace();
    batch.tally->rows = in.number();
    batch.tally->failed = in.number();
  }
  constexpr std::uint64_t least_row = 6 * frame_head_bytes;
  const std::uint64_t rows = in.count(least_row);
  batch.quarantined.reserve(rows);
  for (std::uint64_t i = 0; i < rows && in.is_good(); ++i) {
    journal::QuarantinedRow& row = batch.quarantined.emplace_back();
    row.place = in.number();
    for (auto* text : {&row.field, &row.rule, &row.sentence, &row.columns, &row.original})
      *text = in.text();
  }
  const std::uint64_t runs = in.count(2 * frame_head_bytes);
  batch.places.runs.reserve(runs);
  for (std::uint64_t i = 0; i < runs && in.is_good(); ++i) {
    journal::PlaceRun& run = batch.places.runs.emplace_back();
    run.row = in.number();
    run.place = in.number();
  }
  return batch;
}

DoneFrame read_done(FrameReader& in, bool& is_cursor) {
  DoneFrame done;
  done.resumed_after = in.number();
  const auto cursor = parse_source_cursor(in.text());
  is_cursor = cursor.has_value();
  done.cursor = cursor.value_or(SourceCursor());
  const std::uint64_t reasons = in.count(2 * frame_head_bytes);
  for (std::uint64_t i = 0; i < reasons && in.is_good(); ++i) {
    std::string reason(in.text());
    done.reasons[std::move(reason)] = in.number();
  }
  return done;
}

FailureFrame read_failure(FrameReader& in) {
  FailureFrame failure;
  failure.code = in.number();
  failure.place = in.text();
  failure.sentence = in.text();
  return failure;
}

// The manifest tells of lines what is said here.
bool tells_its_lines(const ConvertedBatch& batch) {
  std::uint64_t upserts = 0;
  std::uint64_t deletes = 0;
  for (std::string_view rest = batch.lines; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos || end < 2 || rest[1] != '\t') return false;
    if (rest[0] != 'U' && rest[0] != 'D') return false;
    ++(rest[0] == 'U' ? upserts : deletes);
    rest.remove_prefix(end + 1);
  }
  return upserts == batch.upserts.value && deletes == batch.deletes.value;
}

// The first line has one, and each is of a line behind the one before.
bool places_its_lines(const ConvertedBatch& batch) {
  std::uint64_t before = 0;
  for (const journal::PlaceRun& run : batch.places.runs) {
    if (before == 0 ? run.row != 1 : run.row <= before) return false;
    before = run.row;
  }
  return before <= batch.upserts.value + batch.deletes.value;
}

std::unexpected<record::Flaw> broken(std::string_view what) {
  return std::unexpected(record::Flaw{
      fmt::format("the process that reads the file has said something else than {}", what)});
}

}  // namespace

std::string to_frame(const Frame& frame) {
  FrameWriter out(large_parts(frame));
  out.number(frame.index());
  std::visit([&](const auto& content) { write(out, content); }, frame);
  return out.finish();
}

std::expected<Frame, record::Flaw> parse_frame(std::string_view bytes) {
  FrameReader in(bytes);
  const std::uint64_t kind = in.number();
  bool is_sound = true;
  Frame frame;
  switch (in.is_good() ? kind : std::variant_size_v<Frame>) {
    case 0:
      frame = read_progress(in);
      break;
    case 1: {
      BatchFrame batch{read_batch(in)};
      is_sound = tells_its_lines(batch.batch) && places_its_lines(batch.batch) &&
                 parse_source_cursor(batch.batch.cursor);
      frame = std::move(batch);
      break;
    }
    case 2:
      frame = read_done(in, is_sound);
      break;
    case 3:
      frame = read_failure(in);
      break;
    default:
      return broken("a frame of a kind that there is");
  }
  if (!in.is_at_end()) return broken("a whole frame");
  if (!is_sound) return broken("what a batch or a cursor is");
  return frame;
}

}  // namespace sluice::intake
