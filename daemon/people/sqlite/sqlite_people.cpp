#include "people/sqlite/sqlite_people.h"

#include <utility>

#include "people/account_change.h"
#include "people/format.h"
#include "people/session_columns.h"
#include "people/sqlite/account_rows.h"
#include "people/sqlite/people_file.h"
#include "people/sqlite/sqlite_sessions.h"
#include "record/try.h"

namespace sluice::people {
namespace {

constexpr const char* insert_account =
    R"sql(
      INSERT INTO account (name, display_name, roles, bureau, state, must_change_password, password,
        created_at, changed_at, version)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
      ON CONFLICT (name) DO NOTHING)sql";
constexpr const char* update_account =
    R"sql(
      UPDATE account
      SET display_name = ?2, roles = ?3, bureau = ?4, state = ?5, must_change_password = ?6,
        password = ?7, created_at = ?8, changed_at = ?9, version = ?10
      WHERE name = ?1)sql";
// No row is changed where another account has the certificate.
constexpr const char* update_certificate =
    R"sql(
      UPDATE OR IGNORE account
      SET certificate_issuer = ?2, certificate_subject = ?3
      WHERE name = ?1)sql";
constexpr const char* select_other_administrator =
    "SELECT 1 FROM account WHERE state = 'enabled' AND roles = ?1 AND name <> ?2 LIMIT 1";
constexpr const char* select_secret = "SELECT secret FROM installation_secret";
constexpr const char* insert_secret =
    "INSERT INTO installation_secret (number, secret) VALUES (1, ?1) "
    "ON CONFLICT (number) DO NOTHING";

// `columns` must outlive the next run().
void bind(sqlite::Statement& statement, const AccountColumns& columns) {
  statement.bind(1, columns.name)
      .bind(2, columns.display_name)
      .bind(3, columns.roles)
      .bind(5, columns.state)
      .bind(6, std::int64_t{columns.must_change_password})
      .bind(7, columns.password)
      .bind(8, columns.created_ms)
      .bind(9, columns.changed_ms)
      .bind(10, columns.version);
  if (columns.bureau) {
    statement.bind(4, *columns.bureau);
  } else {
    statement.bind_null(4);
  }
}

void bind(sqlite::Statement& statement, int index, const std::optional<std::string>& text) {
  if (text) {
    statement.bind(index, *text);
  } else {
    statement.bind_null(index);
  }
}

// Behind the rest of the account, in the same transaction.
Result<void> write_certificate(PeopleFile& file, const Account& account) {
  if (!SLUICE_TRY(file.has(format_with_certificates))) return {};  // then it has none
  auto update = SLUICE_TRY(file.prepare(update_certificate));
  const AccountColumns columns = columns_of(account);
  update.bind(1, columns.name);
  bind(update, 2, columns.certificate_issuer);
  bind(update, 3, columns.certificate_subject);
  SLUICE_TRY(file.ours(update.run()));
  if (file.database().changes() == 0) return std::unexpected(certificate_taken(account.name));
  return {};
}

// The file is locked from the transaction's beginning, so nothing more is to be locked.
class Changing final : public ChangeTransaction {
 public:
  explicit Changing(PeopleFile& file) : file_(file) {}

  Result<std::optional<Account>> lock(const AccountName& name) override {
    return find_account(file_, name);
  }
  Result<bool> has_other_administrator(const AccountName& name) override {
    auto others = SLUICE_TRY(file_.prepare(select_other_administrator));
    const std::string roles = administrator_roles();
    others.bind(1, roles).bind(2, name.str());
    return file_.ours(others.step());
  }
  Result<void> write(const Account& account) override {
    auto update = SLUICE_TRY(file_.prepare(update_account));
    const AccountColumns columns = columns_of(account);
    bind(update, columns);
    SLUICE_TRY(file_.ours(update.run()));
    return write_certificate(file_, account);
  }

 private:
  PeopleFile& file_;
};

class SqlitePeople final : public People {
 public:
  SqlitePeople(std::filesystem::path file, std::function<record::Time()> now,
               sqlite::OnFailedSync told)
      : file_(std::move(file), std::move(told)), sessions_(file_), now_(std::move(now)) {}

  Result<Account> add(const Account& account) override;
  Result<std::optional<Account>> find(const AccountName& name) override;
  Result<std::optional<Account>> find_holder(const CertificateName& certificate) override;
  Result<std::vector<Account>> list(const AccountName& after, std::size_t count) override;
  Result<Account> change(const Account& account) override;
  Sessions& sessions() override { return sessions_; }
  Result<Secret> secret() override;

 private:
  Result<std::optional<Secret>> find_secret();

  PeopleFile file_;
  SqliteSessions sessions_;  // behind the file, which they use
  std::function<record::Time()> now_;
};

Result<Account> SqlitePeople::add(const Account& account) {
  return file_.transact(format_for(account), [&]() -> Result<Account> {
    Account kept = as_new(account, now_());
    auto insert = SLUICE_TRY(file_.prepare(insert_account));
    const AccountColumns columns = columns_of(kept);
    bind(insert, columns);
    SLUICE_TRY(file_.ours(insert.run()));
    if (file_.database().changes() == 0) return std::unexpected(name_taken(account.name));
    SLUICE_TRY(write_certificate(file_, kept));
    return kept;
  });
}

Result<std::optional<Account>> SqlitePeople::find(const AccountName& name) {
  if (!SLUICE_TRY(file_.has(format_with_accounts))) return std::nullopt;
  return find_account(file_, name);
}

Result<std::optional<Account>> SqlitePeople::find_holder(const CertificateName& certificate) {
  if (!SLUICE_TRY(file_.has(format_with_certificates))) return std::nullopt;
  auto select = SLUICE_TRY(file_.prepare(
      "SELECT * FROM account WHERE certificate_issuer = ?1 AND certificate_subject = ?2"));
  select.bind(1, certificate.issuer).bind(2, certificate.subject);
  if (!SLUICE_TRY(file_.ours(select.step()))) return std::nullopt;
  return SLUICE_TRY(account_of(account_columns_of_row(select)));
}

Result<std::vector<Account>> SqlitePeople::list(const AccountName& after, std::size_t count) {
  std::vector<Account> accounts;
  if (!SLUICE_TRY(file_.has(format_with_accounts))) return accounts;
  auto page =
      SLUICE_TRY(file_.prepare("SELECT * FROM account WHERE name > ?1 ORDER BY name LIMIT ?2"));
  page.bind(1, after.str()).bind(2, std::uint64_t{count});
  while (SLUICE_TRY(file_.ours(page.step()))) {
    accounts.push_back(SLUICE_TRY(account_of(account_columns_of_row(page))));
  }
  return accounts;
}

Result<Account> SqlitePeople::change(const Account& account) {
  if (!SLUICE_TRY(file_.has(format_with_accounts))) {
    return std::unexpected(unknown_account(account.name));
  }
  return file_.transact(format_for(account), [&] {
    Changing changing(file_);
    return change_account(account, now_(), changing);
  });
}

Result<std::optional<Secret>> SqlitePeople::find_secret() {
  auto select = SLUICE_TRY(file_.prepare(select_secret));
  if (!SLUICE_TRY(file_.ours(select.step()))) return std::nullopt;
  return SLUICE_TRY(secret_of(select.text(0)));
}

Result<Secret> SqlitePeople::secret() {
  if (SLUICE_TRY(file_.has(format_with_sessions))) {
    if (auto found = SLUICE_TRY(find_secret())) return *found;
  }
  return file_.transact(format_with_sessions, [&]() -> Result<Secret> {
    // Two may come here at once: whichever was first has made it.
    const std::string made = Secret::random().secret();
    auto insert = SLUICE_TRY(file_.prepare(insert_secret));
    insert.bind(1, made);
    SLUICE_TRY(file_.ours(insert.run()));
    return SLUICE_TRY(find_secret()).value();
  });
}

}  // namespace

std::unique_ptr<People> open_sqlite(std::filesystem::path file, std::function<record::Time()> now,
                                    sqlite::OnFailedSync told) {
  return std::make_unique<SqlitePeople>(std::move(file), std::move(now), std::move(told));
}

}  // namespace sluice::people
