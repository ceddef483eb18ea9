// The SQLite file in which people are kept: made and brought up to date when it is needed.
#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include "people/failure.h"
#include "record/recast.h"
#include "sqlite/database.h"

namespace sluice::people {

class PeopleFile {
 public:
  explicit PeopleFile(std::filesystem::path path) : path_(std::move(path)) {}

  // Whether there is anything kept in this form or a later one; opens it if there is a file.
  [[nodiscard]] Result<bool> has(int format);
  // Makes what is not there yet.
  [[nodiscard]] Result<void> bring_to(int format);
  // Only after one of these said that it is there.
  [[nodiscard]] sqlite::Database& database() { return *database_; }

  // A statement that is ready, what SQLite said otherwise.
  [[nodiscard]] Result<sqlite::Statement> prepare(std::string_view sql) {
    return ours(database_->prepare(sql));
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
  Result<void> make_or_check_tables();
  Result<void> make_tables();

  std::filesystem::path path_;
  std::optional<sqlite::Database> database_;
  int format_ = 0;  // as last seen: it only grows
};

}  // namespace sluice::people
