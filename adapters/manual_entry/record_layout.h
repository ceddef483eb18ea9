// A record as a clerk is shown it who keys it into another system: its fields in the order of that
// system's screen, each value as it is typed there.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <date/tz.h>

#include "adapters/deliverer.h"

namespace sluice::adapters::manual_entry {

// Of one dataset, whose schema is that of what the receiver gets: `sluice:group` and `sluice:order`
// say how its screen goes.
class RecordLayout {
 public:
  // Both must outlive it. Moments are laid out in this zone, as the bureau's screen shows them.
  RecordLayout(const record::Dataset& dataset, const date::time_zone& zone);

  // A JSON array of {field, label, group, value, sensitivity}, by group and order. A field without
  // a value has no member `value`. Of a delete the key's fields alone.
  [[nodiscard]] std::string json_of(const DeliveryRow& row) const;

  // The case number, or a key that is open to anybody; empty: the record has neither.
  [[nodiscard]] std::string subject_of(const DeliveryRow& row) const;

  // A digest of dataset and key.
  [[nodiscard]] std::string record_key_of(const DeliveryRow& row) const;

 private:
  [[nodiscard]] std::string typed(const record::Field& field, std::string_view canonical) const;

  const record::Dataset& dataset_;
  const date::time_zone& zone_;
  std::vector<std::size_t> key_;
  std::vector<std::size_t> in_order_;  // of all fields
};

}  // namespace sluice::adapters::manual_entry
