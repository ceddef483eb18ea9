// Databases as a bureau has them: each product says itself what a user may do. What ends the
// process that looks is tried with a driver that goes wrong on demand.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <sys/stat.h>

#include "doctor/database_look.h"
#include "support/mariadb_server.h"
#include "support/postgresql_cluster.h"
#include "unit/doctor/examined_node.h"

namespace sluice::doctor::test {
namespace {

namespace capture = adapters::front_end::capture;
using record::test::write_file;
using testing::AllOf;
using testing::HasSubstr;

constexpr const char* drivers = SLUICE_ODBC_DRIVERS;

sluice::test::PostgresqlCluster& postgresql() {
  static sluice::test::PostgresqlCluster cluster;
  return cluster;
}
sluice::test::MariadbServer& mariadb() {
  static sluice::test::MariadbServer server;
  return server;
}

void on_postgresql(const std::string& database, const std::string& sql) {
  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(
      PQconnectdb(postgresql().socket(database).c_str()), PQfinish);
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(connection.get(), sql.c_str()),
                                                              PQclear);
  ASSERT_EQ(PQresultStatus(result.get()), PGRES_COMMAND_OK) << PQerrorMessage(connection.get());
}

constexpr const char* schema = R"({"sluice:dataset": {"owner": "tax", "title": "Payments"},
 "fields": [{"name": "id", "type": "integer", "constraints": {"required": true}},
            {"name": "name", "type": "string"}],
 "primaryKey": "id"})";

// The bureau tax, whose table `payment` is collected; its configuration lies on the disk, too.
class DatabaseChecks : public testing::Test {
 protected:
  DatabaseChecks() { configure("Driver=/none"); }

  void configure(const std::string& connection, const std::string& capture = "{kind: snapshot}") {
    const auto& node_settings = node.node();
    const auto directory = node.surroundings.configuration;
    std::filesystem::create_directory(directory / "schemas");
    write_file(directory / "node.yaml",
               fmt::format(
                   "node: {{name: front-1, state_directory: {}, control_socket: {}}}\n"
                   "identity: {{certificate: {}, key: {}, authorities: {}, revocations: {}}}\n"
                   "store: {{kind: sqlite}}\n",
                   node_settings.state_directory.string(), node_settings.control_socket.string(),
                   node_settings.identity.certificate.string(), node_settings.identity.key.string(),
                   node_settings.identity.authorities.string(),
                   node_settings.identity.revocations.string()));
    write_file(directory / "secret", "geheim\n");
    const bool writes = capture.find("flag") != std::string::npos;
    write_file(
        directory / "bureaus/tax.yaml",
        fmt::format("bureau: tax\nname: tax\ncertificate_subject: CN=tax,O=Sluice\n"
                    "channels:\n  front-end:\n    connection: {}\n    password_file: secret\n"
                    "    write_back: {}\n    login_timeout: 2s\n"
                    "publishes:\n  - dataset: payment\n    channels: [front-end]\n"
                    "    front-end:\n      table: payment\n      capture: {}\n",
                    connection, writes, capture));
    write_file(directory / "schemas/payment.json", schema);
    auto checks = checks_of(Surroundings{.configuration = directory,
                                         .clock = installation::system_now,
                                         .program = SLUICE_COMMAND,
                                         .sync = ::fsync,
                                         .service_user = "nobody-has-this-name"});
    ASSERT_EQ(worst(checks.front().look()), Verdict::ok) << told(checks.front().look());
    look_ = look_of(checks);
  }
  static std::function<Findings()> look_of(const std::vector<Check>& checks) {
    const auto found = std::ranges::find(checks, std::string("database"), &Check::name);
    if (found == checks.end()) throw std::runtime_error("there is no database to look at");
    return found->look;
  }
  void is(Verdict verdict, const std::string& words, const std::string& remedy) {
    const Findings findings = look_();
    EXPECT_EQ(worst(findings), verdict) << told(findings);
    EXPECT_THAT(told(findings), AllOf(HasSubstr(words), HasSubstr(remedy)));
  }
  std::string at_line(int line) {
    return fmt::format("edit {}:{}",
                       (node.surroundings.configuration / "bureaus/tax.yaml").string(), line);
  }

  ExaminedNode node;
  std::function<Findings()> look_;
};

class PostgresqlDatabase : public DatabaseChecks {
 protected:
  PostgresqlDatabase() : database_(postgresql().create_database()) {
    run("CREATE TABLE payment (id int PRIMARY KEY, name text, state text, changed timestamp)");
    run("DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
    run("GRANT SELECT ON payment TO reader");
    come_as("reader");
  }
  void run(const std::string& sql) { on_postgresql(database_, sql); }
  void come_as(const std::string& user, const std::string& capture = "{kind: snapshot}") {
    configure(fmt::format("Driver={}/psqlodbcw.so;Server=127.0.0.1;Port={};Database={};UID={}",
                          drivers, postgresql().port(), database_, user),
              capture);
  }
  std::string database_;
};

TEST_F(PostgresqlDatabase, ThatIsReadByAUserWhoMayDoNoMoreIsWell) {
  is(Verdict::ok, "payment: it can be read, and not written to", "");
  EXPECT_THAT(told(look_()), AllOf(HasSubstr("PostgreSQL answers"),
                                   HasSubstr("this clock and the database's agree")));
}

TEST_F(PostgresqlDatabase, ThatTheUserCouldWriteToIsAWarningThatNamesTheRights) {
  run("GRANT INSERT, TRUNCATE, UPDATE (name) ON payment TO reader");
  is(Verdict::warning, "this user could also INSERT, UPDATE, DELETE there",
     "REVOKE INSERT, UPDATE, DELETE");
}

TEST_F(PostgresqlDatabase, WhoseTableMayNotBeReadIsWrong) {
  run("REVOKE SELECT ON payment FROM reader");
  is(Verdict::wrong, "permission denied for table payment", "GRANT SELECT on payment");
}

TEST_F(PostgresqlDatabase, OfWhichOnlyOtherColumnsMayBeReadIsWrong) {
  run("REVOKE SELECT ON payment FROM reader");
  run("GRANT SELECT (id) ON payment TO reader");
  is(Verdict::wrong, "permission denied", "GRANT SELECT on payment");
}

TEST_F(PostgresqlDatabase, WithoutTheTableIsToldWhereThatIsNamed) {
  run("ALTER TABLE payment RENAME TO payments");
  is(Verdict::wrong, "there is no such table", at_line(14));
}

TEST_F(PostgresqlDatabase, WhoseFlagsMayNotBeWrittenIsWrong) {
  come_as("reader", "{kind: flag, column: state}");
  is(Verdict::wrong, "must write to its columns, which this user may not", "GRANT UPDATE");
  run("GRANT UPDATE (state) ON payment TO reader");
  is(Verdict::ok, "its flags be written, and no more", "");
}

TEST_F(PostgresqlDatabase, ThatIsNotThereIsToldWhereTheConnectionIsNamed) {
  configure(fmt::format("Driver={}/psqlodbcw.so;Server=127.0.0.1;Port={};Database=none;UID=reader",
                        drivers, postgresql().port()));
  is(Verdict::wrong, "database \"none\" does not exist", at_line(6));
}

TEST_F(DatabaseChecks, ADriverThatIsNotThereIsToldWhereItIsNamed) {
  configure("Driver=/usr/lib/odbc/libvendor.so;Server=tax");
  is(Verdict::wrong, "Can't open lib '/usr/lib/odbc/libvendor.so'", at_line(6));
}

TEST_F(DatabaseChecks, APasswordThatIsNotThereIsToldWhereItIsNamed) {
  std::filesystem::resize_file(node.surroundings.configuration / "secret", 0);
  is(Verdict::wrong, "no password can be read from it", at_line(7));
}

TEST_F(DatabaseChecks, ADriverThatCrashesCostsItsOwnLine) {
  configure(fmt::format("Driver={};Server=tax;Fault=segfault-in-connect", FAULTY_DRIVER));
  is(Verdict::wrong, "its database's driver crashed", at_line(6));
}

class MariadbDatabase : public DatabaseChecks {
 protected:
  MariadbDatabase() : database_(mariadb().create_database()) {
    mariadb().execute("CREATE TABLE payment (id int PRIMARY KEY, name text)", database_);
    mariadb().execute(
        "DROP USER IF EXISTS reader@'127.0.0.1'; "
        "CREATE USER reader@'127.0.0.1' IDENTIFIED BY 'geheim'; GRANT SELECT ON " +
        database_ + ".payment TO reader@'127.0.0.1'");
    configure(fmt::format("Driver={}/libmaodbc.so;Server=127.0.0.1;Port={};Database={};UID=reader",
                          drivers, mariadb().port(), database_));
  }
  std::string database_;
};

TEST_F(MariadbDatabase, ThatIsReadByAUserWhoMayDoNoMoreIsWell) {
  is(Verdict::ok, "payment: it can be read, and not written to", "");
}

TEST_F(MariadbDatabase, RightsOnTheTableTheDatabaseAndAllAreFound) {
  mariadb().execute("GRANT UPDATE ON " + database_ + ".payment TO reader@'127.0.0.1'");
  is(Verdict::warning, "this user could also UPDATE there", "REVOKE UPDATE");
  mariadb().execute("GRANT INSERT ON " + database_ + ".* TO reader@'127.0.0.1'");
  is(Verdict::warning, "this user could also INSERT, UPDATE there", "REVOKE INSERT, UPDATE");
  mariadb().execute("GRANT DELETE ON *.* TO reader@'127.0.0.1'");
  is(Verdict::warning, "this user could also INSERT, UPDATE, DELETE there", "REVOKE");
}

TEST_F(MariadbDatabase, AWrongPasswordIsToldWhereItIsNamed) {
  write_file(node.surroundings.configuration / "secret", "other\n");
  is(Verdict::wrong, "Access denied", at_line(7));
}

}  // namespace
}  // namespace sluice::doctor::test
