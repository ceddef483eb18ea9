// A SQLite file to work something out on: in place of memory, and gone when the work is done, or
// kept for the next time once it is.
#pragma once

#include <expected>
#include <filesystem>

#include "reconciliation/failure.h"
#include "sqlite/database.h"

namespace sluice::reconciliation {

class ScratchDatabase {
 public:
  // In place of any file that is there. Not durable, and needs not be.
  [[nodiscard]] static Result<ScratchDatabase> create(std::filesystem::path file);
  // With what is in `kept`, which is gone until keep() puts it back: what a crash left half done is
  // not taken up again. An empty one where there is none, or none that can be read.
  [[nodiscard]] static Result<ScratchDatabase> take_up(const std::filesystem::path& kept);
  // The file lies there, on the disk, when this returns; nothing more may be done with it.
  [[nodiscard]] Result<void> keep(const std::filesystem::path& kept);
  ScratchDatabase(ScratchDatabase&& other) noexcept;
  ScratchDatabase& operator=(ScratchDatabase&&) = delete;
  ~ScratchDatabase();

  [[nodiscard]] Result<void> execute(const std::string& sql);
  [[nodiscard]] Result<sqlite::Statement> prepare(std::string_view sql);
  [[nodiscard]] Result<bool> step(sqlite::Statement& statement) const;
  [[nodiscard]] Result<void> run(sqlite::Statement& statement) const;

 private:
  ScratchDatabase(sqlite::Database database, std::filesystem::path file)
      : database_(std::move(database)), file_(std::move(file)) {}
  [[nodiscard]] bool has_kept_format();
  // As it is.
  [[nodiscard]] static Result<ScratchDatabase> open(std::filesystem::path file);
  [[nodiscard]] std::unexpected<Failure> failed(const sqlite::Error& error) const;

  sqlite::Database database_;
  std::filesystem::path file_;  // empty: it was moved from
};

}  // namespace sluice::reconciliation
