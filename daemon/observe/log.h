// One line an event, `key=value`, for people with grep and for machines: observe/events.h declares
// the events. A line never carries the value of a record's field.
#pragma once

#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "observe/event.h"
#include "observe/events.h"
#include "observe/log_entry.h"
#include "observe/log_settings.h"
#include "observe/log_target.h"

namespace sluice::observe {

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

// Thread-safe; a call never waits for whoever reads the lines. Lines that could not be written are
// counted, and the count is logged (`event=log-lines-dropped`) as soon as there is room. What
// happens again within a while is folded (folding.h): a notice, which says that a state has
// changed, ends that while for all. How often it happened is told by the next call, by keep_time(),
// or at the end.
class Log {
 public:
  using Level = LogSettings::Level;
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  Log(Level level, std::unique_ptr<LogTarget> target,
      std::chrono::milliseconds fold_within = LogSettings().fold_within,
      Clock clock = std::chrono::steady_clock::now);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // Begins a thread that tells in time what was folded, though nobody calls.
  void keep_time();
  // What was to be written since the beginning, by event and level, and the lines among it that the
  // target did not take.
  struct Counts {
    std::map<std::pair<std::string_view, Level>, std::uint64_t> events;
    std::uint64_t dropped = 0;
  };
  [[nodiscard]] Counts counts() const;

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
