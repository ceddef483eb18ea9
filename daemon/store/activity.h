// What was applied of a dataset lately: how much by the hour, and how the newest batch got here.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "record/time.h"

namespace sluice::store {

struct Activity {
  struct Newest {
    record::Time applied_at{};
    // Since the batch was closed at its origin, by two clocks: never negative. Nothing: its
    // manifest can not be read.
    std::optional<std::chrono::milliseconds> took;
    friend bool operator==(const Newest&, const Newest&) = default;
  };
  struct Span {
    record::Time from{};
    std::uint64_t batches = 0;
    std::uint64_t rows = 0;  // of all outcomes
    friend bool operator==(const Span&, const Span&) = default;
  };
  std::optional<Newest> newest;  // however old
  std::vector<Span> spans;       // in order of time; where nothing was applied there is none
};

// Of a batch with this manifest.
[[nodiscard]] Activity::Newest newest_of(record::Time applied_at, std::string_view manifest);

}  // namespace sluice::store
