// What an error code of PostgreSQL means to who asked: PostgreSQL's documentation, appendix A
// "PostgreSQL Error Codes".
#pragma once

#include <string_view>

namespace sluice::postgresql {

// The same call may do better on another connection, or later. Empty: the connection failed.
[[nodiscard]] bool may_pass(std::string_view sqlstate);

// The values written are to blame; the server's message may quote them.
[[nodiscard]] bool blames_values(std::string_view sqlstate);

// It may be the values or the server: an error that a trigger raises, and the internal error that
// Citus makes of any that a worker's COPY ended with.
[[nodiscard]] bool leaves_open(std::string_view sqlstate);

}  // namespace sluice::postgresql
