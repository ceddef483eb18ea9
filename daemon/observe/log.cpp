#include "observe/log.h"

#include <algorithm>
#include <mutex>

#include <fmt/format.h>
#include <unistd.h>

namespace sluice::observe {
namespace {

// A write of at most PIPE_BUF (4096) bytes to a pipe is whole or not at all, and does not mingle
// with other processes' lines; a datagram of this size always fits.
constexpr std::size_t max_line_bytes = 4096;
constexpr std::string_view cut_mark = " cut=yes";

bool needs_quotes(std::string_view text) {
  return text.empty() || std::ranges::any_of(text, [](char c) {
           return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '=' || c == '\\' ||
                  c == '\x7f';
         });
}

void append_quoted(std::string& line, std::string_view text) {
  line.push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"':
        line += "\\\"";
        break;
      case '\\':
        line += "\\\\";
        break;
      case '\n':
        line += "\\n";
        break;
      case '\r':
        line += "\\r";
        break;
      case '\t':
        line += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
          fmt::format_to(std::back_inserter(line), "\\x{:02x}", static_cast<unsigned char>(c));
        } else {
          line.push_back(c);
        }
    }
  }
  line.push_back('"');
}

std::string make_line(const Event& event, LogSettings::Level level,
                      std::initializer_list<LogField> fields) {
  std::string line = fmt::format("level={} event={}", to_string(level), event.name);
  for (const LogField& field : fields) {
    line.push_back(' ');
    append_log_field(line, field);
  }
  if (line.size() >= max_line_bytes) {
    line.resize(max_line_bytes - 1 - cut_mark.size());
    line += cut_mark;
  }
  return line;
}

}  // namespace

void append_log_field(std::string& line, const LogField& field) {
  line += field.key();
  line.push_back('=');
  if (needs_quotes(field.text())) {
    append_quoted(line, field.text());
  } else {
    line += field.text();
  }
}

struct Log::State {
  Level level;
  std::unique_ptr<LogTarget> target;
  std::mutex mutex;
  std::uint64_t dropped = 0;
};

Log::Log(Level level, std::unique_ptr<LogTarget> target)
    : state_(new State{level, std::move(target), {}, 0}) {}
Log::~Log() = default;

void Log::put(const Event& event, Level level, std::initializer_list<LogField> fields) {
  if (level < state_->level) return;
  const std::string line = make_line(event, level, fields);
  const std::lock_guard lock(state_->mutex);
  if (state_->dropped > 0) {
    constexpr const Event& dropping = declared_event<"log-lines-dropped">;
    const EventField<"log-lines-dropped"> count("count", state_->dropped);
    const std::string notice = make_line(dropping, dropping.level, {count});
    if (state_->target->write(dropping.level, notice)) state_->dropped = 0;
  }
  if (!state_->target->write(level, line)) ++state_->dropped;
}

std::unique_ptr<Log> open_log(const LogSettings& settings, std::string program) {
  auto target = settings.target == LogSettings::Target::syslog ? to_syslog(std::move(program))
                                                               : to_descriptor(STDERR_FILENO);
  return std::make_unique<Log>(settings.level, std::move(target));
}

}  // namespace sluice::observe
