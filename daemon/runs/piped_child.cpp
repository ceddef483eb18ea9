#include "runs/piped_child.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record/try.h"
#include "runs/spawn.h"

namespace sluice::runs {
namespace {

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
                                                          std::string_view question) {
  const files::FileDescriptor input = file_with(question);
  std::array<int, 2> ends{-1, -1};
  if (!input || ::pipe2(ends.data(), O_CLOEXEC) != 0) return no_pipe();
  files::FileDescriptor answer(ends[0]);
  const files::FileDescriptor output(ends[1]);
  const pid_t id =
      SLUICE_TRY(spawn(program, arguments, {.input = input.get(), .output = output.get()}));
  return PipedChild(id, std::move(answer));
}

PipedChild::PipedChild(PipedChild&& other) noexcept
    : id_(std::exchange(other.id_, 0)), answer_(std::move(other.answer_)) {}

PipedChild::~PipedChild() {
  if (id_ == 0) return;
  ::kill(id_, SIGKILL);
  static_cast<void>(wait());
}

bool PipedChild::read(std::span<char> room) {
  while (!room.empty()) {
    const ssize_t count = ::read(answer_.get(), room.data(), room.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    room = room.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

int PipedChild::wait() {
  int status = 0;
  pid_t ended = ::waitpid(id_, &status, 0);
  while (ended < 0 && errno == EINTR)
    ended = ::waitpid(id_, &status, 0);
  id_ = 0;
  return exit_status(status);
}

}  // namespace sluice::runs
