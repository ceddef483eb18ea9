#include "jobs/frame_pipe.h"

#include <array>
#include <cerrno>

#include <unistd.h>

#include "record/frame.h"

namespace sluice::jobs {

bool write_frame(int output, std::string_view frame) {
  while (!frame.empty()) {
    const ssize_t written = ::write(output, frame.data(), frame.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    frame.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

FrameRead read_frame(runs::PipedChild& child, std::uint64_t most_bytes, std::string& bytes) {
  std::array<char, record::frame_head_bytes> head{};
  if (!child.read(head)) return FrameRead::ended;
  const std::uint64_t size = record::frame_bytes({head.data(), head.size()});
  if (size > most_bytes) return FrameRead::too_large;
  bytes.clear();
  // read() fills it. What it is told here is the room, which may be more.
  bytes.resize_and_overwrite(size, [size](char*, std::size_t) { return size; });
  return child.read(bytes) ? FrameRead::whole : FrameRead::ended;
}

}  // namespace sluice::jobs
