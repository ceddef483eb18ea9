#include "people/postgresql/postgresql_people.h"

#include <utility>

#include <fmt/format.h>

#include "people/account_change.h"
#include "people/account_columns.h"
#include "people/postgresql/session.h"
#include "postgresql/locks.h"
#include "record/recast.h"
#include "record/try.h"

namespace sluice::people {
namespace {

// Milliseconds since 1970 as a parameter, and back.
constexpr const char* insert_account = R"sql(
  INSERT INTO sluice.account (name, display_name, roles, bureau, state, must_change_password,
    password, created_at, changed_at, version)
  VALUES ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8::bigint / 1000.0),
    to_timestamp($9::bigint / 1000.0), $10)
  ON CONFLICT (name) DO NOTHING)sql";
constexpr const char* update_account = R"sql(
  UPDATE sluice.account
  SET display_name = $2, roles = $3, bureau = $4, state = $5, must_change_password = $6,
    password = $7, created_at = to_timestamp($8::bigint / 1000.0),
    changed_at = to_timestamp($9::bigint / 1000.0), version = $10
  WHERE name = $1)sql";
// `which` comes behind the table: WHERE, ORDER BY, LIMIT.
std::string select_accounts(std::string_view which) {
  return fmt::format(R"sql(
    SELECT name, display_name, roles, bureau, state, must_change_password, password,
      round(extract(epoch FROM created_at) * 1000)::bigint,
      round(extract(epoch FROM changed_at) * 1000)::bigint, version
    FROM sluice.account {})sql",
                     which);
}

AccountColumns columns_of_row(const pqxx::row& row) {
  return {.name = row[0].as<std::string>(),
          .display_name = row[1].as<std::string>(),
          .roles = row[2].as<std::string>(),
          .bureau = row[3].is_null() ? std::nullopt : std::optional(row[3].as<std::string>()),
          .state = row[4].as<std::string>(),
          .must_change_password = row[5].as<bool>(),
          .password = row[6].as<std::string>(),
          .created_ms = row[7].as<std::int64_t>(),
          .changed_ms = row[8].as<std::int64_t>(),
          .version = row[9].as<std::int64_t>()};
}

pqxx::result execute(pqxx::work& transaction, const char* sql, const AccountColumns& columns) {
  const char* const bureau = columns.bureau ? columns.bureau->c_str() : nullptr;
  return transaction.exec_params(sql, columns.name, columns.display_name, columns.roles, bureau,
                                 columns.state, columns.must_change_password, columns.password,
                                 columns.created_ms, columns.changed_ms, columns.version);
}

class Changing final : public ChangeTransaction {
 public:
  explicit Changing(pqxx::work& transaction) : transaction_(transaction) {}

  Result<std::optional<Account>> lock(const AccountName& name) override {
    const auto rows =
        transaction_.exec_params(select_accounts("WHERE name = $1 FOR UPDATE"), name.str());
    if (rows.empty()) return std::nullopt;
    return SLUICE_TRY(account_of(columns_of_row(rows[0])));
  }
  Result<bool> has_other_administrator(const AccountName& name) override {
    // Behind the lock of the row, in every transaction: so no two wait for each other. The look
    // comes behind both, and sees what those have committed who had the lock before.
    transaction_.exec(fmt::format("SELECT pg_advisory_xact_lock({})",
                                  postgresql::lock_keys(postgresql::Lock::administrators)));
    const auto others = transaction_.exec_params(
        "SELECT 1 FROM sluice.account WHERE state = 'enabled' AND roles = $1 AND name <> $2 "
        "LIMIT 1",
        administrator_roles(), name.str());
    return !others.empty();
  }
  Result<void> write(const Account& account) override {
    execute(transaction_, update_account, columns_of(account));
    return {};
  }

 private:
  pqxx::work& transaction_;
};

class PostgresqlPeople final : public People {
 public:
  PostgresqlPeople(postgresql::Access access, std::function<record::Time()> now)
      : session_(std::move(access)), now_(std::move(now)) {}

  Result<Account> add(const Account& account) override;
  Result<std::optional<Account>> find(const AccountName& name) override;
  Result<std::vector<Account>> list(const AccountName& after, std::size_t count) override;
  Result<Account> change(const Account& account) override;

 private:
  Session session_;
  std::function<record::Time()> now_;
};

Result<Account> PostgresqlPeople::add(const Account& account) {
  return session_.transact([&](pqxx::work& transaction) -> Result<Account> {
    SLUICE_TRY(session_.make_tables(transaction));
    Account kept = as_new(account, now_());
    const auto inserted = execute(transaction, insert_account, columns_of(kept));
    if (inserted.affected_rows() == 0) return std::unexpected(name_taken(account.name));
    return kept;
  });
}

Result<std::optional<Account>> PostgresqlPeople::find(const AccountName& name) {
  return session_.transact([&](pqxx::work& transaction) -> Result<std::optional<Account>> {
    if (!SLUICE_TRY(session_.has_tables(transaction))) return std::nullopt;
    const auto rows = transaction.exec_params(select_accounts("WHERE name = $1"), name.str());
    if (rows.empty()) return std::nullopt;
    return SLUICE_TRY(account_of(columns_of_row(rows[0])));
  });
}

Result<std::vector<Account>> PostgresqlPeople::list(const AccountName& after, std::size_t count) {
  return session_.transact([&](pqxx::work& transaction) -> Result<std::vector<Account>> {
    std::vector<Account> accounts;
    if (!SLUICE_TRY(session_.has_tables(transaction))) return accounts;
    const auto rows =
        transaction.exec_params(select_accounts("WHERE name > $1 ORDER BY name LIMIT $2"),
                                after.str(), static_cast<std::int64_t>(count));
    for (const pqxx::row& row : rows)
      accounts.push_back(SLUICE_TRY(account_of(columns_of_row(row))));
    return accounts;
  });
}

Result<Account> PostgresqlPeople::change(const Account& account) {
  return session_.transact([&](pqxx::work& transaction) -> Result<Account> {
    if (!SLUICE_TRY(session_.has_tables(transaction))) {
      return std::unexpected(unknown_account(account.name));
    }
    Changing changing(transaction);
    return change_account(account, now_(), changing);
  });
}

}  // namespace

Result<std::unique_ptr<People>> open_postgresql(postgresql::Access access,
                                                std::function<record::Time()> now) {
  if (auto understood = postgresql::check(access); !understood) {
    return std::unexpected(
        PeopleFailure{PeopleProblem::failed, "central store", understood.error().sentence});
  }
  return std::make_unique<PostgresqlPeople>(std::move(access), std::move(now));
}

}  // namespace sluice::people
