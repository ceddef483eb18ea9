#include "observe/log.h"

#include <array>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <span>
#include <stop_token>
#include <system_error>
#include <thread>

#include <unistd.h>

#include "observe/folding.h"

namespace sluice::observe {

struct Log::State {
  State(Level least_level, std::unique_ptr<LogTarget> to, std::chrono::milliseconds fold_within,
        Clock time)
      : level(least_level), target(std::move(to)), folding(fold_within), clock(std::move(time)) {}

  // False where it was not taken.
  bool hand_over(const LogEntry& entry);
  void tell_due_in_time(const std::stop_token& stop);

  const Level level;
  const std::unique_ptr<LogTarget> target;
  std::mutex mutex;
  std::condition_variable_any begun;  // a window of the folding
  Folding folding;
  const Clock clock;
  const Folding::Tell tell = [this](const LogEntry& entry) { return hand_over(entry); };
  std::uint64_t dropped = 0;  // and not told of yet
  Counts counts;
  std::jthread timekeeper;  // last: it ends before what it looks at
};

bool Log::State::hand_over(const LogEntry& entry) {
  if (dropped > 0) {
    constexpr const Event& dropping = declared_event<"log-lines-dropped">;
    const std::array<LogField, 1> count{EventField<"log-lines-dropped">("count", dropped)};
    if (target->write(LogEntry(dropping, dropping.level, count))) return false;
    dropped = 0;
  }
  return !target->write(entry);
}

void Log::State::tell_due_in_time(const std::stop_token& stop) {
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    if (const auto due = folding.next_due()) {
      begun.wait_until(lock, stop, *due, [] { return false; });
    } else {
      begun.wait(lock, stop, [this] { return folding.next_due().has_value(); });
    }
    folding.tell_due(clock(), tell);
  }
}

Log::Log(Level level, std::unique_ptr<LogTarget> target, std::chrono::milliseconds fold_within,
         Clock clock)
    : state_(new State(level, std::move(target), fold_within, std::move(clock))) {}

Log::~Log() {
  state_->timekeeper = {};
  state_->folding.tell_all(state_->clock(), state_->tell);
}

void Log::keep_time() {
  state_->timekeeper = std::jthread(
      [state = state_.get()](const std::stop_token& stop) { state->tell_due_in_time(stop); });
}

void Log::put(const Event& event, Level level, std::initializer_list<LogField> fields) {
  State& state = *state_;
  if (level < state.level) return;
  const LogEntry entry(event, level, std::span(fields.begin(), fields.size()));
  const std::lock_guard lock(state.mutex);
  ++state.counts.events[{event.name, level}];
  const auto now = state.clock();
  if (level == Level::notice) {
    state.folding.tell_all(now, state.tell);
  } else {
    state.folding.tell_due(now, state.tell);
  }
  if (state.folding.count(entry, now)) return;
  if (!state.hand_over(entry)) {
    ++state.dropped;
    ++state.counts.dropped;
    return;  // and so not folded: the next one is tried as the first
  }
  state.folding.begin(entry, now, state.tell);
  state.begun.notify_one();
}

Log::Counts Log::counts() const {
  const std::lock_guard lock(state_->mutex);
  return state_->counts;
}

namespace {

// journald reads no RFC 5424: where it has the socket of syslog, it is spoken to in its own way.
bool is_journalds(const std::filesystem::path& socket) {
  std::error_code ignored;
  const auto target = std::filesystem::canonical(socket, ignored);
  return target.native().starts_with("/run/systemd/journal/");
}

SyslogOrigin origin_of(const LogSettings& settings, const std::string& program) {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host.front() = '\0';
  return {program, host.data(), ::getpid(), settings.enterprise_number};
}

std::unique_ptr<LogTarget> target_of(const LogSettings& settings, std::string program) {
  using Target = LogSettings::Target;
  auto standard_error = to_descriptor(STDERR_FILENO);
  if (settings.target == Target::standard_error) return standard_error;
  const std::string socket = settings.socket.string();
  const bool is_automatic = settings.target == Target::automatic;
  if (settings.target == Target::journald || (!is_automatic && is_journalds(settings.socket))) {
    return with_spare(to_journald(std::move(program)), journald_socket, std::move(standard_error));
  }
  auto syslog = to_syslog(origin_of(settings, program), settings.socket);
  if (!is_automatic) return with_spare(std::move(syslog), socket, std::move(standard_error));
  return with_spare(to_either(to_journald(std::move(program)), std::move(syslog)),
                    std::string(journald_socket) + " or " + socket, std::move(standard_error));
}

}  // namespace

std::unique_ptr<Log> open_log(const LogSettings& settings, std::string program) {
  auto log = std::make_unique<Log>(settings.level, target_of(settings, std::move(program)),
                                   settings.fold_within);
  log->keep_time();
  return log;
}

}  // namespace sluice::observe
