// Statements of one database that are compiled once and run often: compiling one takes longer than
// most of them run.
#pragma once

#include <string>
#include <unordered_map>

#include "sqlite/database.h"

namespace sluice::sqlite {

// To be destroyed before the database. Not thread-safe.
class CompiledStatements {
 public:
  // Ready to be bound and run, the same one for the same text; until the next call. SQLite compiles
  // it anew by itself where a table has changed.
  [[nodiscard]] Result<Statement*> take(const std::string& sql, Database& database);

 private:
  std::unordered_map<std::string, Statement> statements_;
};

}  // namespace sluice::sqlite
