// What happened to a task, for who asks later how a record came to be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tasks/task.h"

namespace sluice::tasks {

// The names are API.
enum class Happening {
  added,
  claimed,
  keyed,     // by the first, to be checked
  entered,   // by the only one: nothing of it is to be checked
  agreed,    // the second found nothing else
  differed,  // the second found something else
  settled,
  sent_back,
  handed_back,
  returned,
  refused,  // by the journal's door
  journaled,
  reassigned,
  cancelled,
  reopened,
  changed,
  confirmed,  // of an outgoing one: by the bureau's system
  declined,
  withdrawn,  // by who delivers it
};
[[nodiscard]] std::string_view to_string(Happening what);
[[nodiscard]] std::optional<Happening> parse_happening(std::string_view text);

// Of a check: whose work, and what it found. The sum of these is a clerk's rate of errors.
struct CheckFigures {
  AccountName of;
  std::uint64_t fields = 0;
  std::uint64_t differences = 0;
  friend bool operator==(const CheckFigures&, const CheckFigures&) = default;
};

struct HistoryEntry {
  TaskVersion version;  // of the task, which this made: the entries' numbers are 1, 2, 3 …
  record::Time at{};
  std::optional<AccountName> who;  // nobody: the node itself, or the API
  Happening what = Happening::added;
  std::string note;
  std::optional<CheckFigures> check;
  friend bool operator==(const HistoryEntry&, const HistoryEntry&) = default;
};

}  // namespace sluice::tasks
