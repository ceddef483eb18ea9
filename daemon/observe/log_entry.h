// One event as it is told: what all targets of the log write, each in its own form.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "observe/event.h"
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

// A write of at most PIPE_BUF (4096) bytes to a pipe is whole or not at all, and does not mingle
// with other processes' lines; with its line feed a line is no longer.
inline constexpr std::size_t longest_line = 4095;

// Views what it is made of.
struct LogEntry {
  LogEntry(const Event& of, LogSettings::Level at, std::span<const LogField> with);

  const Event& event;
  LogSettings::Level level;
  std::span<const LogField> fields;
  std::string line;  // `level=… event=… key=value …`: well-formed UTF-8 without a control character
};

// The first character of a text, or a byte that begins none: UTF-8 as RFC 3629 has it.
struct Character {
  std::string_view bytes;  // empty where the text is
  bool is_well_formed = false;
};
[[nodiscard]] Character first_character(std::string_view text);

// A character as it stands in a line: \\ \n \r \t, \xHH for what is no text, else itself. What
// it is made of can be told from it.
void append_harmless(std::string& out, Character character);

// `key=value`, in quotes with \" and what append_harmless() writes, where the value is empty or
// holds a space, a quote, an equals sign, a backslash, a control character or a byte that is no
// UTF-8: so a line is always one line of text.
void append_log_field(std::string& line, const LogField& field);

}  // namespace sluice::observe
