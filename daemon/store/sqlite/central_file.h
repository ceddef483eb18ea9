// The embedded store's file: a SQLite database whose failures are the store's, with the place.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "record/recast.h"
#include "sqlite/database.h"
#include "store/sqlite/dataset_ddl.h"
#include "store/store.h"

namespace sluice::store::embedded {

class CentralFile {
 public:
  CentralFile(sqlite::Database opened, std::string place)
      : database(std::move(opened)), place_(std::move(place)) {}

  [[nodiscard]] const std::string& place() const { return place_; }
  [[nodiscard]] StoreFailure failure(const sqlite::Error& error) const {
    return sqlite_failure(error, place_);
  }
  [[nodiscard]] std::expected<sqlite::Statement, StoreFailure> statement(const std::string& sql) {
    return ours(database.prepare(sql));
  }
  [[nodiscard]] std::expected<bool, StoreFailure> step(sqlite::Statement& statement) const {
    return ours(statement.step());
  }
  [[nodiscard]] std::expected<void, StoreFailure> run(sqlite::Statement& statement) const {
    return ours(statement.run());
  }
  [[nodiscard]] std::expected<sqlite::Transaction, StoreFailure> begin() {
    return ours(sqlite::Transaction::begin(database));
  }
  [[nodiscard]] std::expected<void, StoreFailure> commit(sqlite::Transaction& transaction) const {
    return ours(transaction.commit());
  }

  sqlite::Database database;

 private:
  template <class T>
  std::expected<T, StoreFailure> ours(sqlite::Result<T> result) const {
    return record::recast(std::move(result),
                          [this](const sqlite::Error& error) { return failure(error); });
  }

  std::string place_;
};

}  // namespace sluice::store::embedded
