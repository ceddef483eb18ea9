// Front-end docking (前置机): one run over one table of a bureau's exchange database: connect, hold
// the table against schema and configuration, and hand what has changed to the intake's door.
#pragma once

#include <expected>
#include <string_view>

#include "adapters/adapter.h"
#include "adapters/front_end/held_back.h"
#include "adapters/front_end/position.h"
#include "adapters/front_end/source.h"
#include "intake/settlement.h"

namespace sluice::adapters::front_end {

// A row's place is its number in the run. A row that the database can not tell, or that is longer
// than the limit, goes to quarantine; the run goes on.
class FrontEndCollector final : public Collector {
 public:
  // `settlement` is of the same intake as the door that collect() is given; it must outlive the
  // collector.
  FrontEndCollector(Source source, intake::Settlement& settlement);

  [[nodiscard]] Result<void> collect(intake::Door& door, Progress& progress) override;
  // Of the run that collect() was.
  [[nodiscard]] const HeldBack& held_back() const { return held_back_; }

 private:
  Result<void> collect_from(odbc::Connection& connection, intake::Door& door, Progress& progress);
  [[nodiscard]] Result<Position> find_position() const;

  Source source_;
  intake::Settlement& settlement_;
  HeldBack held_back_;
};

// The way's name, as the configuration and the position have it.
[[nodiscard]] std::string_view name_of(const Capture& way);

}  // namespace sluice::adapters::front_end
