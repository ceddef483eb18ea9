// What the pages of manual entry share: the queue of tasks, the desks where records are keyed, and
// the way from a task whose values are final to its record in the journal.
#pragma once

#include <chrono>
#include <expected>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entry/desk.h"
#include "pages/day_figures.h"
#include "pages/entrance.h"
#include "pages/held_task.h"
#include "pages/keyed_texts.h"
#include "pages/lent.h"
#include "pages/page.h"
#include "pages/surroundings.h"
#include "pages/view/clerk_figures.h"
#include "pages/view/task_facts.h"
#include "pages/visit.h"
#include "tasks/tasks.h"

namespace sluice::pages {

// Who works on tasks, or directs those who do.
[[nodiscard]] inline Access of_the_queue() {
  return {.rights = {trust::PersonalRight::key_records, trust::PersonalRight::check_records,
                     trust::PersonalRight::review_records, trust::PersonalRight::direct_work}};
}

// As paths and views have it.
[[nodiscard]] inline std::int64_t number_of(tasks::TaskId id) {
  return static_cast<std::int64_t>(id.value);
}

// What a person has done since the day began, and how well; what waits is not of one person.
[[nodiscard]] ClerkFigures figures_of(const tasks::ClerkFigures& clerk);

// To the task's page, which says that another has it or that it is done.
[[nodiscard]] server::Response task_taken(const tasks::Task& task);

// Why what the first person keyed is not saved.
struct NotKeyed {
  std::vector<entry::KeyingError> errors;  // the form would not be taken like this
  std::string sentence;                    // the queue refuses it
  std::optional<server::Response> answer;  // nothing goes on: what the person is told
  bool has_no_room = false;                // since the disk is full
};

// A step that is saved, and what became of the task by it.
struct SavedTask {
  tasks::Task task;
  // Where its record lies, which is still to be noted: whoever claims the next task does so
  // (Tasks::claim_next), or the pages do it by themselves after a while.
  std::optional<tasks::JournaledTask> journaled;
};

// What a person does to a record.
struct SavedStep {
  std::string_view step;  // keyed, settled
  const entry::FormChecker& checker;
  const std::vector<entry::KeyedValue>& values;
  std::vector<std::string> columns;  // of the form, which the person keyed, compared or decided
};

// Thread-safe. References must outlive it.
class Workbench {
 public:
  // For how long a task is its holder's after the last key that was pressed.
  static constexpr std::chrono::minutes lease{15};

  Workbench(const Surroundings& surroundings, const Entrance& entrance);

  using Handle = Lent<tasks::Tasks, tasks::TaskFailure>::Loan;
  [[nodiscard]] tasks::Result<Handle> lend() { return tasks_.lend(); }

  // Null: nothing of the bureau, or of this dataset, is keyed here.
  [[nodiscard]] entry::Desk* desk(const record::BureauId& bureau) const;
  [[nodiscard]] const entry::FormChecker* checker(const tasks::Task& task) const;

  // The task that {task} of the path names, with all that was keyed, for who has any right to work
  // on tasks of its bureau; else the answer.
  [[nodiscard]] std::expected<tasks::KeyedTask, server::Response> open(const Visit& visit,
                                                                       tasks::Tasks& queue) const;
  // The same where the person holds it and may work on it. Also when the time is over: until
  // another takes it, the holder goes on. Who has lost it is told so on the task's page; who never
  // had it is denied it.
  [[nodiscard]] std::expected<HeldTask, server::Response> sit_down(const Visit& visit);
  // Whether the person may work on tasks in this state.
  [[nodiscard]] bool may_work(const people::Assignment& person, tasks::TaskState state,
                              const record::BureauId& bureau) const;
  [[nodiscard]] bool may(const Visit& visit, trust::PersonalRight right,
                         const record::BureauId& bureau) const {
    return surroundings_.policy.may(visit.account().assignment, right, bureau);
  }
  // Whether the person works on tasks of the bureau, or directs those who do.
  [[nodiscard]] bool is_theirs(const Visit& visit, const record::BureauId& bureau) const;
  // Why what was asked of the queue is not done, as a page.
  [[nodiscard]] server::Response refused(const Visit& visit,
                                         const tasks::TaskFailure& failure) const;

  [[nodiscard]] TaskFacts facts(const Visit& visit, const tasks::Task& task) const;
  // Tell the auditor who confirms or declines a delivery, and who does which step; before it is
  // kept.
  [[nodiscard]] tasks::Witness note_answer(const Visit& visit) const;
  [[nodiscard]] tasks::Witness note_step(const Visit& visit, const tasks::Task& task,
                                         const SavedStep& saved) const;
  // As others see the person.
  [[nodiscard]] std::string name_of(const Visit& visit, const people::AccountName& account) const;
  // The person's own, of the queue of this bureau.
  [[nodiscard]] ClerkFigures figures(const Visit& visit, const record::BureauId& bureau,
                                     const tasks::Figures& figures) const;
  // The same at a desk, where they stand beside each form; nothing: the queue does not tell.
  [[nodiscard]] std::optional<ClerkFigures> figures_at_desk(const Visit& visit,
                                                            const record::BureauId& bureau,
                                                            tasks::Tasks& queue);
  // What the figures at the desk are counted by meanwhile.
  [[nodiscard]] DayFigures& day() { return day_; }
  // When the day began at the node, from which the figures count.
  [[nodiscard]] record::Time midnight() const;

  // What the first person keyed of a task that he holds: checked, saved and, where nobody checks
  // it, journaled; noted for the auditor before.
  [[nodiscard]] std::expected<SavedTask, NotKeyed> key_first(const Visit& visit,
                                                             const tasks::Task& task,
                                                             const entry::FormChecker& checker,
                                                             const KeyedTexts& texts,
                                                             tasks::Tasks& queue);
  using Checked = std::expected<entry::CheckedRecord, std::vector<entry::KeyingError>>;
  // After a step that changed the task: where it is ready, its record, which is that of its values,
  // is in the journal on return, or the task is refused. It stays ready where that is not possible
  // now: the journal is full, or can not be written.
  [[nodiscard]] std::expected<SavedTask, server::Response> conclude(const Visit& visit,
                                                                    tasks::Task task,
                                                                    Checked record,
                                                                    tasks::Tasks& queue) const;
  // That its record was journaled, where no next task is claimed.
  [[nodiscard]] std::expected<void, server::Response> note(const Visit& visit,
                                                           const SavedTask& saved,
                                                           tasks::Tasks& queue) const;
  // All of the bureau that were left when the node stopped or its journal was full.
  void journal_ready(const record::BureauId& bureau, tasks::Tasks& queue);

  // What the person keyed before, as the first, of this bureau and dataset: for the ditto key.
  [[nodiscard]] KeyedTexts previous(const Visit& visit, const record::BureauId& bureau,
                                    const record::DatasetId& dataset, tasks::Tasks& queue);
  void remember(const Visit& visit, const record::BureauId& bureau,
                const record::DatasetId& dataset, KeyedTexts texts);

 private:
  // Brings a task that is ready into the journal, and notes it. False: it stays ready.
  [[nodiscard]] tasks::Result<bool> journal(tasks::TaskId id, tasks::Tasks& queue) const;
  struct HandedIn {
    std::optional<tasks::JournaledTask> journaled;  // which is to be noted
    bool is_refused = false;                        // and the task is so by now
  };
  [[nodiscard]] tasks::Result<HandedIn> hand_in(const tasks::Task& task, Checked record,
                                                tasks::Tasks& queue) const;
  [[nodiscard]] static tasks::Result<bool> has_had(const people::AccountName& account,
                                                   tasks::TaskId id, tasks::Tasks& queue);

  const Surroundings& surroundings_;
  const Entrance& entrance_;
  Lent<tasks::Tasks, tasks::TaskFailure> tasks_;
  struct Whose {
    std::string account;
    record::BureauId bureau;
    record::DatasetId dataset;
    friend auto operator<=>(const Whose&, const Whose&) = default;
  };
  DayFigures day_;
  std::mutex mutex_;
  // Guarded by mutex_. What was asked of the tasks, or keyed since; empty: there was nothing.
  std::map<Whose, KeyedTexts> previous_;
};

}  // namespace sluice::pages
