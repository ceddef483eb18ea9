#include "commands/watch_screen.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

namespace sluice::commands {
namespace {

// Alternate screen, no cursor, no wrapping of long lines; and all of it back.
constexpr std::string_view begin_screen = "\x1b[?1049h\x1b[?25l\x1b[?7l";
constexpr std::string_view end_screen = "\x1b[?7h\x1b[?25h\x1b[?1049l";
constexpr int ending_signals[] = {SIGINT, SIGTERM, SIGHUP};
constexpr std::size_t usual_rows = 24;

// As a signal's handler may: nothing is done about a terminal that is gone.
void give_back() {
  const auto written = ::write(STDOUT_FILENO, end_screen.data(), end_screen.size());
  static_cast<void>(written);
}

// SA_RESETHAND has put the default in place again: the process ends by the signal.
extern "C" void give_back_and_end(int signal) {
  give_back();
  ::raise(signal);
}

void on_ending_signals(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (const int signal : ending_signals)
    ::sigaction(signal, &action, nullptr);
}

}  // namespace

bool is_screen() {
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) == 1 && terminal != nullptr &&
         std::string_view(terminal) != "dumb";
}

bool may_colour() {
  const char* forbidden = std::getenv("NO_COLOR");
  return is_screen() && (forbidden == nullptr || *forbidden == '\0');
}

WatchScreen::WatchScreen() {
  on_ending_signals(give_back_and_end);
  std::fwrite(begin_screen.data(), 1, begin_screen.size(), stdout);
  std::fflush(stdout);
}

WatchScreen::~WatchScreen() {
  std::fflush(stdout);
  give_back();
  on_ending_signals(SIG_DFL);
}

std::size_t WatchScreen::rows() const {
  struct winsize size {};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return usual_rows;
  return size.ws_row;
}

void WatchScreen::show(const std::string& text) {
  // Each line is cleared behind its text, so that nothing flickers.
  std::string drawn = "\x1b[H";
  for (const char c : text) {
    if (c == '\n') drawn += "\x1b[K";
    drawn += c;
  }
  if (drawn.ends_with('\n')) drawn.pop_back();
  drawn += "\x1b[J";
  std::fwrite(drawn.data(), 1, drawn.size(), stdout);
  std::fflush(stdout);
}

}  // namespace sluice::commands
