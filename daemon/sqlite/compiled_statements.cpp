#include "sqlite/compiled_statements.h"

#include <cstddef>
#include <utility>

namespace sluice::sqlite {
namespace {

// More texts than any one user has, but where they are put together of parts.
constexpr std::size_t most_kept = 100;

}  // namespace

Result<Statement*> CompiledStatements::take(const std::string& sql, Database& database) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    auto compiled = database.prepare(sql);
    if (!compiled) return std::unexpected(std::move(compiled).error());
    if (statements_.size() >= most_kept) statements_.clear();
    found = statements_.emplace(sql, std::move(*compiled)).first;
  }
  found->second.reset();
  return &found->second;
}

}  // namespace sluice::sqlite
