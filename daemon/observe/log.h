// One line an event, `key=value`, for people with grep and for machines: observe/events.h declares
// the events. A line never carries the value of a record's field.
#pragma once

#include <cassert>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "observe/event.h"
#include "observe/events.h"
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

// Not defined: its name is what the compiler says of a key that observe/events.h does not declare.
void this_event_has_no_such_key();

// A key that is declared for the event, which the compiler has made sure of.
template <EventName name>
class EventKey {
 public:
  consteval EventKey(const char* key) : text_(key) {
    const Event& event = declared_event<name>;
    if (!event.keys.has(text_) && !event.optional_keys.has(text_)) this_event_has_no_such_key();
  }
  [[nodiscard]] constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

template <EventName name>
class EventField : public LogField {
 public:
  template <class Value>
  EventField(EventKey<name> key, const Value& value) : LogField(key.text(), value) {}
};

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

  // At the event's level: log.write<"batch-held-back">({{"bureau", id}, {"reason", sentence}}).
  template <EventName name>
  void write() {
    check<name, 0>();
    put(declared_event<name>, declared_event<name>.level, {});
  }
  template <EventName name, std::size_t count>
  void write(const EventField<name> (&fields)[count]) {
    check<name, count>();
    put_all(declared_event<name>, declared_event<name>.level, fields,
            std::make_index_sequence<count>());
  }
  // Of an event that has two levels.
  template <EventName name, std::size_t count>
  void write(Level level, const EventField<name> (&fields)[count]) {
    constexpr const Event& event = declared_event<name>;
    static_assert(event.other_level.has_value(), "the event has one level: leave it out");
    assert(level == event.level || level == event.other_level);
    check<name, count>();
    put_all(event, level, fields, std::make_index_sequence<count>());
  }

 private:
  template <EventName name, std::size_t count>
  static consteval void check() {
    constexpr const Event& event = declared_event<name>;
    static_assert(count >= event.keys.size(), "a key of the event is missing");
    static_assert(count <= event.keys.size() + event.optional_keys.size(), "a key is told twice");
  }
  template <class Field, std::size_t count, std::size_t... index>
  void put_all(const Event& event, Level level, const Field (&fields)[count],
               std::index_sequence<index...>) {
    put(event, level, {fields[index]...});
  }
  void put(const Event& event, Level level, std::initializer_list<LogField> fields);

  struct State;
  std::unique_ptr<State> state_;
};

// What the settings ask for.
[[nodiscard]] std::unique_ptr<Log> open_log(const LogSettings& settings, std::string program);

}  // namespace sluice::observe
