#include "edges/report_times.h"

#include <algorithm>

namespace sluice::edges {

bool ReportTimes::must_tell(Moment now, bool has_changed) const {
  return has_changed || !is_told_ || now - told_ >= sign_of_life_every;
}

void ReportTimes::told(Moment now) {
  told_ = now;
  is_told_ = true;
  next_ = now + look_every;
  back_off_ = first_back_off;
}

void ReportTimes::failed(Moment now, double random) {
  is_told_ = false;
  const std::chrono::duration<double, std::milli> pause = back_off_ * (0.5 + random / 2);
  next_ = now + std::chrono::duration_cast<std::chrono::milliseconds>(pause);
  back_off_ = std::min<std::chrono::milliseconds>(2 * back_off_, longest_back_off);
}

void ReportTimes::unwanted(Moment now) {
  is_told_ = false;
  next_ = now + sign_of_life_every;
  back_off_ = first_back_off;
}

}  // namespace sluice::edges
