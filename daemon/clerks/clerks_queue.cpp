#include "clerks/clerks_queue.h"

#include <utility>

namespace sluice::clerks {
namespace {

using adapters::manual_entry::QueueAnswer;
using adapters::manual_entry::QueuedDelivery;
using adapters::manual_entry::QueuedRecord;
using adapters::manual_entry::QueueFailure;
using adapters::manual_entry::QueueProblem;
using adapters::manual_entry::QueueResult;
using tasks::TaskProblem;

QueueFailure queue_failure(const tasks::TaskFailure& failure) {
  const auto code = [&] {
    switch (failure.code) {
      case TaskProblem::unavailable:
      case TaskProblem::no_room:
        return QueueProblem::unavailable;
      case TaskProblem::unknown:
        return QueueProblem::unknown;
      case TaskProblem::conflicting:
        return QueueProblem::conflicting;
      case TaskProblem::wrong_state:
      case TaskProblem::held_by_another:
        return QueueProblem::too_late;
      default:
        return QueueProblem::failed;
    }
  };
  return {code(), failure.place, failure.sentence};
}

// What stands in a record may be no title: it has line breaks, or is too long.
std::string title_of(const QueuedDelivery& delivery, const QueuedRecord& record) {
  const std::string& dataset = delivery.title.empty() ? delivery.dataset.str() : delivery.title;
  const std::string with_subject =
      record.subject.empty() ? dataset : dataset + " " + record.subject;
  for (const std::string& title : {with_subject, dataset}) {
    if (tasks::check(tasks::NewTask{.title = title})) return title;
  }
  return delivery.dataset.str();
}

QueueAnswer answer_of(const tasks::Task& task) {
  QueueAnswer answer;
  switch (task.state) {
    case tasks::TaskState::done:
      answer.state = QueueAnswer::State::confirmed;
      answer.receipt_number = task.receipt_number;
      break;
    case tasks::TaskState::declined:
      answer.state = QueueAnswer::State::declined;
      answer.reason = task.reason;
      break;
    case tasks::TaskState::cancelled:
      answer.state = QueueAnswer::State::withdrawn;
      break;
    default:
      break;  // nobody has answered it
  }
  if (task.answered) {
    answer.at = task.answered->at;
    answer.by = task.answered->by.str();
  }
  return answer;
}

}  // namespace

QueueResult<void> ClerksQueue::hand_over(const QueuedDelivery& delivery) {
  tasks::NewDelivery asked{.name = delivery.name,
                           .agreement = delivery.agreement,
                           .bureau = bureau_,
                           .dataset = delivery.dataset,
                           .content = delivery.content};
  for (const QueuedRecord& record : delivery.records) {
    asked.records.push_back({.title = title_of(delivery, record),
                             .record_key = record.record_key,
                             .operation = record.operation,
                             .values = record.laid_out});
  }
  const auto added = tasks_.hand_over(asked, clock_());
  if (!added) return std::unexpected(queue_failure(added.error()));
  return {};
}

QueueResult<std::optional<std::vector<QueueAnswer>>> ClerksQueue::find(const std::string& name) {
  const auto found = tasks_.delivered(name);
  if (!found) return std::unexpected(queue_failure(found.error()));
  if (!*found) return std::nullopt;
  std::vector<QueueAnswer> answers;
  for (const tasks::Task& task : **found)
    answers.push_back(answer_of(task));
  return answers;
}

QueueResult<void> ClerksQueue::withdraw(const std::string& name) {
  const auto withdrawn = tasks_.withdraw(name, clock_());
  if (!withdrawn) return std::unexpected(queue_failure(withdrawn.error()));
  return {};
}

}  // namespace sluice::clerks
