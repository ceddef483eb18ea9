#include "tasks/transition.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/try.h"

namespace sluice::tasks {
namespace {

constexpr std::initializer_list<TaskState> workable = {TaskState::open, TaskState::keyed,
                                                       TaskState::differs};

// One action on one task; each operator() is an action's rule.
class Transition {
 public:
  Transition(const Task& task, record::Time now) : task_(task), now_(now) {}

  Result<Step> operator()(const ClaimIt& claim) const;
  Result<Step> operator()(const SaveDraft& draft) const;
  Result<Step> operator()(const FinishKeying& keying) const;
  Result<Step> operator()(const FinishCheck& check) const;
  Result<Step> operator()(const Settle& settlement) const;
  Result<Step> operator()(const SendBack& back) const;
  Result<Step> operator()(const HandBack& back) const;
  Result<Step> operator()(const ReturnIt& back) const;
  Result<Step> operator()(const Reassign& reassignment) const;
  Result<Step> operator()(const CancelIt& cancellation) const;
  Result<Step> operator()(const Reopen& reopening) const;
  Result<Step> operator()(const ChangeIt& change) const;
  Result<Step> operator()(const MarkDone& done) const;
  Result<Step> operator()(const RefuseIt& refusal) const;
  Result<Step> operator()(const ConfirmDelivery& confirmation) const;
  Result<Step> operator()(const DeclineDelivery& refusal) const;
  Result<Step> operator()(const WithdrawIt& withdrawal) const;

 private:
  [[nodiscard]] std::unexpected<TaskFailure> refused(TaskProblem problem,
                                                     std::string sentence) const;
  [[nodiscard]] Result<void> must_be(std::initializer_list<TaskState> states) const;
  [[nodiscard]] Result<void> must_be_incoming() const;
  [[nodiscard]] Result<void> must_be_outgoing() const;
  [[nodiscard]] Result<void> must_be_held_by(const AccountName& account) const;
  [[nodiscard]] Result<void> must_not_be_own_work_of(const AccountName& account) const;
  // The task one version on, with its entry.
  [[nodiscard]] Step changed(Happening what, const std::optional<AccountName>& who,
                             const std::string& note) const;
  // The same in another state, in which nobody has it.
  [[nodiscard]] Step went_to(TaskState state, Happening what, const std::optional<AccountName>& who,
                             const std::string& note) const;
  [[nodiscard]] Step renewed(const AccountName& holder, std::chrono::seconds lease) const;

  const Task& task_;
  record::Time now_;
};

std::unexpected<TaskFailure> Transition::refused(TaskProblem problem, std::string sentence) const {
  return std::unexpected(
      TaskFailure{problem, fmt::format("task {}", task_.id.value), std::move(sentence)});
}

Result<void> Transition::must_be(std::initializer_list<TaskState> states) const {
  if (std::ranges::find(states, task_.state) != states.end()) return {};
  return refused(TaskProblem::wrong_state,
                 fmt::format("it is {}, and this is not done to such a task: look at it again",
                             to_string(task_.state)));
}

Result<void> Transition::must_be_incoming() const {
  if (kind_of(task_) == TaskKind::incoming) return {};
  return refused(
      TaskProblem::wrong_state,
      "its record is delivered to the bureau's own system: confirm it with that system's "
      "receipt number, or decline it with a reason");
}

Result<void> Transition::must_be_outgoing() const {
  if (kind_of(task_) == TaskKind::outgoing) return {};
  return refused(TaskProblem::wrong_state,
                 "its record is to be keyed here, and no delivery: key it, return it or cancel it");
}

Result<void> Transition::must_be_held_by(const AccountName& account) const {
  if (task_.claim && task_.claim->holder == account) return {};
  return refused(TaskProblem::not_held,
                 fmt::format("{} does not hold it, or no longer: claim it again", account.str()));
}

Result<void> Transition::must_not_be_own_work_of(const AccountName& account) const {
  if (!is_own_work(task_, account)) return {};
  return refused(
      TaskProblem::same_person,
      fmt::format("{} has keyed or checked it: somebody else does the next step", account.str()));
}

Step Transition::changed(Happening what, const std::optional<AccountName>& who,
                         const std::string& note) const {
  Step step{.task = task_};
  step.task.version.value += 1;
  step.task.changed = now_;
  step.entry = HistoryEntry{
      .version = step.task.version, .at = now_, .who = who, .what = what, .note = note};
  return step;
}

Step Transition::went_to(TaskState state, Happening what, const std::optional<AccountName>& who,
                         const std::string& note) const {
  Step step = changed(what, who, note);
  step.task.state = state;
  step.task.claim.reset();
  step.task.kept_for.reset();
  step.task.handed_back_by.reset();
  return step;
}

Step Transition::renewed(const AccountName& holder, std::chrono::seconds lease) const {
  Step step{.task = task_};
  // Who has it for longer, on a sheet, does not lose that by a look.
  step.task.claim = Claim{holder, std::max(now_ + lease, task_.claim->until)};
  return step;
}

Result<Step> Transition::operator()(const ClaimIt& claim) const {
  SLUICE_TRY(must_be(workable));
  if (!claim.states.contains(task_.state)) {
    return refused(TaskProblem::wrong_state,
                   fmt::format("it is {}, and {} does not work on such tasks",
                               to_string(task_.state), claim.account.str()));
  }
  SLUICE_TRY(must_not_be_own_work_of(claim.account));
  if (task_.claim && task_.claim->holder == claim.account) {
    return renewed(claim.account, claim.lease);
  }
  if (is_held(task_, now_)) {
    return refused(TaskProblem::held_by_another,
                   fmt::format("{} has it: take another", task_.claim->holder.str()));
  }
  if (task_.kept_for && *task_.kept_for != claim.account) {
    return refused(TaskProblem::held_by_another,
                   fmt::format("it is kept for {}: take another", task_.kept_for->str()));
  }
  Step step =
      changed(Happening::claimed, claim.account,
              task_.claim ? fmt::format("the time of {} was over", task_.claim->holder.str()) : "");
  step.task.claim = Claim{claim.account, now_ + claim.lease};
  if (task_.handed_back_by == claim.account) step.task.handed_back_by.reset();
  return step;
}

Result<Step> Transition::operator()(const SaveDraft& draft) const {
  SLUICE_TRY(check_values(draft.values));
  SLUICE_TRY(must_be(workable));
  SLUICE_TRY(must_be_held_by(draft.account));
  Step step = renewed(draft.account, draft.lease);
  step.text = KeptText{Part::draft, draft.account, draft.values};
  return step;
}

Result<Step> Transition::operator()(const FinishKeying& keying) const {
  SLUICE_TRY(must_be_incoming());
  SLUICE_TRY(check_values(keying.values));
  SLUICE_TRY(must_be({TaskState::open}));
  SLUICE_TRY(must_be_held_by(keying.account));
  Step step = keying.needs_check
                  ? went_to(TaskState::keyed, Happening::keyed, keying.account, "")
                  : went_to(TaskState::ready, Happening::entered, keying.account, "");
  step.task.first = Keying{keying.account, now_};
  step.ends_drafts = true;
  step.text = KeptText{Part::first, keying.account, keying.values};
  return step;
}

Result<Step> Transition::operator()(const FinishCheck& check) const {
  SLUICE_TRY(must_be_incoming());
  SLUICE_TRY(check_values(check.values));
  SLUICE_TRY(must_be({TaskState::keyed}));
  SLUICE_TRY(must_be_held_by(check.account));
  SLUICE_TRY(must_not_be_own_work_of(check.account));
  Step step = check.differences == 0
                  ? went_to(TaskState::ready, Happening::agreed, check.account, "")
                  : went_to(TaskState::differs, Happening::differed, check.account, "");
  step.task.second = Keying{check.account, now_};
  step.entry->check = CheckFigures{task_.first->by, check.fields, check.differences};
  step.ends_drafts = true;
  step.text = KeptText{Part::second, check.account, check.values};
  return step;
}

Result<Step> Transition::operator()(const Settle& settlement) const {
  SLUICE_TRY(must_be_incoming());
  SLUICE_TRY(check_values(settlement.values));
  SLUICE_TRY(check_note(settlement.note));
  SLUICE_TRY(must_be({TaskState::differs}));
  SLUICE_TRY(must_be_held_by(settlement.account));
  SLUICE_TRY(must_not_be_own_work_of(settlement.account));
  Step step = went_to(TaskState::ready, Happening::settled, settlement.account, settlement.note);
  step.task.settled = Keying{settlement.account, now_};
  step.ends_drafts = true;
  step.text = KeptText{Part::settled, settlement.account, settlement.values};
  return step;
}

Result<Step> Transition::operator()(const SendBack& back) const {
  SLUICE_TRY(must_be_incoming());
  SLUICE_TRY(check_note(back.note));
  SLUICE_TRY(must_be({TaskState::differs}));
  SLUICE_TRY(must_be_held_by(back.account));
  SLUICE_TRY(must_not_be_own_work_of(back.account));
  const bool is_to_first = back.to == SendBack::To::first;
  Step step = went_to(is_to_first ? TaskState::open : TaskState::keyed, Happening::sent_back,
                      back.account, back.note);
  step.task.kept_for = (is_to_first ? task_.first : task_.second)->by;
  step.task.second.reset();
  step.ends_drafts = true;
  step.become_drafts = {Part::second};
  if (is_to_first) {
    step.task.first.reset();
    step.become_drafts.push_back(Part::first);
  }
  return step;
}

Result<Step> Transition::operator()(const HandBack& back) const {
  SLUICE_TRY(check_note(back.note));
  SLUICE_TRY(must_be(workable));
  SLUICE_TRY(must_be_held_by(back.account));
  Step step = went_to(task_.state, Happening::handed_back, back.account, back.note);
  step.task.handed_back_by = back.account;
  return step;
}

Result<Step> Transition::operator()(const ReturnIt& back) const {
  SLUICE_TRY(check_note(back.note));
  SLUICE_TRY(must_be(workable));
  SLUICE_TRY(must_be_held_by(back.account));
  Step step = went_to(TaskState::returned, Happening::returned, back.account, back.note);
  step.task.reason = back.note;
  return step;
}

Result<Step> Transition::operator()(const Reassign& reassignment) const {
  SLUICE_TRY(must_be(workable));
  if (reassignment.to) SLUICE_TRY(must_not_be_own_work_of(*reassignment.to));
  Step step = went_to(task_.state, Happening::reassigned, reassignment.account,
                      reassignment.to ? "to " + reassignment.to->str() : "to anyone");
  step.task.kept_for = reassignment.to;
  if (task_.claim && reassignment.to == task_.claim->holder) step.task.claim = task_.claim;
  return step;
}

Result<Step> Transition::operator()(const CancelIt& cancellation) const {
  SLUICE_TRY(must_be_incoming());
  SLUICE_TRY(check_note(cancellation.note));
  SLUICE_TRY(must_be({TaskState::open, TaskState::keyed, TaskState::differs, TaskState::returned}));
  Step step =
      went_to(TaskState::cancelled, Happening::cancelled, cancellation.account, cancellation.note);
  step.task.reason = cancellation.note;
  return step;
}

Result<Step> Transition::operator()(const Reopen& reopening) const {
  SLUICE_TRY(check_note(reopening.note));
  SLUICE_TRY(must_be({TaskState::returned, TaskState::cancelled}));
  if (task_.state == TaskState::cancelled) SLUICE_TRY(must_be_incoming());
  Step step = went_to(TaskState::open, Happening::reopened, reopening.account, reopening.note);
  step.task.reason.clear();
  // Three persons: none of them gets two drafts.
  step.become_drafts = {Part::first, Part::second, Part::settled};
  step.task.first.reset();
  step.task.second.reset();
  step.task.settled.reset();
  return step;
}

Result<Step> Transition::operator()(const ChangeIt& change) const {
  SLUICE_TRY(must_be({TaskState::open, TaskState::keyed, TaskState::differs, TaskState::returned}));
  if (!change.priority && !change.due) return Step{.task = task_};
  std::vector<std::string> changes;
  if (change.priority) changes.push_back(fmt::format("priority {}", *change.priority));
  if (change.due) {
    changes.push_back("due " + (*change.due ? record::to_string(**change.due) : "never"));
  }
  Step step =
      changed(Happening::changed, change.account, fmt::format("{}", fmt::join(changes, ", ")));
  step.task.asked.priority = change.priority.value_or(task_.asked.priority);
  step.task.asked.due = change.due.value_or(task_.asked.due);
  return step;
}

Result<Step> Transition::operator()(const MarkDone& done) const {
  SLUICE_TRY(must_be_incoming());
  if (task_.state == TaskState::done && task_.journaled == done.journaled) {
    return Step{.task = task_};
  }
  SLUICE_TRY(must_be({TaskState::ready}));
  Step step = went_to(TaskState::done, Happening::journaled, std::nullopt, "");
  step.task.journaled = done.journaled;
  return step;
}

Result<Step> Transition::operator()(const RefuseIt& refusal) const {
  SLUICE_TRY(must_be_incoming());
  SLUICE_TRY(check_note(refusal.note));
  SLUICE_TRY(must_be({TaskState::ready}));
  Step step = went_to(TaskState::returned, Happening::refused, std::nullopt, refusal.note);
  step.task.reason = refusal.note;
  return step;
}

Result<Step> Transition::operator()(const ConfirmDelivery& confirmation) const {
  SLUICE_TRY(must_be_outgoing());
  SLUICE_TRY(check_receipt_number(confirmation.receipt_number));
  if (task_.state == TaskState::done && task_.answered->by == confirmation.account &&
      task_.receipt_number == confirmation.receipt_number) {
    return Step{.task = task_};
  }
  SLUICE_TRY(must_be({TaskState::open}));
  SLUICE_TRY(must_be_held_by(confirmation.account));
  Step step = went_to(TaskState::done, Happening::confirmed, confirmation.account,
                      confirmation.receipt_number);
  step.task.answered = Keying{confirmation.account, now_};
  step.task.receipt_number = confirmation.receipt_number;
  step.ends_drafts = true;
  return step;
}

Result<Step> Transition::operator()(const DeclineDelivery& refusal) const {
  SLUICE_TRY(must_be_outgoing());
  SLUICE_TRY(check_note(refusal.note));
  if (refusal.note.empty()) {
    return refused(TaskProblem::not_taken, "it is declined without a reason: say why");
  }
  if (task_.state == TaskState::declined && task_.answered->by == refusal.account &&
      task_.reason == refusal.note) {
    return Step{.task = task_};
  }
  if (refusal.as == DeclineDelivery::As::holder) {
    SLUICE_TRY(must_be({TaskState::open}));
    SLUICE_TRY(must_be_held_by(refusal.account));
  } else {
    SLUICE_TRY(must_be({TaskState::open, TaskState::returned}));
  }
  Step step = went_to(TaskState::declined, Happening::declined, refusal.account, refusal.note);
  step.task.answered = Keying{refusal.account, now_};
  step.task.reason = refusal.note;
  step.ends_drafts = true;
  return step;
}

Result<Step> Transition::operator()(const WithdrawIt& /*withdrawal*/) const {
  SLUICE_TRY(must_be_outgoing());
  if (task_.state == TaskState::cancelled) return Step{.task = task_};
  SLUICE_TRY(must_be({TaskState::open, TaskState::returned}));
  if (is_held(task_, now_)) {
    return refused(TaskProblem::held_by_another,
                   fmt::format("{} is at it: it is too late", task_.claim->holder.str()));
  }
  Step step = went_to(TaskState::cancelled, Happening::withdrawn, std::nullopt, "");
  step.task.reason.clear();
  step.ends_drafts = true;
  return step;
}

}  // namespace

Step as_new(const NewTask& asked, const std::optional<AccountName>& by, EntryId entry,
            record::Time now) {
  Step step{.task = {.entry = std::move(entry),
                     .asked = asked,
                     .created = now,
                     .created_by = by,
                     .version = {1},
                     .changed = now}};
  step.entry = HistoryEntry{.version = {1}, .at = now, .who = by, .what = Happening::added};
  return step;
}

Result<Step> transition(const Task& task, const Action& action, record::Time now) {
  return std::visit(Transition(task, now), action);
}

}  // namespace sluice::tasks
