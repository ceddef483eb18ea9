// The sessions in the database of people.
#pragma once

#include "people/postgresql/connection.h"
#include "people/sessions.h"

namespace sluice::people {

class PostgresqlSessions final : public Sessions {
 public:
  // `connection` must outlive this.
  explicit PostgresqlSessions(Connection& connection) : connection_(connection) {}

  Result<BegunSession> begin(const Account& account, SignInWay way, const SessionLimits& limits,
                             record::Time now) override;
  Result<std::optional<SignedIn>> find(const SessionToken& token, const SessionLimits& limits,
                                       record::Time now) override;
  Result<void> touch(const SessionToken& token, record::Time now) override;
  Result<void> end(const SessionToken& token) override;
  Result<void> end_all(const AccountName& account) override;

 private:
  // Runs `sql`, which brings no rows, with these arguments, if there are sessions at all.
  template <class... Arguments>
  Result<void> execute(const char* sql, const Arguments&... arguments);

  Connection& connection_;
};

}  // namespace sluice::people
