// The embedded store's file: a SQLite database whose failures are the store's, with the place.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "record/recast.h"
#include "sqlite/database.h"
#include "store/sqlite/dataset_ddl.h"
#include "store/store.h"

namespace sluice::store::sqlite {

class CentralFile {
 public:
  CentralFile(Database opened, std::string place)
      : database(std::move(opened)), place_(std::move(place)) {}

  [[nodiscard]] const std::string& place() const { return place_; }
  [[nodiscard]] StoreFailure failure(const Error& error) const {
    return sqlite_failure(error, place_);
  }
  [[nodiscard]] Result<Statement> statement(const std::string& sql) {
    return ours(database.prepare(sql));
  }
  [[nodiscard]] Result<bool> step(Statement& statement) const { return ours(statement.step()); }
  [[nodiscard]] Result<void> run(Statement& statement) const { return ours(statement.run()); }
  [[nodiscard]] Result<Transaction> begin() { return ours(Transaction::begin(database)); }
  [[nodiscard]] Result<void> commit(Transaction& transaction) const {
    return ours(transaction.commit());
  }

  Database database;

 private:
  template <class T>
  Result<T> ours(sluice::sqlite::Result<T> result) const {
    return record::recast(std::move(result), [this](const Error& error) { return failure(error); });
  }

  std::string place_;
};

}  // namespace sluice::store::sqlite
