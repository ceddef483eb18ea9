// The memory that a result's values are fetched into, column by column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sql.h>
#include <sqlext.h>

#include "adapters/front_end/odbc/types.h"

namespace sluice::adapters::front_end::odbc {

// How text is fetched.
enum class TextForm { narrow_utf_8, narrow_gb18030, wide };

// Not a length, nor one of ODBC's own words for one.
inline constexpr SQLLEN untold_length = std::numeric_limits<SQLLEN>::min();

// One column's values of one block.
struct ColumnBuffer {
  SQLSMALLINT c_type = SQL_C_CHAR;
  std::size_t stride = 0;  // bytes a value may have, its terminator included
  std::vector<char> bytes;
  std::vector<SQLLEN> lengths;
  // Where rows come one by one: the value whole, however long.
  std::string whole;
  bool is_cut = false;

  // Before a fetch: not every driver says how long a value of a fixed length is; every other length
  // must be told, or what stood there before would be taken for this row's.
  void forget_lengths();
  // Whether what the driver says of a value's length can be true. `may_be_cut`: it says that it has
  // cut something.
  [[nodiscard]] bool is_possible(SQLLEN length, bool may_be_cut) const;
  // The bytes of a value; nothing for NULL. Sets `cut` where the value is longer than its room.
  [[nodiscard]] std::optional<std::string_view> value(std::size_t row, bool& cut) const;
  // Bytes that a value may have in a block, without its terminator.
  [[nodiscard]] std::size_t room() const;
};

// Of a type whose values are all of one length; nothing for the others.
[[nodiscard]] std::optional<std::size_t> fixed_length(SQLSMALLINT c_type);
[[nodiscard]] std::size_t terminator_of(SQLSMALLINT c_type);

// Bytes that a value of this column has at most; nothing: unbounded, as far as is known.
[[nodiscard]] std::optional<std::size_t> bound_of(const SourceColumn& column, TextForm form);
[[nodiscard]] SQLSMALLINT c_type_of(const SourceColumn& column, TextForm form);

}  // namespace sluice::adapters::front_end::odbc
