#include "node/checkpointing.h"

#include <chrono>
#include <stop_token>
#include <utility>

#include "threads/sleep.h"

namespace sluice::node {
namespace {

constexpr std::chrono::seconds between_checkpoints{1};
// Of a ledger that has grown for long without any: the store is others' too.
constexpr std::chrono::milliseconds between_steps{10};

exchange::CheckpointMaker::Events told(observe::Log& log, observe::Metrics& metrics) {
  return {.made = [&metrics] { metrics.checkpoints_made().Increment(); },
          .begun =
              [&log](const store::CheckpointLine& line) {
                using Level = observe::Log::Level;
                log.write<"checkpoint-line-begun">(
                    line.after.number == 0 ? Level::notice : Level::warning,
                    {{"line", line.name}, {"after", line.after.number}, {"of", line.after.line}});
              },
          .late =
              [&log](const std::string& reason) {
                log.write<"checkpoints-late">({{"reason", reason}});
              },
          .gone =
              [&log](const record::Checkpoint& last) {
                log.write<"checkpoints-gone">({{"line", last.line},
                                               {"number", last.number},
                                               {"ledger", std::to_string(last.ledger)}});
              }};
}

}  // namespace

Checkpointing::Checkpointing(const Surroundings& surroundings)
    : thread_([&installation = surroundings.installation, newest = surroundings.newest,
               events = told(surroundings.log, surroundings.metrics)](
                  const std::stop_token& stop) mutable {
        exchange::CheckpointMaker maker(
            {.open = [&installation] { return installation.open_store(); },
             .obstacle = [&installation] { return installation.store_obstacle(); },
             .steady = std::chrono::steady_clock::now},
            std::move(events), std::move(newest));
        while (!stop.stop_requested())
          threads::sleep_for(stop, maker.step() ? between_steps : between_checkpoints);
      }) {}

}  // namespace sluice::node
