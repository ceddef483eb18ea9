// The result of a query, a block of rows at a time. Columns of bounded length are bound column-wise
// for many rows at once; where one is not bounded, rows come one by one, its values in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "adapters/front_end/odbc/failure.h"
#include "adapters/front_end/odbc/types.h"
#include "intake/row.h"

namespace sluice::adapters::front_end::odbc {

struct ReadLimits {
  std::uint64_t max_value_bytes = std::uint64_t{1} << 20;
};

// A value as the intake is told it: nothing for NULL; a problem where it can not be told.
struct Value {
  std::optional<std::string_view> text;
  const intake::RowProblem* problem = nullptr;
};

// Views live until the next block, or until value() is asked for the same column again.
class Cursor {
 public:
  Cursor(Cursor&&) noexcept;
  Cursor& operator=(Cursor&&) noexcept;
  ~Cursor();

  [[nodiscard]] const std::vector<SourceColumn>& columns() const;
  // How many rows there are in it; 0 at the end.
  [[nodiscard]] Result<std::size_t> next_block();
  // As it came, in UTF-8, and as a parameter takes it; nothing for NULL. A value that is cut or
  // not well-formed is as it is here, and a problem in value().
  [[nodiscard]] std::optional<std::string_view> exact(std::size_t row, std::size_t column) const;
  [[nodiscard]] Value value(std::size_t row, std::size_t column) const;

 private:
  friend class Connection;
  struct State;
  explicit Cursor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sluice::adapters::front_end::odbc
