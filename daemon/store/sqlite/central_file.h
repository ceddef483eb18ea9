// The embedded store's file: a SQLite database whose failures are the store's, with the place.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "files/state_disk.h"
#include "record/recast.h"
#include "sqlite/database.h"
#include "store/sqlite/dataset_ddl.h"
#include "store/store.h"

namespace sluice::store::sqlite {

class CentralFile {
 public:
  // `disk`: told of an fsync that failed; null: nobody is.
  CentralFile(Database opened, std::string place, std::shared_ptr<files::StateDisk> disk)
      : database(std::move(opened)), place_(std::move(place)), disk_(std::move(disk)) {}

  [[nodiscard]] const std::string& place() const { return place_; }
  [[nodiscard]] StoreFailure failure(const Error& error) const {
    if (disk_ && error.is_failed_sync()) {
      disk_->distrust(fmt::format("{}: {}", place_, error.message));
    }
    return sqlite_failure(error, place_);
  }
  [[nodiscard]] Result<Statement> statement(const std::string& sql) {
    return ours(database.prepare(sql));
  }
  [[nodiscard]] Result<bool> step(Statement& statement) const { return ours(statement.step()); }
  [[nodiscard]] Result<void> run(Statement& statement) const { return ours(statement.run()); }
  [[nodiscard]] Result<Transaction> begin() { return ours(Transaction::begin(database)); }
  [[nodiscard]] Result<void> commit(Transaction& transaction) {
    auto committed = ours(transaction.commit());
    database.leave_memory_to_others();
    return committed;
  }

  Database database;

 private:
  template <class T>
  Result<T> ours(sluice::sqlite::Result<T> result) const {
    return record::recast(std::move(result), [this](const Error& error) { return failure(error); });
  }

  std::string place_;
  std::shared_ptr<files::StateDisk> disk_;
};

}  // namespace sluice::store::sqlite
