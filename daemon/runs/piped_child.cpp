#include "runs/piped_child.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record/try.h"
#include "runs/spawn.h"

namespace sluice::runs {
namespace {

// Of a batch of some MiB both sides handle so much at once, and change places that much less often;
// more an ordinary user may not have.
constexpr int pipe_bytes = 1 << 20;

std::unexpected<record::Flaw> no_pipe() {
  return std::unexpected(record::Flaw{fmt::format("no pipe to another process can be made: {}",
                                                  std::generic_category().message(errno))});
}

// In memory, so that nobody has to wait until it is read.
files::FileDescriptor file_with(std::string_view text) {
  files::FileDescriptor file(::memfd_create("question", MFD_CLOEXEC));
  for (std::string_view rest = text; file && !rest.empty();) {
    const ssize_t written = ::write(file.get(), rest.data(), rest.size());
    if (written <= 0) return {};
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  if (file && ::lseek(file.get(), 0, SEEK_SET) != 0) return {};
  return file;
}

}  // namespace

std::expected<PipedChild, record::Flaw> PipedChild::start(const std::filesystem::path& program,
                                                          const std::vector<std::string>& arguments,
                                                          std::string_view question,
                                                          const ChildLimits& limits,
                                                          ChildErrors errors) {
  const files::FileDescriptor input = file_with(question);
  std::array<int, 2> ends{-1, -1};
  if (!input || ::pipe2(ends.data(), O_CLOEXEC) != 0) return no_pipe();
  static_cast<void>(::fcntl(ends[0], F_SETPIPE_SZ, pipe_bytes));  // else it works as well, slower
  files::FileDescriptor answer(ends[0]);
  const files::FileDescriptor output(ends[1]);
  files::FileDescriptor nowhere;
  if (errors == ChildErrors::nowhere) {
    nowhere = files::FileDescriptor(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    if (!nowhere) return no_pipe();
  }
  const auto deadline =
      limits.time.count() == 0 ? Clock::time_point::max() : Clock::now() + limits.time;
  const pid_t id = SLUICE_TRY(spawn(
      program, arguments, {.input = input.get(), .output = output.get(), .errors = nowhere.get()}));
  set_limits(id, limits);
  return PipedChild(id, std::move(answer), deadline);
}

PipedChild::PipedChild(PipedChild&& other) noexcept
    : id_(std::exchange(other.id_, 0)),
      answer_(std::move(other.answer_)),
      deadline_(other.deadline_),
      is_timed_out_(other.is_timed_out_) {}

PipedChild::~PipedChild() {
  if (id_ == 0) return;
  kill_late();
  static_cast<void>(wait());
}

bool PipedChild::await_answer() {
  while (deadline_ != Clock::time_point::max()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
    if (left.count() <= 0) {
      kill_late();
      return false;
    }
    pollfd ready{answer_.get(), POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(left.count())) > 0) return true;
  }
  return true;
}

bool PipedChild::read(std::span<char> room) {
  while (!room.empty()) {
    if (!await_answer()) return false;
    const ssize_t count = ::read(answer_.get(), room.data(), room.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    room = room.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

int PipedChild::wait() {
  int status = 0;
  // One that says no more may still run.
  constexpr std::chrono::milliseconds look_again{1};
  const bool is_limited = deadline_ != Clock::time_point::max();
  while (true) {
    const pid_t ended = ::waitpid(id_, &status, is_limited && !is_timed_out_ ? WNOHANG : 0);
    if (ended == id_ || (ended < 0 && errno != EINTR)) break;
    if (ended != 0) continue;
    if (Clock::now() >= deadline_) {
      kill_late();
    } else {
      std::this_thread::sleep_for(look_again);
    }
  }
  id_ = 0;
  return exit_status(status);
}

void PipedChild::kill_late() {
  is_timed_out_ = true;
  ::kill(id_, SIGKILL);
}

}  // namespace sluice::runs
