// The memory that a result's values are fetched into, column by column.
#pragma once

#include <cstddef>
#include <cstdint>
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

// One column's values of one block.
struct ColumnBuffer {
  SQLSMALLINT c_type = SQL_C_CHAR;
  std::size_t stride = 0;  // bytes a value may have, its terminator included
  std::vector<char> bytes;
  std::vector<SQLLEN> lengths;
  // Where rows come one by one: the value whole, however long.
  std::string whole;
  bool is_cut =
      false;  // Before a fetch: not every driver says how long a value of a fixed length is.
  void expect_fixed();
  // The bytes of a value; nothing for NULL. Sets `cut` where the value is longer than its room, or
  // the driver's word for its length can not be true.
  [[nodiscard]] std::optional<std::string_view> value(std::size_t row, bool& cut) const;
};

// Bytes that a value of this column has at most; nothing: unbounded, as far as is known.
[[nodiscard]] std::optional<std::size_t> bound_of(const SourceColumn& column, TextForm form);
[[nodiscard]] SQLSMALLINT c_type_of(const SourceColumn& column, TextForm form);

}  // namespace sluice::adapters::front_end::odbc
