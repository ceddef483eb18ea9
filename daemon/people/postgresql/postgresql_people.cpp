#include "people/postgresql/postgresql_people.h"

#include <utility>

#include <fmt/format.h>

#include "people/account_change.h"
#include "people/format.h"
#include "people/postgresql/account_rows.h"
#include "people/postgresql/connection.h"
#include "people/postgresql/postgresql_sessions.h"
#include "people/session_columns.h"
#include "postgresql/locks.h"
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
constexpr const char* update_certificate = R"sql(
  UPDATE sluice.account SET certificate_issuer = $2, certificate_subject = $3 WHERE name = $1)sql";
constexpr const char* select_secret = "SELECT secret FROM sluice.installation_secret";
constexpr const char* insert_secret =
    "INSERT INTO sluice.installation_secret (number, secret) VALUES (1, $1) "
    "ON CONFLICT (number) DO NOTHING";

pqxx::result execute(pqxx::work& transaction, const char* sql, const AccountColumns& columns) {
  const char* const bureau = columns.bureau ? columns.bureau->c_str() : nullptr;
  return transaction.exec_params(sql, columns.name, columns.display_name, columns.roles, bureau,
                                 columns.state, columns.must_change_password, columns.password,
                                 columns.created_ms, columns.changed_ms, columns.version);
}

// Behind the rest of the account, in the same transaction.
Result<void> write_certificate(Connection& connection, pqxx::work& transaction,
                               const Account& account) {
  // Else it has none: format_for() has seen to that.
  if (!SLUICE_TRY(connection.has(format_with_certificates, transaction))) return {};
  const AccountColumns columns = columns_of(account);
  const auto text = [](const std::optional<std::string>& column) {
    return column ? column->c_str() : nullptr;
  };
  try {
    transaction.exec_params(update_certificate, columns.name, text(columns.certificate_issuer),
                            text(columns.certificate_subject));
  } catch (const pqxx::unique_violation&) {
    return std::unexpected(certificate_taken(account.name));
  }
  return {};
}

class Changing final : public ChangeTransaction {
 public:
  Changing(Connection& connection, pqxx::work& transaction)
      : connection_(connection), transaction_(transaction) {}

  Result<std::optional<Account>> lock(const AccountName& name) override {
    return find_account(connection_, transaction_, name, "FOR UPDATE");
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
    return write_certificate(connection_, transaction_, account);
  }

 private:
  Connection& connection_;
  pqxx::work& transaction_;
};

class PostgresqlPeople final : public People {
 public:
  PostgresqlPeople(postgresql::Access access, std::function<record::Time()> now)
      : connection_(std::move(access)), sessions_(connection_), now_(std::move(now)) {}

  Result<Account> add(const Account& account) override;
  Result<std::optional<Account>> find(const AccountName& name) override;
  Result<std::optional<Account>> find_holder(const CertificateName& certificate) override;
  Result<std::vector<Account>> list(const AccountName& after, std::size_t count) override;
  Result<Account> change(const Account& account) override;
  Sessions& sessions() override { return sessions_; }
  Result<Secret> secret() override;

 private:
  Connection connection_;
  PostgresqlSessions sessions_;  // behind the connection, which they use
  std::function<record::Time()> now_;
};

Result<Account> PostgresqlPeople::add(const Account& account) {
  return connection_.transact([&](pqxx::work& transaction) -> Result<Account> {
    SLUICE_TRY(connection_.bring_to(format_for(account), transaction));
    Account kept = as_new(account, now_());
    const auto inserted = execute(transaction, insert_account, columns_of(kept));
    if (inserted.affected_rows() == 0) return std::unexpected(name_taken(account.name));
    SLUICE_TRY(write_certificate(connection_, transaction, kept));
    return kept;
  });
}

Result<std::optional<Account>> PostgresqlPeople::find(const AccountName& name) {
  using Found = Result<std::optional<Account>>;
  return connection_.look([&](pqxx::transaction_base& transaction) -> Found {
    if (!SLUICE_TRY(connection_.has(format_with_accounts, transaction))) return std::nullopt;
    return find_account(connection_, transaction, name, "");
  });
}

Result<std::optional<Account>> PostgresqlPeople::find_holder(const CertificateName& certificate) {
  return connection_.transact([&](pqxx::work& transaction) -> Result<std::optional<Account>> {
    if (!SLUICE_TRY(connection_.has(format_with_certificates, transaction))) return std::nullopt;
    const auto columns = SLUICE_TRY(account_columns(connection_, transaction));
    const auto rows = transaction.exec_params(
        fmt::format("SELECT {} FROM sluice.account WHERE certificate_issuer = $1 AND "
                    "certificate_subject = $2",
                    columns),
        certificate.issuer, certificate.subject);
    if (rows.empty()) return std::nullopt;
    return SLUICE_TRY(account_of(account_columns_of_row(rows[0])));
  });
}

Result<std::vector<Account>> PostgresqlPeople::list(const AccountName& after, std::size_t count) {
  return connection_.transact([&](pqxx::work& transaction) -> Result<std::vector<Account>> {
    std::vector<Account> accounts;
    if (!SLUICE_TRY(connection_.has(format_with_accounts, transaction))) return accounts;
    const auto columns = SLUICE_TRY(account_columns(connection_, transaction));
    const auto rows = transaction.exec_params(
        fmt::format("SELECT {} FROM sluice.account WHERE name > $1 ORDER BY name LIMIT $2",
                    columns),
        after.str(), static_cast<std::int64_t>(count));
    for (const pqxx::row& row : rows)
      accounts.push_back(SLUICE_TRY(account_of(account_columns_of_row(row))));
    return accounts;
  });
}

Result<Account> PostgresqlPeople::change(const Account& account) {
  return connection_.transact([&](pqxx::work& transaction) -> Result<Account> {
    if (!SLUICE_TRY(connection_.has(format_with_accounts, transaction))) {
      return std::unexpected(unknown_account(account.name));
    }
    SLUICE_TRY(connection_.bring_to(format_for(account), transaction));
    Changing changing(connection_, transaction);
    return change_account(account, now_(), changing);
  });
}

Result<Secret> PostgresqlPeople::secret() {
  return connection_.transact([&](pqxx::work& transaction) -> Result<Secret> {
    SLUICE_TRY(connection_.bring_to(format_with_sessions, transaction));
    auto rows = transaction.exec(select_secret);
    if (rows.empty()) {
      // Waits for whoever makes it at the same moment, and then leaves it: the look behind sees
      // which one is kept.
      transaction.exec_params(insert_secret, Secret::random().secret());
      rows = transaction.exec(select_secret);
    }
    return secret_of(rows.at(0)[0].as<std::string>());
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
