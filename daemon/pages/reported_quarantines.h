// What edges last told of the quarantines of the bureaus whose streams begin there.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>

#include "edges/kept_reports.h"
#include "pages/asked_seldom.h"
#include "record/identifiers.h"
#include "record/time.h"

namespace sluice::pages {

// Thread-safe.
class ReportedQuarantines {
 public:
  using Open = std::function<edges::Result<std::unique_ptr<edges::KeptReports>>()>;
  using Reports = std::map<record::BureauId, edges::KeptReport>;
  // An edge tells them once a minute at most.
  static constexpr std::chrono::seconds asked_every{10};

  explicit ReportedQuarantines(Open open) : open_(std::move(open)) {}

  // Null: the database does not answer.
  [[nodiscard]] std::shared_ptr<const Reports> last(record::Time now) { return asked_.answer(now); }

 private:
  [[nodiscard]] edges::Result<Reports> ask();

  Open open_;
  std::unique_ptr<edges::KeptReports> kept_;  // of who asks
  AskedSeldom<Reports, edges::KeepingFailure> asked_{asked_every,
                                                     [this](record::Time) { return ask(); }};
};

}  // namespace sluice::pages
