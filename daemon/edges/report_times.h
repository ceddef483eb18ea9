// When an edge reports to its center: at once when it begins and when the center is back, then when
// something has changed, but not more often than once a minute; and where nothing has, now and then
// as a sign of life.
#pragma once

#include <chrono>

namespace sluice::edges {

// Of one bureau. A value; the moments come from outside.
class ReportTimes {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::minutes look_every{1};
  static constexpr std::chrono::minutes sign_of_life_every{15};
  static constexpr std::chrono::seconds first_back_off{2};
  static constexpr std::chrono::minutes longest_back_off{1};

  // When to look at the figures again; at first: at once.
  [[nodiscard]] Moment next() const { return next_; }
  // Whether what was looked at now is to be told.
  [[nodiscard]] bool must_tell(Moment now, bool has_changed) const;

  void left_untold(Moment now) { next_ = now + look_every; }
  void told(Moment now);
  // It is tried again, later each time. `random`: evenly from 0 to 1, so that the edges of a center
  // that was away do not all come back at once.
  void failed(Moment now, double random);
  // The center takes no reports: it is asked again when a sign of life would be due.
  void unwanted(Moment now);

 private:
  Moment next_ = Moment::min();
  Moment told_{};
  bool is_told_ = false;  // and nothing failed since
  std::chrono::milliseconds back_off_ = first_back_off;
};

}  // namespace sluice::edges
