// The SQLite file in which people are kept: made and brought up to date by whoever writes what
// needs it, and not by who is refused.
#pragma once

#include <filesystem>
#include <optional>
#include <type_traits>
#include <utility>

#include "people/failure.h"
#include "record/recast.h"
#include "record/try.h"
#include "sqlite/compiled_statements.h"
#include "sqlite/database.h"

namespace sluice::people {

class PeopleFile {
 public:
  explicit PeopleFile(std::filesystem::path path, sqlite::OnFailedSync told = {})
      : path_(std::move(path)), told_(std::move(told)) {}

  // Whether there is anything kept in this form or a later one; opens it if there is a file.
  [[nodiscard]] Result<bool> has(int format);
  // Runs `work`, a function that returns a Result, in a transaction, on tables of this form or a
  // later one: what is not there yet is made in the same transaction. Commits if it succeeds.
  template <class Work>
  auto transact(int format, Work work) -> std::invoke_result_t<Work&>;
  // Only after has() said that it is there, and within transact().
  [[nodiscard]] sqlite::Database& database() { return *database_; }

  // A statement that is ready, what SQLite said otherwise.
  [[nodiscard]] Result<sqlite::Statement> prepare(std::string_view sql) {
    return ours(database_->prepare(sql));
  }
  // The same of what runs often, compiled once. It is to be reset as soon as its rows are read:
  // else it keeps the file's state from before.
  [[nodiscard]] Result<sqlite::Statement*> compiled(const std::string& sql) {
    return ours(compiled_.take(sql, *database_));
  }
  template <class T>
  [[nodiscard]] Result<T> ours(sqlite::Result<T> result) const {
    return record::recast(std::move(result),
                          [this](const sqlite::Error& error) { return failure(error); });
  }

 private:
  [[nodiscard]] PeopleFailure failure(const sqlite::Error& error) const;
  [[nodiscard]] PeopleFailure failed(std::string sentence) const;
  Result<void> open();
  Result<void> read_format();
  Result<void> check_is_ours();
  Result<void> bring_to(int format);

  std::filesystem::path path_;
  sqlite::OnFailedSync told_;
  std::optional<sqlite::Database> database_;
  sqlite::CompiledStatements compiled_;  // behind the database: they go first
  int format_ = 0;  // as last seen: what is committed only grows; 0: there are no tables
};

template <class Work>
auto PeopleFile::transact(int format, Work work) -> std::invoke_result_t<Work&> {
  SLUICE_TRY(open());
  auto transaction = SLUICE_TRY(ours(sqlite::Transaction::begin(*database_)));
  const auto in_transaction = [&]() -> std::invoke_result_t<Work&> {
    SLUICE_TRY(bring_to(format));
    auto outcome = SLUICE_TRY(work());
    SLUICE_TRY(ours(transaction.commit()));
    return outcome;
  };
  auto outcome = in_transaction();
  if (!outcome) format_ = 0;  // tables that it has made are gone with it
  return outcome;
}

}  // namespace sluice::people
