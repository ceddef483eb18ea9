// The pipe between a process that holds the node's key and one that reads what somebody has brought
// and holds none: what goes through it are frames (record/frame.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runs/piped_child.h"

namespace sluice::jobs {

// All of it. False: nobody reads it any more.
[[nodiscard]] bool write_frame(int output, std::string_view frame);

enum class FrameRead {
  whole,
  ended,      // the answer ended before
  too_large,  // it says that it has more bytes than may be
};
// The next one into `bytes`, without its head.
[[nodiscard]] FrameRead read_frame(runs::PipedChild& child, std::uint64_t most_bytes,
                                   std::string& bytes);

}  // namespace sluice::jobs
