// The questions about many tasks at once, in the order of an index each: what they cost does not
// grow with what is done.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <set>

#include "tasks/query.h"
#include "tasks/task_list.h"

namespace sluice::tasks {

// What an account may be given, and for how long.
struct Wish {
  record::BureauId bureau;
  std::set<record::DatasetId> datasets;  // none: of any dataset
  AccountName account;
  std::set<TaskState> states;
  std::chrono::seconds lease{};
};

// In which order an account's next task is looked for.
enum class Turn {
  held,         // by the account already, whether its time is over or not
  kept,         // for the account
  free,         // for anyone, and not handed back by the account
  handed_back,  // by the account
};
inline constexpr std::array all_turns = {Turn::held, Turn::kept, Turn::free, Turn::handed_back};

// The first task by priority, due time and age that the wish and the turn ask for, that nobody else
// holds or has kept for him, that is not the account's own work (is_own_work), and that waits for
// no earlier delivery of the same record. The wish names states.
[[nodiscard]] Query next_query(const Wish& wish, Turn turn, record::Time now,
                               const Dialect& dialect);

// The number of the earliest delivery of the same record that an outgoing task waits for.
[[nodiscard]] Query predecessor_query(const Task& task, const Dialect& dialect);

// What the account has keyed last as the first.
[[nodiscard]] Query last_keyed_query(const record::BureauId& bureau,
                                     const record::DatasetId& dataset, const AccountName& account,
                                     const Dialect& dialect);

// From the place on: those before it come the nearest first.
[[nodiscard]] Query list_query(const TaskFilter& filter, const std::optional<TaskPlace>& place,
                               std::size_t count, record::Time now, ListSide side,
                               const Dialect& dialect);

// State, tasks, those that are overdue, when the oldest was added.
[[nodiscard]] Query depth_query(const record::BureauId& bureau, record::Time now,
                                const Dialect& dialect);
// State, tasks, of those that wait for somebody: from the index alone.
[[nodiscard]] Query waiting_query(const record::BureauId& bureau, const Dialect& dialect);
// Holder, tasks.
[[nodiscard]] Query holds_query(const record::BureauId& bureau, record::Time now,
                                const Dialect& dialect);
// Whose work is counted, and from when: everybody's of the bureau, or one person's, which costs by
// what that person has done alone.
struct Counted {
  record::BureauId bureau;
  record::Time since{};
  std::optional<AccountName> account;
};
// Who, what, how often, and for how long at work before it, in milliseconds (ClerkFigures::active).
// Costs by the work since then.
[[nodiscard]] Query work_query(const Counted& counted, const Dialect& dialect);
// Whose keying, fields that were checked, differences.
[[nodiscard]] Query checks_query(const Counted& counted, const Dialect& dialect);
// How many hours ago, how many were journaled or confirmed.
[[nodiscard]] Query done_query(const record::BureauId& bureau, record::Time now,
                               const Dialect& dialect);

}  // namespace sluice::tasks
