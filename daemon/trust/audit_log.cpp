#include "trust/audit_log.h"

#include <cerrno>
#include <cstring>
#include <mutex>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files/file_descriptor.h"
#include "files/sync.h"
#include "record/try.h"
#include "trust/audit_file.h"

namespace sluice::trust {
namespace {

using Done = std::expected<void, AuditFailure>;

std::unexpected<AuditFailure> system_failure(AuditProblem problem,
                                             const std::filesystem::path& place,
                                             std::string_view what) {
  return std::unexpected(
      AuditFailure{problem, place.string(), fmt::format("{}: {}", what, std::strerror(errno))});
}

// Holds the lock that all processes share, as long as it lives.
class Turn {
 public:
  static std::expected<Turn, AuditFailure> take(const files::FileDescriptor& lock,
                                                const std::filesystem::path& place) {
    int taken = 0;
    do {
      taken = ::flock(lock.get(), LOCK_EX);
    } while (taken != 0 && errno == EINTR);
    if (taken != 0) return system_failure(AuditProblem::not_durable, place, "can not lock");
    return Turn(lock.get());
  }
  Turn(Turn&& other) noexcept : lock_(std::exchange(other.lock_, -1)) {}
  Turn& operator=(Turn&&) = delete;
  ~Turn() {
    if (lock_ >= 0) ::flock(lock_, LOCK_UN);
  }

 private:
  explicit Turn(int lock) : lock_(lock) {}
  int lock_;
};

std::chrono::year_month month_of(record::Time time) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(time));
  return {date.year(), date.month()};
}

Done write_durably(const files::FileDescriptor& file, std::string_view bytes,
                   const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure(AuditProblem::not_durable, path, "can not write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fdatasync(file.get()) != 0) {
    return system_failure(AuditProblem::not_durable, path, "can not make the line durable");
  }
  return {};
}

// How a file ends: its last whole line, and what a crash left behind it.
struct Tail {
  std::string last_line;
  std::string torn;
};

std::expected<Tail, AuditFailure> read_tail(const files::FileDescriptor& file, std::uint64_t size,
                                            const std::filesystem::path& path) {
  // A line is at most some tens of KiB; the window grows until a whole one is in it.
  for (std::uint64_t window = std::min<std::uint64_t>(size, 64 << 10);;
       window = std::min(size, window * 2)) {
    std::string bytes(window, '\0');
    const ssize_t got =
        ::pread(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(size - window));
    if (got != static_cast<ssize_t>(window)) {
      return system_failure(AuditProblem::unreadable, path, "can not read the last line");
    }
    const std::size_t end = bytes.rfind('\n');
    const std::size_t begin =
        end == std::string::npos || end == 0 ? std::string::npos : bytes.rfind('\n', end - 1);
    if (begin == std::string::npos && window < size) continue;
    if (end == std::string::npos) return Tail{{}, std::move(bytes)};
    const std::size_t first = begin == std::string::npos ? 0 : begin + 1;
    return Tail{bytes.substr(first, end - first), bytes.substr(end + 1)};
  }
}

}  // namespace

struct AuditLog::State {
  std::filesystem::path directory;
  Clock clock;
  std::chrono::days retention;
  files::FileDescriptor lock;
  std::mutex mutex;

  // Where our own last line ended: while nobody else has appended, its digest is the chain's head.
  std::filesystem::path file;
  std::uint64_t size = 0;
  record::Digest head;

  Done append(const AuditEvent& event);
  std::expected<record::Digest, AuditFailure> head_of_older_files(std::chrono::year_month before);
  std::expected<record::Digest, AuditFailure> find_head(const files::FileDescriptor& open_file,
                                                        const std::filesystem::path& path,
                                                        std::chrono::year_month month);
  Done seal(const files::FileDescriptor& open_file, const std::filesystem::path& path,
            std::string_view torn, record::Digest& chain);
  void remove_expired(record::Time now);
};

// Ends the torn line, and says in the next one what it was. A line that only lacks its newline is
// complete all the same.
Done AuditLog::State::seal(const files::FileDescriptor& open_file,
                           const std::filesystem::path& path, std::string_view torn,
                           record::Digest& chain) {
  if (const auto line = parse_audit_line(torn); line && line->previous == chain) {
    chain = record::sha256(torn);
    return write_durably(open_file, "\n", path);
  }
  const AuditEvent event{std::string(seal_event),
                         {{"torn", record::to_string(record::sha256(torn))},
                          {"torn_bytes", std::to_string(torn.size())}}};
  const std::string line = make_audit_line(clock(), event, chain);
  chain = record::sha256(line);
  return write_durably(open_file, "\n" + line + "\n", path);
}

std::expected<record::Digest, AuditFailure> AuditLog::State::find_head(
    const files::FileDescriptor& open_file, const std::filesystem::path& path,
    std::chrono::year_month month) {
  struct stat status {};
  if (::fstat(open_file.get(), &status) != 0) {
    return system_failure(AuditProblem::unreadable, path, "can not read");
  }
  const auto found_size = static_cast<std::uint64_t>(status.st_size);
  if (path == file && found_size == size && size > 0) return head;
  Tail tail;
  if (found_size > 0) {
    auto read = SLUICE_TRY(read_tail(open_file, found_size, path));
    tail = std::move(read);
  }
  record::Digest chain;
  if (!tail.last_line.empty()) {
    chain = record::sha256(tail.last_line);
  } else {
    const auto older = head_of_older_files(month);
    if (!older) return older;
    chain = *older;
  }
  if (!tail.torn.empty()) {
    SLUICE_TRY(seal(open_file, path, tail.torn, chain));
  }
  return chain;
}

std::expected<record::Digest, AuditFailure> AuditLog::State::head_of_older_files(
    std::chrono::year_month before) {
  const auto files = list_audit_files(directory);
  if (!files) return std::unexpected(files.error());
  for (auto older = files->rbegin(); older != files->rend(); ++older) {
    if (older->month >= before) continue;
    const files::FileDescriptor open_file(
        ::open(older->path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC));
    if (!open_file) return system_failure(AuditProblem::unreadable, older->path, "can not open");
    return find_head(open_file, older->path, older->month);
  }
  return record::Digest{};
}

void AuditLog::State::remove_expired(record::Time now) {
  const auto files = list_audit_files(directory);
  if (!files) return;  // what could not be removed now is removed next month
  for (const AuditFile& old : *files) {
    const std::chrono::sys_days ended(old.month / std::chrono::last);
    std::error_code ignored;
    if (ended + std::chrono::days(1) + retention < now) std::filesystem::remove(old.path, ignored);
  }
}

Done AuditLog::State::append(const AuditEvent& event) {
  const std::lock_guard in_process(mutex);
  const auto turn = SLUICE_TRY(Turn::take(lock, directory));
  const record::Time now = clock();
  std::chrono::year_month month = month_of(now);
  const auto files = list_audit_files(directory);
  if (!files) return std::unexpected(files.error());
  // A clock that was set back does not make the chain go back to an earlier file.
  if (!files->empty()) month = std::max(month, files->back().month);
  const std::filesystem::path path = directory / audit_file_name(month);
  const bool is_new = files->empty() || files->back().month < month;
  const files::FileDescriptor open_file(
      ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0640));
  if (!open_file) return system_failure(AuditProblem::not_durable, path, "can not open");
  const auto chain = SLUICE_TRY(find_head(open_file, path, month));
  const std::string line = make_audit_line(now, event, chain);
  size = 0;  // whatever happens now, the head is known again only when all is on the disk
  SLUICE_TRY(write_durably(open_file, line + "\n", path));
  if (is_new) {
    if (!files::sync(directory)) {
      return system_failure(AuditProblem::not_durable, directory, "can not make the file durable");
    }
    remove_expired(now);
  }
  struct stat status {};
  if (::fstat(open_file.get(), &status) == 0) size = static_cast<std::uint64_t>(status.st_size);
  file = path;
  head = record::sha256(line);
  return {};
}

AuditLog::AuditLog(std::unique_ptr<State> state) : state_(std::move(state)) {}
AuditLog::AuditLog(AuditLog&&) noexcept = default;
AuditLog& AuditLog::operator=(AuditLog&&) noexcept = default;
AuditLog::~AuditLog() = default;

std::expected<AuditLog, AuditFailure> AuditLog::open(const std::filesystem::path& directory,
                                                     Clock clock, std::chrono::days retention) {
  if (::mkdir(directory.c_str(), 0750) != 0 && errno != EEXIST) {
    return system_failure(AuditProblem::unreadable, directory, "can not make the directory");
  }
  auto state = std::make_unique<State>();
  state->directory = directory;
  state->clock = std::move(clock);
  state->retention = retention;
  const std::filesystem::path lock = directory / "lock";
  state->lock = files::FileDescriptor(::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  if (!state->lock) return system_failure(AuditProblem::unreadable, lock, "can not open");
  return AuditLog(std::move(state));
}

std::expected<void, AuditFailure> AuditLog::append(const AuditEvent& event) {
  return state_->append(event);
}

}  // namespace sluice::trust
