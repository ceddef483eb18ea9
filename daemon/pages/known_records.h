// Records of the central store, looked up while a person types. Keying must go on whatever becomes
// of the store: it is never asked for long, by few at once, and after a failure not for a while.
// Nor is a register read through: one person is told so much at one task.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

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
  // A form asks for some records again while one types; who asks for more reads through a register.
  static constexpr int most_of_a_task = 100;

  // For whom it is asked: one person, at one task.
  struct Asker {
    std::uint64_t task = 0;
    std::string account;
    friend auto operator<=>(const Asker&, const Asker&) = default;
  };

  // `log` and what `open` needs must outlive it. Opened when it is first asked.
  KnownRecords(Open open, std::function<record::Time()> clock, observe::Log& log)
      : stores_(std::move(open)), clock_(std::move(clock)), log_(log) {}

  struct Answer {
    bool is_told = false;  // else the store was not asked, or did not answer
    std::optional<store::FoundRecord> record;
  };
  [[nodiscard]] Answer find(const Asker& asker, const record::Dataset& dataset,
                            const record::Key& key);

 private:
  [[nodiscard]] bool may_ask(const Asker& asker);
  [[nodiscard]] store::Result<std::optional<store::FoundRecord>> ask(const record::Dataset& dataset,
                                                                     const record::Key& key);
  void done(bool has_failed);

  Lent<store::Store, store::StoreFailure> stores_;
  std::function<record::Time()> clock_;
  observe::Log& log_;
  std::mutex mutex_;  // guards what follows; never held while the store is asked
  int asking_ = 0;
  std::map<Asker, int> asked_;  // how often
  std::optional<record::Time> failed_at_;
};

}  // namespace sluice::pages
