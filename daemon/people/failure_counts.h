// How many failures there were lately, by whatever they are counted by, and how long it is to wait
// after too many.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "record/time.h"

namespace sluice::people {

// So many within this time, and each further one makes the wait longer.
constexpr std::chrono::minutes failure_window(15);
constexpr std::chrono::seconds shortest_wait(30);  // doubles with each failure
constexpr std::chrono::minutes longest_wait(15);

// In memory, and of a bounded size: when it is full, the one goes that has failed the longest ago.
// Not thread-safe.
class FailureCounts {
 public:
  // After `allowed` failures within failure_window one waits. One failure is forgiven each time
  // that failure_window / allowed has gone by without another one, and without waiting.
  FailureCounts(int allowed, std::size_t capacity) : allowed_(allowed), capacity_(capacity) {}

  // Until when nothing is to be tried; nothing where it may be tried now.
  [[nodiscard]] std::optional<record::Time> waits_until(std::string_view key,
                                                        record::Time now) const;
  // Of one that waits for nothing at this time.
  void add(const std::string& key, record::Time now);
  // The last one was none; what came of it is undone.
  void take_back(std::string_view key);
  void forget(std::string_view key);

  [[nodiscard]] std::size_t size() const { return by_key_.size(); }

 private:
  struct Count {
    std::string key;
    int failures = 0;
    record::Time last{};
    std::optional<record::Time> waits_until;
  };
  using Counts = std::list<Count>;  // whoever failed last comes first

  [[nodiscard]] int still_counted(const Count& count, record::Time now) const;
  [[nodiscard]] std::chrono::milliseconds wait_after(int failures) const;
  Count& first_of(const std::string& key);

  int allowed_;
  std::size_t capacity_;
  Counts counts_;
  std::map<std::string, Counts::iterator, std::less<>> by_key_;
};

}  // namespace sluice::people
