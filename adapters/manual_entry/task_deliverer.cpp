#include "adapters/manual_entry/task_deliverer.h"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/manual_entry/record_layout.h"
#include "record/try.h"

namespace sluice::adapters::manual_entry {
namespace {

using State = QueueAnswer::State;

std::unexpected<DeliveryFailure> failed(DeliveryProblem problem, const std::string& name,
                                        std::string sentence) {
  return std::unexpected(DeliveryFailure{problem, "delivery " + name, std::move(sentence)});
}

// `unavailable` is told apart by what was asked: looking changes nothing.
std::unexpected<DeliveryFailure> failed(const QueueFailure& failure,
                                        DeliveryProblem where_unavailable) {
  const auto code = [&] {
    switch (failure.code) {
      case QueueProblem::unavailable:
        return where_unavailable;
      case QueueProblem::unknown:
        return DeliveryProblem::unknown;
      case QueueProblem::conflicting:
        return DeliveryProblem::conflicting;
      case QueueProblem::too_late:
      case QueueProblem::failed:
        break;
    }
    return DeliveryProblem::refused;
  };
  return std::unexpected(DeliveryFailure{code(), failure.place, failure.sentence});
}

DeliveryResult<QueuedDelivery> queued(const Delivery& delivery, DeliveryRows& rows,
                                      const date::time_zone& zone) {
  QueuedDelivery queued{.name = record::to_string(delivery.name),
                        .agreement = delivery.agreement,
                        .dataset = delivery.dataset.id,
                        .title = delivery.dataset.title,
                        .content = record::to_string(delivery.content),
                        .records = {}};
  const RecordLayout layout(delivery.dataset, zone);
  while (const auto row = SLUICE_TRY(rows.next())) {
    if (queued.records.size() == delivery.rows.value) {
      return failed(DeliveryProblem::unreadable, queued.name,
                    fmt::format("it has more rows than the {} that it says", delivery.rows.value));
    }
    queued.records.push_back({.subject = layout.subject_of(*row),
                              .record_key = layout.record_key_of(*row),
                              .operation = row->operation,
                              .laid_out = layout.json_of(*row)});
  }
  if (queued.records.size() < delivery.rows.value) {
    return failed(DeliveryProblem::unreadable, queued.name,
                  fmt::format("it has {} rows, and says that it has {}", queued.records.size(),
                              delivery.rows.value));
  }
  return queued;
}

RowAnswer answer_of(std::uint64_t row, const QueueAnswer& answer) {
  const bool is_taken = answer.state == State::confirmed;
  return {.row = row,
          .outcome = is_taken ? RowAnswer::Outcome::taken : RowAnswer::Outcome::refused,
          .evidence = is_taken ? Evidence::receipt_number : Evidence::statement,
          .receipt_number = answer.receipt_number,
          .reason = answer.reason,
          .at = answer.at,
          .by = answer.by};
}

bool is_answer(const QueueAnswer& answer) {
  return answer.state == State::confirmed || answer.state == State::declined;
}

bool is_withdrawn(const QueueAnswer& answer) {
  return answer.state == State::withdrawn;
}

}  // namespace

DeliveryResult<void> TaskDeliverer::deliver(const Delivery& delivery, DeliveryRows& rows) {
  const std::string name = record::to_string(delivery.name);
  if (delivery.rows.value > most_rows_for_clerks) {
    return failed(DeliveryProblem::too_large, name,
                  fmt::format("it has {} rows, and clerks are given at most {} at once: cut it "
                              "smaller",
                              delivery.rows.value, most_rows_for_clerks));
  }
  const auto asked = SLUICE_TRY(queued(delivery, rows, zone_));
  // While the queue is away before anything is handed over, it is known that nothing was.
  const auto known = queue_.find(name);
  if (!known) return failed(known.error(), DeliveryProblem::unreachable);
  if (const auto handed_over = queue_.hand_over(asked); !handed_over) {
    return failed(handed_over.error(), DeliveryProblem::unknown_outcome);
  }
  if (*known && std::ranges::any_of(**known, is_withdrawn)) {
    return failed(DeliveryProblem::refused, name,
                  "it was withdrawn: what is delivered instead has a name of its own");
  }
  return {};
}

DeliveryResult<Answers> TaskDeliverer::answers(const record::DeliveryName& name,
                                               std::uint64_t after, std::size_t most) {
  const auto found = queue_.find(record::to_string(name));
  if (!found) return failed(found.error(), DeliveryProblem::unreachable);
  if (!*found) {
    return failed(DeliveryProblem::unknown, record::to_string(name), "clerks were not given it");
  }
  const std::vector<QueueAnswer>& records = **found;
  Answers answers{.rows = {}, .are_all = std::ranges::all_of(records, is_answer)};
  for (std::uint64_t row = after + 1; row <= records.size() && answers.rows.size() < most; ++row) {
    const QueueAnswer& answer = records[row - 1];
    if (is_answer(answer)) answers.rows.push_back(answer_of(row, answer));
  }
  return answers;
}

DeliveryResult<Withdrawal> TaskDeliverer::withdraw(const record::DeliveryName& name) {
  const auto withdrawn = queue_.withdraw(record::to_string(name));
  if (withdrawn) return Withdrawal::withdrawn;
  if (withdrawn.error().code == QueueProblem::too_late) return Withdrawal::too_late;
  return failed(withdrawn.error(), DeliveryProblem::unknown_outcome);
}

}  // namespace sluice::adapters::manual_entry
