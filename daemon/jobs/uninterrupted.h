// A time in which ending a command would leave half of a thing: what is committed and told nowhere
// yet, or files of which some are there.
#pragma once

#include <csignal>
#include <iterator>

namespace sluice::jobs {

// While it lives the signals by which a person, a terminal or the system asks a program to end
// (SIGINT, SIGTERM, SIGHUP) are noted, and then do what they did before: the last that came is
// passed on at the end of this. Of the whole process; one at a time.
class Uninterrupted {
 public:
  Uninterrupted();
  ~Uninterrupted();
  Uninterrupted(const Uninterrupted&) = delete;
  Uninterrupted& operator=(const Uninterrupted&) = delete;

  // Whether one came.
  [[nodiscard]] bool is_asked_to_end() const;
  // What came is not passed on: what it was to stop is done.
  void forget() const;

 private:
  static constexpr int signals_[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction before_[std::size(signals_)] = {};  // as signals_
};

}  // namespace sluice::jobs
