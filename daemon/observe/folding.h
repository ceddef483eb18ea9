// What happens again and again is told once, and then how often: a source that fails a hundred
// times a second must not hide what else there is to read. Pure: the time is given, and whoever
// asks tells.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "observe/log_entry.h"

namespace sluice::observe {

class Folding {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // Tells an entry; false where it could not be handed over.
  using Tell = std::function<bool(const LogEntry&)>;

  // At most so many are told apart at once: of more, the one that was told first is no longer
  // folded.
  static constexpr std::size_t most_windows = 256;

  explicit Folding(std::chrono::milliseconds window) : window_(window) {}

  // Whether it is what was told less than a window ago: the same event at the same level with the
  // same values but for those that its declaration lets vary. Then it is counted, and not to be
  // told.
  [[nodiscard]] bool count(const LogEntry& entry, Time now);
  // An entry was told: its window begins.
  void begin(const LogEntry& entry, Time now, const Tell& tell);

  // Tells those whose window has ended, as the last of them was, with `repeated` (how often) and
  // `within` (seconds). What could not be handed over stays counted, and is told later.
  void tell_due(Time now, const Tell& tell);
  // All at once, since something has changed: what comes now is news.
  void tell_all(Time now, const Tell& tell);

  // When there is something to tell, or a window to be forgotten.
  [[nodiscard]] std::optional<Time> next_due() const;

 private:
  struct Window {
    Time begun;
    Time ends;
    const Event* event;
    LogSettings::Level level;
    std::uint64_t repeated = 0;
    std::vector<std::pair<std::string_view, std::string>> last;  // keys, which the program owns
  };
  using Windows = std::map<std::string, Window, std::less<>>;

  static bool tell_of(const Window& window, Time now, const Tell& tell);

  std::chrono::milliseconds window_;
  Windows windows_;  // by what makes them the same
};

}  // namespace sluice::observe
