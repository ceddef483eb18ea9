#include "people/sqlite/sqlite_sessions.h"

#include <fmt/format.h>

#include "people/format.h"
#include "people/session_begin.h"
#include "people/session_columns.h"
#include "people/sqlite/account_rows.h"
#include "record/try.h"

namespace sluice::people {
namespace {

constexpr const char* insert_session = R"sql(
  INSERT INTO session (id, account, account_version, way, begun_at, last_seen_at)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6))sql";
constexpr const char* delete_all_but_newest = R"sql(
  DELETE FROM session
  WHERE account = ?1 AND id NOT IN (
    SELECT id
    FROM session
    WHERE account = ?1 AND account_version = ?2
    ORDER BY last_seen_at DESC, id
    LIMIT ?3))sql";
constexpr const char* delete_unseen = R"sql(
  DELETE FROM session
  WHERE id IN (
    SELECT id
    FROM session
    WHERE last_seen_at <= ?1
    ORDER BY last_seen_at
    LIMIT ?2))sql";
constexpr const char* update_last_seen =
    "UPDATE session SET last_seen_at = max(last_seen_at, ?2) WHERE id = ?1";

constexpr const char* select_signed_in = R"sql(
  SELECT id, account, account_version, way, begun_at, last_seen_at, account.*
  FROM session JOIN account ON name = account AND version = account_version
  WHERE id = ?1 AND state = 'enabled')sql";
constexpr int session_column_count = 6;

SessionColumns session_columns_of_row(const sqlite::Statement& row) {
  return {.id = std::string(row.text(0)),
          .account = std::string(row.text(1)),
          .account_version = row.integer(2),
          .way = std::string(row.text(3)),
          .begun_ms = row.integer(4),
          .last_seen_ms = row.integer(5)};
}

// The file is locked from the transaction's beginning, so nothing more is to be locked.
class Beginning final : public SessionTransaction {
 public:
  explicit Beginning(PeopleFile& file) : file_(file) {}

  Result<std::optional<Account>> lock(const AccountName& name) override {
    return find_account(file_, name);
  }
  Result<void> keep_newest(const Account& account, std::size_t count) override {
    auto removal = SLUICE_TRY(file_.prepare(delete_all_but_newest));
    removal.bind(1, account.name.str())
        .bind(2, account.version.value)
        .bind(3, std::uint64_t{count});
    return file_.ours(removal.run());
  }
  Result<void> remove_unseen_since(record::Time time, std::size_t count) override {
    auto removal = SLUICE_TRY(file_.prepare(delete_unseen));
    removal.bind(1, std::int64_t{time.time_since_epoch().count()}).bind(2, std::uint64_t{count});
    return file_.ours(removal.run());
  }
  Result<void> write(const Session& session) override {
    auto insert = SLUICE_TRY(file_.prepare(insert_session));
    const SessionColumns columns = columns_of(session);
    insert.bind(1, columns.id)
        .bind(2, columns.account)
        .bind(3, columns.account_version)
        .bind(4, columns.way)
        .bind(5, columns.begun_ms)
        .bind(6, columns.last_seen_ms);
    return file_.ours(insert.run());
  }

 private:
  PeopleFile& file_;
};

}  // namespace

Result<BegunSession> SqliteSessions::begin(const Account& account, SignInWay way,
                                           const SessionLimits& limits, record::Time now) {
  return file_.transact(format_with_sessions, [&] {
    Beginning beginning(file_);
    return begin_session(account, way, limits, now, beginning);
  });
}

Result<std::optional<SignedIn>> SqliteSessions::find(const SessionToken& token,
                                                     const SessionLimits& limits,
                                                     record::Time now) {
  if (!SLUICE_TRY(file_.has(format_with_sessions))) return std::nullopt;
  sqlite::Statement& select = *SLUICE_TRY(file_.compiled(select_signed_in));
  const std::string id = record::to_string(token.digest());
  select.bind(1, id);
  const auto read = [&]() -> Result<std::optional<SignedIn>> {
    if (!SLUICE_TRY(file_.ours(select.step()))) return std::nullopt;
    return signed_in_of(session_columns_of_row(select),
                        account_columns_of_row(select, session_column_count), limits, now);
  };
  auto found = read();
  select.reset();
  return found;
}

Result<void> SqliteSessions::touch(const SessionToken& token, record::Time now) {
  if (!SLUICE_TRY(file_.has(format_with_sessions))) return {};
  auto update = SLUICE_TRY(file_.prepare(update_last_seen));
  const std::string id = record::to_string(token.digest());
  update.bind(1, id).bind(2, std::int64_t{now.time_since_epoch().count()});
  return file_.ours(update.run());
}

Result<void> SqliteSessions::end(const SessionToken& token) {
  return remove("id", record::to_string(token.digest()));
}

Result<void> SqliteSessions::end_all(const AccountName& account) {
  return remove("account", account.str());
}

Result<void> SqliteSessions::remove(std::string_view column, const std::string& value) {
  if (!SLUICE_TRY(file_.has(format_with_sessions))) return {};
  auto removal =
      SLUICE_TRY(file_.prepare(fmt::format("DELETE FROM session WHERE {} = ?1", column)));
  removal.bind(1, value);
  return file_.ours(removal.run());
}

}  // namespace sluice::people
