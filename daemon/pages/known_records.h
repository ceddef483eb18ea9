// Records of the central store, looked up while a person types. Keying must go on whatever becomes
// of the store: it is never asked for long, by few at once, and after a failure not for a while.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "observe/log.h"
#include "pages/lent.h"
#include "record/key_digest.h"
#include "record/table_schema.h"
#include "record/time.h"
#include "store/store.h"

namespace sluice::pages {

// Thread-safe.
class KnownRecords {
 public:
  using Open = std::function<store::Result<std::unique_ptr<store::Store>>()>;
  // For how long it is not asked after it failed; each failure is logged.
  static constexpr std::chrono::minutes pause{1};
  // Of the pages' threads: the others must not wait for a store that does not answer.
  static constexpr int most_at_once = 2;

  // `log` and what `open` needs must outlive it. Opened when it is first asked.
  KnownRecords(Open open, std::function<record::Time()> clock, observe::Log& log)
      : stores_(std::move(open)), clock_(std::move(clock)), log_(log) {}

  struct Answer {
    bool is_told = false;  // else the store was not asked, or did not answer
    std::optional<store::FoundRecord> record;
  };
  [[nodiscard]] Answer find(const record::Dataset& dataset, const record::Key& key);

 private:
  [[nodiscard]] bool may_ask();
  [[nodiscard]] store::Result<std::optional<store::FoundRecord>> ask(const record::Dataset& dataset,
                                                                     const record::Key& key);
  void done(bool has_failed);

  Lent<store::Store, store::StoreFailure> stores_;
  std::function<record::Time()> clock_;
  observe::Log& log_;
  std::mutex mutex_;  // guards what follows; never held while the store is asked
  int asking_ = 0;
  std::optional<record::Time> failed_at_;
};

}  // namespace sluice::pages
