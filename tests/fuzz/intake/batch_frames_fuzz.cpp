// Any bytes as a frame of a reader that is not trusted: refused, or a frame that is written as it
// was read, and of a batch's lines as many as it says, with places of no others.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "intake/batch_frames.h"
#include "record/frame.h"
#include "tests/fuzz/record/demand.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::intake;
  using sluice::fuzz::demand;
  using sluice::record::frame_bytes;
  using sluice::record::frame_head_bytes;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto frame = parse_frame(bytes);
  if (!frame) return 0;
  if (const auto* filled = std::get_if<BatchFrame>(&*frame)) {
    const ConvertedBatch& batch = filled->batch;
    const auto lines = static_cast<std::uint64_t>(std::ranges::count(batch.lines, '\n'));
    demand(lines == batch.upserts.value + batch.deletes.value, "lines are as many as it says");
    const auto& runs = batch.places.runs;
    demand(runs.empty() || (runs.front().row == 1 && runs.back().row <= lines),
           "places are of these lines");
  }
  const std::string again = to_frame(*frame);
  demand(frame_bytes(again) == again.size() - frame_head_bytes, "the head says how long it is");
  demand(parse_frame(std::string_view(again).substr(frame_head_bytes)).has_value(),
         "what is written can be read");
  return 0;
}
