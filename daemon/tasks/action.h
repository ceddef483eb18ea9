// What is done to a task, as values: one type each, with what it needs. What is refused, and what
// becomes of the task, is decided in transition.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>

#include "tasks/task.h"

namespace sluice::tasks {

// Takes it, or keeps it for longer where the account has it already: never for a shorter time.
// `states` are those that the account's roles work on.
struct ClaimIt {
  AccountName account;
  std::set<TaskState> states;
  std::chrono::seconds lease{};
};

// The holder's, and keeps it for longer. The history does not tell it.
struct SaveDraft {
  AccountName account;
  std::string values;
  std::chrono::seconds lease{};
};

struct FinishKeying {
  AccountName account;
  std::string values;
  bool needs_check = true;  // the form has a field that is verified
};

// `differences` of the `fields` that were compared, after both were normalised. None: it agrees.
struct FinishCheck {
  AccountName account;
  std::string values;
  std::uint64_t fields = 0;
  std::uint64_t differences = 0;
};

// The reviewer's word.
struct Settle {
  AccountName account;
  std::string values;
  std::string note;
};
// To who has keyed it, first or second: what he typed is his draft again, and it is kept for him.
// To the first, the second's work is void as well.
struct SendBack {
  AccountName account;
  enum class To { first, second } to = To::second;
  std::string note;
};

// Both by the holder: for others to take, or for the supervisor, with the reason.
struct HandBack {
  AccountName account;
  std::string note;
};
struct ReturnIt {
  AccountName account;
  std::string note;
};

// By the supervisor, whoever holds it. `to`: kept for this account; nobody: for anyone.
struct Reassign {
  AccountName account;
  std::optional<AccountName> to;
};
struct CancelIt {
  AccountName account;
  std::string note;
};
// What was returned or cancelled begins anew, and what anybody typed is his draft. Not what was
// withdrawn.
struct Reopen {
  AccountName account;
  std::string note;
};
// What is not named stays as it is by then.
struct ChangeIt {
  AccountName account;
  std::optional<std::int64_t> priority;
  std::optional<std::optional<record::Time>> due;  // within it nothing: never
};

// By the node that journals it. The same again is nothing.
struct MarkDone {
  Journaled journaled;
};
// The journal's door refused it, and will not take it: the supervisor gets it, with the reason.
struct RefuseIt {
  std::string note;
};

// Of an outgoing task. What the bureau's own system answered is its receipt, and is not changed any
// more. The same again is nothing.
struct ConfirmDelivery {
  AccountName account;  // the holder
  std::string receipt_number;
};
struct DeclineDelivery {
  AccountName account;
  std::string note;  // why; not empty
  // The supervisor's, whoever holds it.
  enum class As { holder, supervisor } as = As::holder;
};
// By who delivers it. The same again is nothing.
struct WithdrawIt {};

using Action = std::variant<ClaimIt, SaveDraft, FinishKeying, FinishCheck, Settle, SendBack,
                            HandBack, ReturnIt, Reassign, CancelIt, Reopen, ChangeIt, MarkDone,
                            RefuseIt, ConfirmDelivery, DeclineDelivery, WithdrawIt>;

}  // namespace sluice::tasks
