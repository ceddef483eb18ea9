// What every Collector must do, whatever its mode: tests/conformance/collector/collector_test.cpp
// runs this suite on each instance named in tests/conformance/collector.cmake
// (docs/adapter-guide.md).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/adapter.h"

namespace sluice::adapters::conformance {

using Values = std::vector<std::optional<std::string>>;

// A row of a delivery: what its values are, or that it is one of which the mode can make no sense
// (a ragged line, a member that is no scalar …).
struct DeliveredRow {
  Values values;
  bool is_malformed = false;
};

// What a bureau delivers, before it is written in a mode's own form.
struct Delivery {
  std::vector<std::string> columns;
  std::vector<DeliveredRow> rows;
};

// A collector with everything that it needs to live.
class Instance {
 public:
  virtual ~Instance() = default;
  [[nodiscard]] virtual Collector& collector() = 0;
};

struct Mode {
  std::string name;
  // Writes a delivery in the mode's form, and makes the collector for it. Values may hold whatever
  // UTF-8 text has, NUL excepted.
  std::function<std::unique_ptr<Instance>(const Delivery&)> deliver;
};

class CollectorConformance : public testing::TestWithParam<Mode> {};

inline std::string mode_name(const testing::TestParamInfo<Mode>& mode) {
  return mode.param.name;
}

}  // namespace sluice::adapters::conformance
