// A terminal's screen that is drawn anew again and again, and given back as it was: on the
// alternate screen, so that what stood there before is there again afterwards.
#pragma once

#include <cstddef>
#include <string>

namespace sluice::commands {

// Whether standard output is a terminal that understands more than text.
[[nodiscard]] bool is_screen();
// Whether it may be coloured besides: NO_COLOR (no-color.org) is not set.
[[nodiscard]] bool may_colour();

// One in a process. Standard output, which is_screen(). Given back also where SIGINT, SIGTERM or
// SIGHUP ends the process, which then ends by that signal.
class WatchScreen {
 public:
  WatchScreen();
  ~WatchScreen();
  WatchScreen(const WatchScreen&) = delete;
  WatchScreen& operator=(const WatchScreen&) = delete;

  // Its height now, in lines.
  [[nodiscard]] std::size_t rows() const;
  // In place of what it shows. Lines that are too long are cut.
  void show(const std::string& text);
};

}  // namespace sluice::commands
