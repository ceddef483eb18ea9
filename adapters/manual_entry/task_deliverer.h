// Delivery to a bureau whose clerks key what comes into its own system: each record is a task, and
// what that system answered is what the clerk notes.
#pragma once

#include <date/tz.h>

#include "adapters/deliverer.h"
#include "adapters/manual_entry/delivery_queue.h"

namespace sluice::adapters::manual_entry {

// A subscription that is cut for clerks is cut into such.
constexpr std::size_t most_rows_for_clerks = 50;

// It does not wait for clerks: deliver() returns when the tasks are there.
class TaskDeliverer final : public Deliverer {
 public:
  // Both must outlive it. `zone` is that of the bureau's screen.
  TaskDeliverer(DeliveryQueue& queue, const date::time_zone& zone) : queue_(queue), zone_(zone) {}

  [[nodiscard]] DeliveryResult<void> deliver(const Delivery& delivery, DeliveryRows& rows) override;
  [[nodiscard]] DeliveryResult<Answers> answers(const record::DeliveryName& name,
                                                std::uint64_t after, std::size_t most) override;
  [[nodiscard]] DeliveryResult<Withdrawal> withdraw(const record::DeliveryName& name) override;

 private:
  DeliveryQueue& queue_;
  const date::time_zone& zone_;
};

}  // namespace sluice::adapters::manual_entry
