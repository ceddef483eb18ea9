// A text that we write into a bureau's column, cut so that the database takes it.
#pragma once

#include <string>
#include <string_view>

#include "adapters/front_end/odbc/types.h"

namespace sluice::adapters::front_end {

// No character is cut in two. A column counts characters, units of UTF-16 (SQL Server's NVARCHAR)
// or bytes (Oracle's VARCHAR2, DM's VARCHAR, SQL Server's VARCHAR, any TEXT of MariaDB); of the
// encoding that the bytes are in nothing is known, so the longer of UTF-8 and GB 18030 counts.
[[nodiscard]] std::string cut_to_fit(std::string_view text, const odbc::SourceColumn& column);

}  // namespace sluice::adapters::front_end
