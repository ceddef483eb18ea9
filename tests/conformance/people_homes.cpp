#include <stdexcept>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "conformance/people_home.h"
#include "people/postgresql/postgresql_people.h"
#include "people/sqlite/sqlite_people.h"
#include "sqlite/database.h"
#include "support/temporary_directory.h"

namespace sluice::test {
namespace {

class SqlitePeopleHome final : public PeopleHome {
 public:
  std::unique_ptr<people::People> open(MinuteClock& clock) override {
    return people::open_sqlite(file_, std::ref(clock));
  }
  bool is_untouched() override { return !std::filesystem::exists(file_); }
  void execute(const std::string& sql) override {
    auto database = sqlite::Database::open(file_);
    const auto done = database->execute(named(sql));
    if (!done) throw std::runtime_error(done.error().message);
  }
  std::string ask(const std::string& sql) override {
    auto database = sqlite::Database::open(file_);
    auto statement = database->prepare(named(sql)).value();
    return statement.step().value() ? std::string(statement.text(0)) : "";
  }
  void set_format(int version) override { execute(fmt::format("PRAGMA user_version={}", version)); }

 private:
  static std::string named(const std::string& sql) {
    return fmt::format(fmt::runtime(sql), fmt::arg("account", "account"),
                       fmt::arg("session", "session"), fmt::arg("secret", "installation_secret"),
                       fmt::arg("certificates", "account_certificate"));
  }

  record::test::TemporaryDirectory directory_;
  std::filesystem::path file_ = directory_ / "people.sqlite";
};

class PostgresqlPeopleHome final : public PeopleHome {
 public:
  PostgresqlPeopleHome() : conninfo_(people_cluster().socket(people_cluster().create_database())) {}

  std::unique_ptr<people::People> open(MinuteClock& clock) override {
    auto opened =
        people::open_postgresql({.connection = conninfo_, .password_file = {}}, std::ref(clock));
    if (!opened) throw std::runtime_error(record::to_string(opened.error()));
    return std::move(*opened);
  }
  bool is_untouched() override {
    return test::ask(conninfo_, "SELECT count(*) FROM pg_namespace WHERE nspname = 'sluice'") ==
           "0";
  }
  void execute(const std::string& sql) override { ask(sql); }
  std::string ask(const std::string& sql) override {
    return test::ask(conninfo_,
                     fmt::format(fmt::runtime(sql), fmt::arg("account", "sluice.account"),
                                 fmt::arg("session", "sluice.session"),
                                 fmt::arg("secret", "sluice.installation_secret"),
                                 fmt::arg("certificates", "sluice.account_certificate")));
  }
  void set_format(int version) override {
    test::ask(conninfo_, fmt::format("UPDATE sluice.people_format SET version = {}", version));
  }

 private:
  std::string conninfo_;
};

}  // namespace

void PeopleHome::make_old(int version) {
  execute("DROP INDEX {certificates}");
  execute("ALTER TABLE {account} DROP COLUMN certificate_subject");
  execute("ALTER TABLE {account} DROP COLUMN certificate_issuer");
  if (version < 2) {
    execute("DROP TABLE {session}");
    execute("DROP TABLE {secret}");
  }
  set_format(version);
}

PostgresqlCluster& people_cluster() {
  static PostgresqlCluster cluster;
  return cluster;
}

TestSession connected(const std::string& conninfo) {
  return {PQconnectdb(conninfo.c_str()), PQfinish};
}

std::string execute(pg_conn& session, const std::string& sql) {
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(&session, sql.c_str()),
                                                              PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    throw std::runtime_error(PQerrorMessage(&session));
  }
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

std::string ask(const std::string& conninfo, const std::string& sql) {
  return execute(*connected(conninfo), sql);
}

std::vector<PeopleKind> people_kinds() {
  return {{"sqlite", [] { return std::make_unique<SqlitePeopleHome>(); }},
          {"postgresql", [] { return std::make_unique<PostgresqlPeopleHome>(); }}};
}

people::Account clerk(const std::string& name) {
  return {.name = people::AccountName(name),
          .display_name = "王小明",
          .assignment = {.roles = {people::Role::clerk, people::Role::checker},
                         .bureau = record::BureauId("park")},
          .password = people::PasswordHash("$argon2id$of " + name)};
}

people::Account administrator(const std::string& name) {
  people::Account account = clerk(name);
  account.assignment = {.roles = {people::Role::administrator}, .bureau = std::nullopt};
  return account;
}

}  // namespace sluice::test
