// When a center holds batches: where a dataset can not be taken as things are here, its batches are
// entered as held after a while, so that the bureau's other datasets go on (docs/link.md).
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "record/batch.h"
#include "record/manifest.h"

namespace sluice::exchange {

// Why a dataset can not be taken.
struct Obstacle {
  std::string reason;
  bool passes = false;  // by itself: nobody has to act
  friend bool operator==(const Obstacle&, const Obstacle&) = default;
};

// One for all receptions of a process. Thread-safe. What it knows is in memory alone: after a
// restart a batch is deferred as long as before, and what is held is learnt from the store.
class Holding {
 public:
  // Told on the thread of who holds or settles; must not block for long.
  struct Events {
    // A dataset begins to be held, with this batch.
    std::function<void(const record::Manifest&, const Obstacle& why)> begun;
    // So many of a dataset were settled, and none of it is held any more.
    std::function<void(const record::BureauId&, const record::DatasetId&, std::uint64_t batches)>
        ended;
  };

  // `after`: how long a batch is deferred before it is held.
  explicit Holding(std::chrono::milliseconds after, Events events = {});

  // Whether the batch, which is not taken now, is to be held: it was deferred for long enough, or
  // an earlier one of its dataset is held.
  [[nodiscard]] bool is_due(const record::Manifest& manifest, const record::Digest& digest,
                            record::Time now);
  // It is in the ledger, whatever it was answered.
  void entered(const record::Manifest& manifest, const record::Digest& digest);

  void held(const record::Manifest& manifest, const Obstacle& why);
  void settled(const record::BureauId& bureau, const record::DatasetId& dataset);
  // None of it is held any more.
  void ended(const record::BureauId& bureau, const record::DatasetId& dataset);
  // As the store has it, at a start.
  void found(const record::BureauId& bureau, const record::DatasetId& dataset);
  // What it takes to be held.
  [[nodiscard]] std::vector<std::pair<record::BureauId, record::DatasetId>> known() const;

  // Who looks after what is held is to do so: something may have become possible.
  void stir();
  // Until something was held or settled, or somebody stirred, since the count was `seen`; at most
  // so long. The count then.
  [[nodiscard]] std::uint64_t await_change(const std::stop_token& stop, std::uint64_t seen,
                                           std::chrono::milliseconds longest);

 private:
  using Dataset = std::pair<record::BureauId, record::DatasetId>;

  const std::chrono::milliseconds after_;
  const Events events_;
  mutable std::mutex mutex_;
  // Since when batches have been deferred; guarded by mutex_, as the next.
  std::map<record::BureauId, std::map<record::Digest, record::Time>> deferred_;
  std::map<Dataset, std::uint64_t> held_;  // how many of them were settled so far
  std::uint64_t changes_ = 0;
  std::condition_variable_any changed_;
};

}  // namespace sluice::exchange
