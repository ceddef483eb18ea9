#include "node/center.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "installation/system_clock.h"

namespace sluice::node {
namespace {

// How many batches of other nodes are applied at once, each over a store connection of its own.
constexpr std::size_t receptions_at_once = 4;
// How many receipts are looked up at once.
constexpr std::size_t lookups_at_once = 2;
// How many datasets are compared with their bureaus' databases at once.
constexpr std::size_t comparisons_at_once = 1;

api::Carriers carriers_of(const Center::Surroundings& surroundings) {
  return {surroundings.policy, surroundings.denials, surroundings.log};
}

}  // namespace

exchange::ReceptionPool::Open Center::reception_of(const Surroundings& surroundings) {
  using exchange::Reception;
  using Opened = exchange::Result<std::unique_ptr<Reception>>;
  return [&installation = surroundings.installation, &signatories = surroundings.signatories,
          &holding = surroundings.holding, &applied = surroundings.metrics.batch_apply_seconds(),
          newest = surroundings.newest_checkpoint]() -> Opened {
    auto store = installation.open_store();
    if (!store) {
      return std::unexpected(exchange::ReceptionFailure{
          exchange::ReceptionProblem::unavailable, store.error().place, store.error().sentence});
    }
    return std::make_unique<Reception>(
        std::move(*store),
        Reception::Surroundings{
            .catalogue = installation.catalogue,
            .keyring = *installation.keyring,
            .signatories = signatories,
            .obstacle = [&installation] { return installation.store_obstacle(); },
            .clock_tolerance = installation.settings.node.clock_tolerance,
            .holding = &holding,
            .newest_checkpoint = [newest] { return newest->get(); }},
        installation::system_now,
        [&applied](std::chrono::duration<double> took) { applied.Observe(took.count()); });
  };
}

Center::Center(const Surroundings& surroundings)
    : receptions_(receptions_at_once, reception_of(surroundings)),
      lookups_(lookups_at_once, reception_of(surroundings)),
      comparisons_(comparisons_at_once, reception_of(surroundings)),
      batches_({carriers_of(surroundings), receptions_, lookups_,
                [&metrics = surroundings.metrics](const record::Receipt& receipt) {
                  metrics
                      .batches_applied(receipt.stream.bureau.str(),
                                       record::to_string(receipt.outcome))
                      .Increment();
                }}),
      checkpoints_({carriers_of(surroundings), lookups_}),
      digests_({surroundings.policy, surroundings.installation.catalogue, comparisons_, lookups_,
                surroundings.denials, surroundings.log}),
      quarantines_({carriers_of(surroundings),
                    [&installation = surroundings.installation] {
                      return installation::open_kept_reports(installation.settings,
                                                             installation.disk);
                    },
                    surroundings.metrics, installation::system_now}) {
  std::set<record::BureauId> brought;
  for (const settings::CarryingNode& node : surroundings.installation.settings.node.nodes)
    brought.insert(node.bureaus.begin(), node.bureaus.end());
  quarantines_.recall(std::move(brought));
}

std::vector<server::Route> Center::routes() {
  std::vector<server::Route> routes = batches_.routes();
  std::ranges::move(checkpoints_.routes(), std::back_inserter(routes));
  std::ranges::move(digests_.routes(), std::back_inserter(routes));
  std::ranges::move(quarantines_.routes(), std::back_inserter(routes));
  return routes;
}

void Center::join() {
  receptions_.join();
  lookups_.join();
  comparisons_.join();
  quarantines_.join();
}

}  // namespace sluice::node
