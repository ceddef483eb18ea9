// Where a store lives while a test runs: each test has an empty one of each kind. A new kind of
// store is one line in store_kinds().
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "store/store.h"
#include "store/store_number.h"

namespace sluice::test {

// A clock that goes a minute on each time it is asked, and tells no other time than that.
class StepClock {
 public:
  record::Time operator()() { return now_ += std::chrono::minutes(1); }
  [[nodiscard]] record::Time last() const { return now_; }
  void set(record::Time now) { now_ = now; }

 private:
  record::Time now_{std::chrono::sys_days(std::chrono::year(2026) / 11 / 23)};
};

class StoreHome {
 public:
  virtual ~StoreHome() = default;
  // Another owner of the same store, as after a restart. `clock` must outlive it.
  [[nodiscard]] virtual store::Result<std::unique_ptr<store::Store>> open(
      StepClock& clock, store::StoreNumber number) = 0;
  [[nodiscard]] std::unique_ptr<store::Store> open(StepClock& clock) {
    return open(clock, {}).value();
  }
  // The first column of a query's rows, in the store's own SQL; tables as `data.x` or `"data.x"`.
  [[nodiscard]] virtual std::vector<std::string> query(const std::string& sql) = 0;
  // What is told to who only looks.
  [[nodiscard]] virtual store::Result<std::vector<store::StoreFailure>> conflicts(
      const std::vector<const record::Dataset*>& datasets) = 0;
  // Runs statements that somebody gives the database behind the store's back.
  virtual void change(const std::string& sql) = 0;
  // The store's own table of this name.
  [[nodiscard]] virtual std::string own_table(const std::string& name) = 0;
  // How the store looks for one record.
  [[nodiscard]] virtual std::string plan_of_find(const record::Dataset& dataset) = 0;
  // How it walks the ledger.
  [[nodiscard]] virtual std::string plan_of_walk(const store::Extent& extent) = 0;
  // Makes its own tables those of format 1, with what they have; nobody has it open.
  virtual void make_format_1() = 0;
  // The same of format 2.
  virtual void make_format_2() = 0;
  // What its own tables are made of: columns, indexes, constraints; in no order that tells when.
  [[nodiscard]] virtual std::vector<std::string> own_shape() = 0;
  [[nodiscard]] virtual std::string table(const std::string& kind, const std::string& dataset) = 0;
};

struct StoreKind {
  std::string name;
  std::function<std::unique_ptr<StoreHome>()> make;
};
[[nodiscard]] std::vector<StoreKind> store_kinds();

}  // namespace sluice::test
