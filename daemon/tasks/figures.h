// What a supervisor wants to know of a bureau's queue.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "tasks/history.h"

namespace sluice::tasks {

struct Depth {
  std::uint64_t tasks = 0;
  std::uint64_t overdue = 0;
  std::optional<record::Time> oldest;  // when it was added
  friend bool operator==(const Depth&, const Depth&) = default;
};

struct ClerkFigures {
  std::uint64_t holds = 0;    // now
  std::uint64_t keyed = 0;    // first, checked or not
  std::uint64_t checked = 0;  // as second
  std::uint64_t settled = 0;
  std::uint64_t confirmed = 0;  // deliveries, as is the next
  std::uint64_t declined = 0;
  // At work since the day began: the time between one thing that he did and the next, but for
  // pauses longer than longest_pause.
  std::chrono::milliseconds active{};
  // Of his own keying, as others have checked it since the day began.
  std::uint64_t fields_checked = 0;
  std::uint64_t differences = 0;
  friend bool operator==(const ClerkFigures&, const ClerkFigures&) = default;
};

struct Figures {
  // Of all that is not done, declined or cancelled; a state without tasks is not there.
  std::map<TaskState, Depth> depth;
  std::map<AccountName, ClerkFigures> clerks;
  // Journaled or confirmed in each of the last 24 hours, the oldest first, the last one up to now.
  std::vector<std::uint64_t> done_by_hour;
  friend bool operator==(const Figures&, const Figures&) = default;
};

// A sum over entries of the history, as a database gives it.
struct HappeningCount {
  AccountName who;
  Happening what = Happening::added;
  std::uint64_t entries = 0;
};
void count(Figures& figures, const HappeningCount& counted);

constexpr std::size_t hours_of_figures = 24;
// Between two things that a person did on tasks. What takes longer is no work on them.
constexpr std::chrono::minutes longest_pause{15};
// Before so much of it a rate says nothing.
constexpr std::chrono::minutes shortest_active{5};

// Deliveries that he is done with, one way or the other.
[[nodiscard]] constexpr std::uint64_t delivered(const ClerkFigures& clerk) {
  return clerk.confirmed + clerk.declined;
}

// Records that he did something on, of one hour at work; nothing: it is too early to tell.
[[nodiscard]] std::optional<double> per_hour(const ClerkFigures& clerk);

}  // namespace sluice::tasks
