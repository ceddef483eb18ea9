// From a database's text of a value to the one that the intake's checkers take.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include <date/tz.h>

#include "adapters/front_end/odbc/types.h"
#include "intake/row.h"

namespace sluice::adapters::front_end::odbc {

// A view of `text`, or of `buffer`. The problem's field is the caller's to fill in.
// Timestamps become RFC 3339 in UTC; one without a zone is taken in `zone`: of an hour that comes
// twice there the first is meant, and in one that never comes the clock is taken as it stood
// before.
[[nodiscard]] std::expected<std::string_view, intake::RowProblem> tell(const SourceColumn& column,
                                                                       std::string_view text,
                                                                       const date::time_zone& zone,
                                                                       std::string& buffer);

// The shortest decimal text that reads back as the same number.
[[nodiscard]] std::string text_of(double number);

}  // namespace sluice::adapters::front_end::odbc
