// One line an event, `key=value`, for people with grep and for machines: docs/log-events.md names
// the events. A line never carries the value of a record's field.
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "observe/log_settings.h"

namespace sluice::observe {

// A key and its value, as text: views that must live for the call that they are given to.
class LogField {
 public:
  LogField(std::string_view key, std::string_view text) : key_(key), text_(text) {}
  LogField(std::string_view key, const char* text) : key_(key), text_(text) {}
  LogField(std::string_view key, const std::string& text) : key_(key), text_(text) {}
  LogField(std::string_view key, std::integral auto number)
      : key_(key), owned_(std::to_string(number)), text_(owned_), is_owned_(true) {}

  [[nodiscard]] std::string_view key() const { return key_; }
  [[nodiscard]] std::string_view text() const { return is_owned_ ? owned_ : text_; }

 private:
  std::string_view key_;
  std::string owned_;
  std::string_view text_;
  bool is_owned_ = false;
};

// `key=value`, in quotes with \" \\ \n \r \t and \xHH where the value is empty or holds a space, a
// quote, an equals sign, a backslash or a control character: so a line is always one line.
void append_log_field(std::string& line, const LogField& field);

// Where whole lines go. `level` is for targets that keep it apart from the text.
class LogTarget {
 public:
  virtual ~LogTarget() = default;
  // Must not block. False when the line could not be taken.
  [[nodiscard]] virtual bool write(LogSettings::Level level, std::string_view line) = 0;
};

// Lines to a file descriptor, which is not owned. A pipe that nobody reads makes lines drop, never
// the daemon wait.
[[nodiscard]] std::unique_ptr<LogTarget> to_descriptor(int descriptor);
// Datagrams in the form of RFC 3164 to a local syslog; connects again when it was restarted.
[[nodiscard]] std::unique_ptr<LogTarget> to_syslog(std::string program,
                                                   std::filesystem::path socket = "/dev/log");

// Thread-safe; a call never waits for whoever reads the lines. Lines that could not be written are
// counted, and the count is logged (`event=log-lines-dropped`) as soon as there is room.
class Log {
 public:
  using Level = LogSettings::Level;

  Log(Level level, std::unique_ptr<LogTarget> target);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void write(Level level, std::string_view event, std::initializer_list<LogField> fields = {});
  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(Level::debug, event, fields);
  }
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(Level::info, event, fields);
  }
  void warning(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(Level::warning, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(Level::error, event, fields);
  }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What the settings ask for.
[[nodiscard]] std::unique_ptr<Log> open_log(const LogSettings& settings, std::string program);

}  // namespace sluice::observe
