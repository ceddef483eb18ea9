#include "people/postgresql/postgresql_sessions.h"

#include <fmt/format.h>

#include "people/format.h"
#include "people/postgresql/account_rows.h"
#include "people/session_begin.h"
#include "people/session_columns.h"
#include "record/try.h"

namespace sluice::people {
namespace {

constexpr const char* insert_session = R"sql(
  INSERT INTO sluice.session (id, account, account_version, way, begun_at, last_seen_at)
  VALUES ($1, $2, $3, $4, to_timestamp($5::bigint / 1000.0),
    to_timestamp($6::bigint / 1000.0)))sql";
constexpr const char* delete_all_but_newest = R"sql(
  DELETE FROM sluice.session
  WHERE account = $1 AND id NOT IN (
    SELECT id
    FROM sluice.session
    WHERE account = $1 AND account_version = $2
    ORDER BY last_seen_at DESC, id
    LIMIT $3))sql";
constexpr const char* delete_unseen = R"sql(
  DELETE FROM sluice.session
  WHERE id IN (
    SELECT id
    FROM sluice.session
    WHERE last_seen_at <= to_timestamp($1::bigint / 1000.0)
    ORDER BY last_seen_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED))sql";
constexpr const char* update_last_seen = R"sql(
  UPDATE sluice.session
  SET last_seen_at = greatest(last_seen_at, to_timestamp($2::bigint / 1000.0))
  WHERE id = $1)sql";

std::string select_signed_in(std::string_view account_columns) {
  return fmt::format(R"sql(
    SELECT {}, id, account, account_version, way,
      round(extract(epoch FROM begun_at) * 1000)::bigint,
      round(extract(epoch FROM last_seen_at) * 1000)::bigint
    FROM sluice.session JOIN sluice.account ON name = account AND version = account_version
    WHERE id = $1 AND state = 'enabled')sql",
                     account_columns);
}

SessionColumns session_columns_of_row(const pqxx::row& row) {
  constexpr int first = account_column_count;
  return {.id = row[first].as<std::string>(),
          .account = row[first + 1].as<std::string>(),
          .account_version = row[first + 2].as<std::int64_t>(),
          .way = row[first + 3].as<std::string>(),
          .begun_ms = row[first + 4].as<std::int64_t>(),
          .last_seen_ms = row[first + 5].as<std::int64_t>()};
}

std::int64_t milliseconds_of(record::Time time) {
  return time.time_since_epoch().count();
}

class Beginning final : public SessionTransaction {
 public:
  Beginning(Connection& connection, pqxx::work& transaction)
      : connection_(connection), transaction_(transaction) {}

  Result<std::optional<Account>> lock(const AccountName& name) override {
    return find_account(connection_, transaction_, name, "FOR NO KEY UPDATE");
  }
  Result<void> keep_newest(const Account& account, std::size_t count) override {
    transaction_.exec_params(delete_all_but_newest, account.name.str(),
                             static_cast<std::int64_t>(account.version.value),
                             static_cast<std::int64_t>(count));
    return {};
  }
  Result<void> remove_unseen_since(record::Time time, std::size_t count) override {
    transaction_.exec_params(delete_unseen, milliseconds_of(time),
                             static_cast<std::int64_t>(count));
    return {};
  }
  Result<void> write(const Session& session) override {
    const SessionColumns columns = columns_of(session);
    transaction_.exec_params(insert_session, columns.id, columns.account, columns.account_version,
                             columns.way, columns.begun_ms, columns.last_seen_ms);
    return {};
  }

 private:
  Connection& connection_;
  pqxx::work& transaction_;
};

}  // namespace

Result<BegunSession> PostgresqlSessions::begin(const Account& account, SignInWay way,
                                               const SessionLimits& limits, record::Time now) {
  return connection_.transact([&](pqxx::work& transaction) -> Result<BegunSession> {
    SLUICE_TRY(connection_.bring_to(format_with_sessions, transaction));
    Beginning beginning(connection_, transaction);
    return begin_session(account, way, limits, now, beginning);
  });
}

Result<std::optional<SignedIn>> PostgresqlSessions::find(const SessionToken& token,
                                                         const SessionLimits& limits,
                                                         record::Time now) {
  using Found = Result<std::optional<SignedIn>>;
  return connection_.glance([&](pqxx::transaction_base& transaction) -> Found {
    if (!SLUICE_TRY(connection_.has(format_with_sessions, transaction))) return std::nullopt;
    const auto columns = SLUICE_TRY(account_columns(connection_, transaction));
    const auto rows = connection_.run_planned(transaction, select_signed_in(columns),
                                              record::to_string(token.digest()));
    if (rows.empty()) return std::nullopt;
    return signed_in_of(session_columns_of_row(rows[0]), account_columns_of_row(rows[0]), limits,
                        now);
  });
}

template <class... Arguments>
Result<void> PostgresqlSessions::execute(const char* sql, const Arguments&... arguments) {
  return connection_.transact([&](pqxx::work& transaction) -> Result<void> {
    if (SLUICE_TRY(connection_.has(format_with_sessions, transaction))) {
      connection_.run_planned(transaction, sql, arguments...);
    }
    return {};
  });
}

Result<void> PostgresqlSessions::touch(const SessionToken& token, record::Time now) {
  return execute(update_last_seen, record::to_string(token.digest()), milliseconds_of(now));
}

Result<void> PostgresqlSessions::end(const SessionToken& token) {
  return execute("DELETE FROM sluice.session WHERE id = $1", record::to_string(token.digest()));
}

Result<void> PostgresqlSessions::end_all(const AccountName& account) {
  return connection_.transact([&](pqxx::work& transaction) -> Result<void> {
    if (!SLUICE_TRY(connection_.has(format_with_sessions, transaction))) return {};
    // First, as whoever begins one does: or two could wait for each other's sessions.
    SLUICE_TRY(find_account(connection_, transaction, account, "FOR NO KEY UPDATE"));
    transaction.exec_params("DELETE FROM sluice.session WHERE account = $1", account.str());
    return {};
  });
}

}  // namespace sluice::people
