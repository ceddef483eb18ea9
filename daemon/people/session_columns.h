// A session as the columns of a table, which are the same however they are kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "people/account_columns.h"
#include "people/session.h"

namespace sluice::people {

// In the order of the columns in schemas/people.*.sql.
struct SessionColumns {
  std::string id;
  std::string account;
  std::int64_t account_version = 0;
  std::string way;
  std::int64_t begun_ms = 0;  // since 1970-01-01T00:00Z
  std::int64_t last_seen_ms = 0;
};

[[nodiscard]] SessionColumns columns_of(const Session& session);

// Of a session and its account as both are kept: nothing where the session is over. Fails where
// this version of Sluice does not know what is there.
[[nodiscard]] Result<std::optional<SignedIn>> signed_in_of(const SessionColumns& session,
                                                           const AccountColumns& account,
                                                           const SessionLimits& limits,
                                                           record::Time now);

// The installation's secret as it is kept.
[[nodiscard]] Result<Secret> secret_of(std::string_view text);

}  // namespace sluice::people
