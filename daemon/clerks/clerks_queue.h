// The queue of tasks as manual entry's deliverer sees it: the clerks of one bureau.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "adapters/manual_entry/delivery_queue.h"
#include "record/identifiers.h"
#include "record/time.h"
#include "tasks/tasks.h"

namespace sluice::clerks {

class ClerksQueue final : public adapters::manual_entry::DeliveryQueue {
 public:
  // `tasks` must outlive it.
  ClerksQueue(tasks::Tasks& tasks, record::BureauId bureau, std::function<record::Time()> clock)
      : tasks_(tasks), bureau_(std::move(bureau)), clock_(std::move(clock)) {}

  [[nodiscard]] adapters::manual_entry::QueueResult<void> hand_over(
      const adapters::manual_entry::QueuedDelivery& delivery) override;
  [[nodiscard]] adapters::manual_entry::QueueResult<
      std::optional<std::vector<adapters::manual_entry::QueueAnswer>>>
  find(const std::string& name) override;
  [[nodiscard]] adapters::manual_entry::QueueResult<void> withdraw(
      const std::string& name) override;

 private:
  tasks::Tasks& tasks_;
  record::BureauId bureau_;
  std::function<record::Time()> clock_;
};

}  // namespace sluice::clerks
