// A task of manual entry: one record that a clerk is to key, into ours or out of ours into the
// bureau's own system, and how far it has come.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "people/account.h"
#include "record/copy_text.h"
#include "record/identifiers.h"
#include "record/time.h"
#include "tasks/failure.h"

namespace sluice::tasks {

using people::AccountName;

// From 1, in the order in which they were added; never given twice.
using TaskId = record::Number<struct TaskTag>;

// Grows by one with every change that the history tells.
using TaskVersion = record::Number<struct TaskVersionTag>;

// By which the journal knows the record of a task, so that it takes it once: "task-" and 22
// characters. Drawn by chance and not made of the number, which a restored backup may give again.
// Where who asks may ask twice, it is made of what was asked for instead (entry_of_request).
using EntryId = record::Name<struct EntryTag>;

// The same for the same `position` of the same request, and for no other: a sheet's digest and its
// line, a caller's key and the place in the call. `request` says of which bureau and dataset it is.
[[nodiscard]] EntryId entry_of_request(std::string_view request, std::uint64_t position);

// In the order in which a task passes them. The names are API.
enum class TaskState {
  open,      // nobody has keyed it
  keyed,     // one person has, and it waits for a second
  differs,   // two have, and differently: it waits for a reviewer
  ready,     // its values are final, and are to be journaled
  done,      // journaled; of an outgoing one: confirmed
  returned,  // with the supervisor, with a reason
  cancelled,
  declined,  // of an outgoing one: the bureau's system does not take it, with a reason
};
inline constexpr std::array all_states = {
    TaskState::open, TaskState::keyed,    TaskState::differs,   TaskState::ready,
    TaskState::done, TaskState::returned, TaskState::cancelled, TaskState::declined};
[[nodiscard]] std::string_view to_string(TaskState state);
[[nodiscard]] std::optional<TaskState> parse_task_state(std::string_view text);

// A person works on it: open, keyed, differs.
[[nodiscard]] bool is_workable(TaskState state);

enum class Origin { supervisor, sheet, api, delivery };
[[nodiscard]] std::string_view to_string(Origin origin);
[[nodiscard]] std::optional<Origin> parse_origin(std::string_view text);

// Incoming: a record is keyed into ours. Outgoing: a record that is delivered is keyed into the
// bureau's own system. The names are API.
enum class TaskKind { incoming, outgoing };
[[nodiscard]] std::string_view to_string(TaskKind kind);

// Which record of which delivery an outgoing task is (delivery.h).
struct Outgoing {
  std::string delivery;    // its name
  std::uint64_t row = 0;   // within it, from 1
  std::string record_key;  // the same for one record of one dataset: a digest, never the key itself
  record::Operation operation = record::Operation::upsert;
  friend bool operator==(const Outgoing&, const Outgoing&) = default;
};

// What is asked for.
struct NewTask {
  record::BureauId bureau;
  record::DatasetId dataset;
  std::string title;  // for people, such as a case number; may be empty
  Origin origin = Origin::supervisor;
  std::string origin_text;    // the sheet's name and row, the caller; may be empty
  std::int64_t priority = 0;  // higher ones first
  std::optional<record::Time> due;
  std::optional<Outgoing> outgoing;  // nothing: it is incoming
  friend bool operator==(const NewTask&, const NewTask&) = default;
};

// Who has it before him, and until when nobody else can have it.
struct Claim {
  AccountName holder;
  record::Time until{};
  friend bool operator==(const Claim&, const Claim&) = default;
};

// Who has said what is to be kept, and when.
struct Keying {
  AccountName by;
  record::Time at{};
  friend bool operator==(const Keying&, const Keying&) = default;
};

// Where the record lies in its stream.
struct Journaled {
  record::Sequence sequence;
  std::uint64_t row = 0;  // within the batch, from 1
  friend bool operator==(const Journaled&, const Journaled&) = default;
};

// Without what was keyed, which may be large: KeyedTask (tasks.h) has it.
struct Task {
  TaskId id;
  EntryId entry;
  NewTask asked;
  record::Time created{};
  std::optional<AccountName> created_by;  // nobody: by the API
  TaskState state = TaskState::open;
  TaskVersion version;
  record::Time changed{};
  std::optional<Claim> claim;
  std::optional<AccountName> kept_for;        // nobody else may claim it
  std::optional<AccountName> handed_back_by;  // is given it again only when nothing else is there
  std::optional<Keying> first;
  std::optional<Keying> second;
  std::optional<Keying> settled;  // a reviewer's
  std::string reason;             // of `returned`, `cancelled` and `declined`
  std::optional<Journaled> journaled;
  // Of an outgoing one that is `done` or `declined`: who has said so, and what the bureau's own
  // system answered.
  std::optional<Keying> answered;
  std::string receipt_number;  // of `done`
  friend bool operator==(const Task&, const Task&) = default;
};

[[nodiscard]] TaskKind kind_of(const Task& task);

[[nodiscard]] bool is_overdue(const Task& task, record::Time now);

// Whether somebody holds it at this moment.
[[nodiscard]] bool is_held(const Task& task, record::Time now);

// Whether this account may do the next step on it: nobody checks what he has keyed, nor settles
// what he has keyed or checked.
[[nodiscard]] bool is_own_work(const Task& task, const AccountName& account);

constexpr std::size_t longest_title = 200;           // characters
constexpr std::size_t longest_note = 1000;           // characters
constexpr std::size_t longest_receipt_number = 100;  // characters
constexpr std::size_t longest_values = 1U << 20U;    // bytes

// How long the texts may be, and that they are UTF-8 without control characters.
[[nodiscard]] Result<void> check(const NewTask& task);
// Of a reason or a remark.
[[nodiscard]] Result<void> check_note(std::string_view note);
// Of the bureau's own system: it has at least one character.
[[nodiscard]] Result<void> check_receipt_number(std::string_view number);
// What was typed: UTF-8 without a zero byte. What it says is not looked at.
[[nodiscard]] Result<void> check_values(std::string_view values);

}  // namespace sluice::tasks
