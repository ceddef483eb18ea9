// Chance, for who must not come at the same moment as others.
#pragma once

#include <functional>
#include <random>

namespace sluice::node {

// Evenly from 0 to 1.
[[nodiscard]] inline std::function<double()> randomness() {
  return [engine = std::mt19937_64(std::random_device()())]() mutable {
    return std::uniform_real_distribution<double>(0, 1)(engine);
  };
}

}  // namespace sluice::node
