// What is declared of an event of the log: its name, level and keys are API.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "observe/log_settings.h"

namespace sluice::observe {

// The keys of an event, in the order in which a line has them.
class Keys {
 public:
  constexpr Keys(std::initializer_list<std::string_view> names) : size_(names.size()) {
    std::ranges::copy(names, names_.begin());
  }

  [[nodiscard]] constexpr const std::string_view* begin() const { return names_.data(); }
  [[nodiscard]] constexpr const std::string_view* end() const { return names_.data() + size_; }
  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  [[nodiscard]] constexpr bool has(std::string_view name) const {
    return std::ranges::find(*this, name) != end();
  }

 private:
  std::array<std::string_view, 9> names_{};  // as many as any event has
  std::size_t size_;
};

// What becomes of an event that happens again, with the same level and the same values.
enum class Repeats {
  by_level,  // a warning and an error are folded; a notice, or less, is news each time
  folded,    // who calls from outside causes it as often as he likes
  told,      // a warning that is news each time: a person did something, and waits for the answer
};

// `when` and `remedy` are for people, in Markdown: they may change.
struct Event {
  std::string_view name;
  LogSettings::Level level;
  Keys keys;             // each line has all of them …
  Keys optional_keys{};  // … and perhaps these
  Keys varying{};        // of these: those whose values do not make it another event
  Repeats repeats = Repeats::by_level;
  std::string_view when;         // what it means
  std::string_view remedy = "";  // what an operator is to do; empty: nothing
  // Of an event whose level is another in some cases, and in which.
  std::optional<LogSettings::Level> other_level{};
  std::string_view other_level_when = "";
};

// An event's name as a template's argument, so that the compiler knows which event a call tells of.
template <std::size_t size>
struct EventName {
  consteval EventName(const char (&literal)[size]) { std::ranges::copy(literal, text.begin()); }
  [[nodiscard]] constexpr std::string_view view() const { return {text.data(), size - 1}; }

  std::array<char, size> text{};  // with its NUL
};

[[nodiscard]] constexpr bool is_folded(const Event& event, LogSettings::Level level) {
  if (event.repeats != Repeats::by_level) return event.repeats == Repeats::folded;
  return level >= LogSettings::Level::warning;
}

// Events of one part of the daemon.
struct EventGroup {
  std::string_view title;
  std::span<const Event> events;
};

}  // namespace sluice::observe
