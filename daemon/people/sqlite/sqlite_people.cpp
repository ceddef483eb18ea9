#include "people/sqlite/sqlite_people.h"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "people/account_change.h"
#include "people/account_columns.h"
#include "people/sqlite/ddl.h"
#include "record/recast.h"
#include "record/try.h"
#include "sqlite/database.h"

namespace sluice::people {
namespace {

// PRAGMA user_version of the files that this version writes and reads.
constexpr std::int64_t format_version = 1;

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
constexpr const char* select_account =
    R"sql(
      SELECT name, display_name, roles, bureau, state, must_change_password, password, created_at,
        changed_at, version
      FROM account
      WHERE name = ?1)sql";
constexpr const char* select_page =
    R"sql(
      SELECT name, display_name, roles, bureau, state, must_change_password, password, created_at,
        changed_at, version
      FROM account
      WHERE name > ?1
      ORDER BY name
      LIMIT ?2)sql";
constexpr const char* select_other_administrator =
    "SELECT 1 FROM account WHERE state = 'enabled' AND roles = ?1 AND name <> ?2 LIMIT 1";

AccountColumns columns_of_row(const sqlite::Statement& row) {
  const auto text = [&](int column) { return std::string(row.text(column)); };
  return {.name = text(0),
          .display_name = text(1),
          .roles = text(2),
          .bureau = row.is_null(3) ? std::nullopt : std::optional(text(3)),
          .state = text(4),
          .must_change_password = row.integer(5) != 0,
          .password = text(6),
          .created_ms = row.integer(7),
          .changed_ms = row.integer(8),
          .version = row.integer(9)};
}

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

class SqlitePeople final : public People {
 public:
  SqlitePeople(std::filesystem::path file, std::function<record::Time()> now)
      : file_(std::move(file)), now_(std::move(now)) {}

  Result<Account> add(const Account& account) override;
  Result<std::optional<Account>> find(const AccountName& name) override;
  Result<std::vector<Account>> list(const AccountName& after, std::size_t count) override;
  Result<Account> change(const Account& account) override;

 private:
  class Changing;

  // Whether there is anything kept; opens it if so.
  Result<bool> opened_if_there();
  Result<void> open();
  Result<void> make_or_check_tables();

  [[nodiscard]] PeopleFailure failure(const sqlite::Error& error) const;
  template <class T>
  Result<T> ours(sqlite::Result<T> result) const {
    return record::recast(std::move(result),
                          [this](const sqlite::Error& error) { return failure(error); });
  }
  Result<std::optional<Account>> find_in_table(const AccountName& name);

  std::filesystem::path file_;
  std::function<record::Time()> now_;
  std::optional<sqlite::Database> database_;
};

// The file is locked from the transaction's beginning, so nothing more is to be locked.
class SqlitePeople::Changing final : public ChangeTransaction {
 public:
  explicit Changing(SqlitePeople& people) : people_(people) {}

  Result<std::optional<Account>> lock(const AccountName& name) override {
    return people_.find_in_table(name);
  }
  Result<bool> has_other_administrator(const AccountName& name) override {
    auto others = SLUICE_TRY(people_.ours(people_.database_->prepare(select_other_administrator)));
    const std::string roles = administrator_roles();
    others.bind(1, roles).bind(2, name.str());
    return people_.ours(others.step());
  }
  Result<void> write(const Account& account) override {
    auto update = SLUICE_TRY(people_.ours(people_.database_->prepare(update_account)));
    const AccountColumns columns = columns_of(account);
    bind(update, columns);
    return people_.ours(update.run());
  }

 private:
  SqlitePeople& people_;
};

PeopleFailure SqlitePeople::failure(const sqlite::Error& error) const {
  if (error.is_busy()) {
    return {PeopleProblem::unavailable, file_.string(),
            "another process does not let go of it: try again"};
  }
  if (error.is_disk_full()) {
    return {PeopleProblem::unavailable, file_.string(), "the disk is full: free space"};
  }
  return {PeopleProblem::failed, file_.string(), fmt::format("SQLite says: {}", error.message)};
}

Result<bool> SqlitePeople::opened_if_there() {
  if (database_) return true;
  std::error_code error;
  const bool is_there = std::filesystem::exists(file_, error);
  if (error) {
    return std::unexpected(PeopleFailure{PeopleProblem::failed, file_.string(),
                                         "can not be read: " + error.message()});
  }
  if (!is_there) return false;
  SLUICE_TRY(open());
  return true;
}

Result<void> SqlitePeople::open() {
  if (database_) return {};
  database_ = SLUICE_TRY(ours(sqlite::Database::open(file_)));
  auto made = make_or_check_tables();
  if (!made) database_.reset();
  return made;
}

Result<void> SqlitePeople::make_or_check_tables() {
  // The lock first: two processes may open a new file at the same moment.
  auto transaction = SLUICE_TRY(ours(sqlite::Transaction::begin(*database_)));
  auto version = SLUICE_TRY(ours(database_->prepare(
      "SELECT user_version, (SELECT count(*) FROM sqlite_master) FROM pragma_user_version")));
  SLUICE_TRY(ours(version.step()));
  const std::int64_t found = version.integer(0);
  const std::int64_t tables = version.integer(1);
  version.reset();
  if (found == format_version) return {};
  if (found != 0 || tables != 0) {
    return std::unexpected(PeopleFailure{
        PeopleProblem::failed, file_.string(),
        found == 0 ? "it is a database of something else"
                   : fmt::format("it is of format {}, this program knows format {}: run the "
                                 "version that made it",
                                 found, format_version)});
  }
  SLUICE_TRY(ours(database_->execute(people_ddl)));
  SLUICE_TRY(ours(database_->execute(fmt::format("PRAGMA user_version={}", format_version))));
  return ours(transaction.commit());
}

Result<Account> SqlitePeople::add(const Account& account) {
  SLUICE_TRY(open());
  Account kept = as_new(account, now_());
  auto insert = SLUICE_TRY(ours(database_->prepare(insert_account)));
  const AccountColumns columns = columns_of(kept);
  bind(insert, columns);
  SLUICE_TRY(ours(insert.run()));
  if (database_->changes() == 0) return std::unexpected(name_taken(account.name));
  return kept;
}

Result<std::optional<Account>> SqlitePeople::find_in_table(const AccountName& name) {
  auto select = SLUICE_TRY(ours(database_->prepare(select_account)));
  select.bind(1, name.str());
  if (!SLUICE_TRY(ours(select.step()))) return std::nullopt;
  return SLUICE_TRY(account_of(columns_of_row(select)));
}

Result<std::optional<Account>> SqlitePeople::find(const AccountName& name) {
  if (!SLUICE_TRY(opened_if_there())) return std::nullopt;
  return find_in_table(name);
}

Result<std::vector<Account>> SqlitePeople::list(const AccountName& after, std::size_t count) {
  std::vector<Account> accounts;
  if (!SLUICE_TRY(opened_if_there())) return accounts;
  auto page = SLUICE_TRY(ours(database_->prepare(select_page)));
  page.bind(1, after.str()).bind(2, std::uint64_t{count});
  while (SLUICE_TRY(ours(page.step()))) {
    accounts.push_back(SLUICE_TRY(account_of(columns_of_row(page))));
  }
  return accounts;
}

Result<Account> SqlitePeople::change(const Account& account) {
  if (!SLUICE_TRY(opened_if_there())) return std::unexpected(unknown_account(account.name));
  auto transaction = SLUICE_TRY(ours(sqlite::Transaction::begin(*database_)));
  Changing changing(*this);
  auto changed = SLUICE_TRY(change_account(account, now_(), changing));
  SLUICE_TRY(ours(transaction.commit()));
  return changed;
}

}  // namespace

std::unique_ptr<People> open_sqlite(std::filesystem::path file, std::function<record::Time()> now) {
  return std::make_unique<SqlitePeople>(std::move(file), std::move(now));
}

}  // namespace sluice::people
