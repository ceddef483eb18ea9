// What an operator is told when a database can not be reached, word for word: where, what was
// found, and what to do. What comes between is the driver's or the server's own sentence.
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "conformance/front_end/bureau_system.h"
#include "conformance/front_end/false_server.h"
#include "support/held_port.h"

namespace sluice::adapters::front_end::conformance {
namespace {

using testing::MatchesRegex;

constexpr const char* drivers = SLUICE_ODBC_DRIVERS;

const std::string mend_driver =
    "install the driver's package, or correct its name (`odbcinst -q -d` lists them) or path; "
    "where the file is there, `ldd` says what else it needs";

// What ends a whole collection, and how it is classed. The other database of it is never reached.
odbc::OdbcFailure failure_of(const odbc::Access& access) {
  BureauSystem bureau(Product::sqlite, Way::snapshot);
  Gateway gateway(bureau);
  gateway.access = access;
  const auto collected = gateway.collect();
  const auto connection = odbc::Connection::open(access);
  if (collected || connection) throw std::runtime_error("it was to be refused");
  EXPECT_EQ(collected.error().code, CollectionProblem::unreadable);
  EXPECT_EQ(gateway.batches, 0U);
  return {connection.error().code, collected.error().place, collected.error().sentence};
}

TEST(Access, ADsnThatIsNotThereIsToldWithWhereItBelongs) {
  const auto failure = failure_of({.connection = "DSN=no_such_source;UID=sluice"});
  EXPECT_EQ(failure.code, odbc::OdbcProblem::no_source);
  EXPECT_EQ(record::to_string(failure),
            "DSN no_such_source: [unixODBC][Driver Manager]Data source name not found and no "
            "default driver specified (SQLSTATE IM002); name a DSN of /etc/odbc.ini (`odbcinst -q "
            "-s` lists them), or a driver with `Driver=/path/to/library.so`");
}

// Debian's psqlODBC has a log of its own for each process, one file of a few bytes.
TEST(Access, ADriverLeavesNoLogOfItsOwnBehind) {
  ASSERT_TRUE(odbc::Connection::open(make_home(Product::postgresql)->access()));
  const std::string own = fmt::format("{}.log", getpid());
  for (const auto& entry : std::filesystem::directory_iterator("/tmp")) {
    const std::string name = entry.path().filename();
    EXPECT_FALSE(name.starts_with("psqlodbc_") && name.ends_with(own)) << name;
  }
}

TEST(Access, AConnectionStringThatNamesNothingIsToldWhatItLacks) {
  const auto failure = failure_of({.connection = "Server=tax;Database=exchange"});
  EXPECT_EQ(failure.code, odbc::OdbcProblem::no_source);
  EXPECT_EQ(record::to_string(failure),
            "tax/exchange: the connection string names neither a DSN nor a driver; expected "
            "`DSN=…` with one of /etc/odbc.ini, or `Driver=/path/to/library.so`");
}

TEST(Access, ADriverThatIsNotThereIsToldWithItsPath) {
  const auto failure =
      failure_of({.connection = "Driver=/opt/vendor/libdodbc.so;Server=tax;Database=exchange"});
  EXPECT_EQ(failure.code, odbc::OdbcProblem::no_driver);
  EXPECT_EQ(record::to_string(failure),
            "tax/exchange: [unixODBC][Driver Manager]Can't open lib '/opt/vendor/libdodbc.so' : "
            "file not found (SQLSTATE 01000); " +
                mend_driver);
}

TEST(Access, ADriverThatIsNoLibraryIsToldSo) {
  const auto failure = failure_of({.connection = "Driver=/etc/passwd;Server=tax"});
  EXPECT_EQ(failure.code, odbc::OdbcProblem::no_driver);
  EXPECT_EQ(record::to_string(failure),
            "tax: [unixODBC][Driver Manager]Can't open lib '/etc/passwd' : file not found "
            "(SQLSTATE 01000); " +
                mend_driver);
}

TEST(Access, AWrongPasswordOfPostgresqlIsRefusedAndNotRepeated) {
  const auto home = make_home(Product::postgresql);
  auto connection = odbc::Connection::open(home->access()).value();
  for (const char* sql :
       {"DROP ROLE IF EXISTS locked", "CREATE ROLE locked LOGIN PASSWORD 'right'",
        "DO $$ BEGIN EXECUTE format('COPY (VALUES (''host all locked 127.0.0.1/32 scram-sha-256''),"
        " (''local all all trust''), (''host all all 127.0.0.1/32 trust'')) TO %L',"
        " current_setting('hba_file')); END $$",
        "SELECT pg_reload_conf()"}) {
    const auto done = connection.execute(sql, {});
    ASSERT_TRUE(done) << record::to_string(done.error());
  }
  odbc::Access access = home->access();
  access.connection += ";UID=locked";
  access.connection.replace(access.connection.find("UID=sluice"), 11, "");
  access.password = "wr}ong;";
  const auto failure = failure_of(access);
  EXPECT_EQ(failure.code, odbc::OdbcProblem::login_refused);
  EXPECT_THAT(record::to_string(failure),
              MatchesRegex("127.0.0.1/test[0-9]+: connection to server at \"127.0.0.1\", port "
                           "[0-9]+ failed: FATAL:  password authentication failed for user "
                           "\"locked\" .SQLSTATE 08001.; check the user, and the password in its "
                           "file"));
  access.password = "right";
  EXPECT_TRUE(odbc::Connection::open(access));
}

TEST(Access, AWrongPasswordOfMariadbIsRefusedAndNotRepeated) {
  const auto home = make_home(Product::mariadb);
  odbc::Access access = home->access();
  access.password = "wr}ong;";
  const auto failure = failure_of(access);
  EXPECT_EQ(failure.code, odbc::OdbcProblem::login_refused);
  EXPECT_THAT(record::to_string(failure),
              MatchesRegex("127.0.0.1/test[0-9]+: .ma-[0-9.]+.Access denied for user "
                           "'sluice'@'localhost' .using password: YES. .SQLSTATE 28000.; check the "
                           "user, and the password in its file"));
}

TEST(Access, APortWhereNobodyListensIsToldAsAServerThatCanNotBeReached) {
  const std::vector<std::pair<std::string, std::string>> each = {
      {"psqlodbcw.so",
       "connection to server at \"127.0.0.1\", port {0} failed: Connection refused .SQLSTATE "
       "08001."},
      {"libmaodbc.so", ".ma-[0-9.]+.Can't connect to server on '127.0.0.1' .115. .SQLSTATE HY000."},
      {"libtdsodbc.so",
       ".FreeTDS..SQL Server.Unable to connect: Adaptive Server is unavailable or does not exist "
       ".SQLSTATE 08S01."}};
  const test::HeldPort held;
  const int port = held.number();
  for (const auto& [driver, answer] : each) {
    SCOPED_TRACE(driver);
    const std::string said = "127.0.0.1/exchange: " + answer +
                             "; see whether the server runs and can be reached from here by its "
                             "name and port, or its file is there and this user may use it";
    const auto failure = failure_of(
        {.connection = fmt::format("Driver={}/{};Server=127.0.0.1;Port={};Database=exchange;UID=x",
                                   drivers, driver, port),
         .password = "secret"});
    EXPECT_EQ(failure.code, odbc::OdbcProblem::unreachable);
    EXPECT_THAT(record::to_string(failure), MatchesRegex(fmt::format(fmt::runtime(said), port)));
  }
}

odbc::Access by_freetds(const std::string& server, int port,
                        std::chrono::seconds patience = std::chrono::minutes(1)) {
  return {.connection = fmt::format("Driver={}/libtdsodbc.so;Server={};Port={};Database=exchange;"
                                    "UID=sluice;TDS_Version=7.0;ClientCharset=UTF-8",
                                    drivers, server, port),
          .password = "wr}ong;",
          .login_timeout = patience};
}

TEST(Access, AWrongPasswordByFreetdsIsRefusedAndNotRepeated) {
  FalseServer server(FalseServer::Manner::refuses_tds_login);
  const auto failure = failure_of(by_freetds("127.0.0.1", server.port()));
  EXPECT_EQ(failure.code, odbc::OdbcProblem::login_refused);
  EXPECT_EQ(record::to_string(failure),
            "127.0.0.1/exchange: [FreeTDS][SQL Server]Login failed for user 'sluice'. (SQLSTATE "
            "42000); check the user, and the password in its file");
}

const std::string mend_server =
    "; see whether the server runs and can be reached from here by its name and port, or its file "
    "is there and this user may use it";

TEST(Access, AServerThatIsNotFoundByItsNameIsToldByFreetds) {
  const auto failure = failure_of(by_freetds("no-such-host.invalid", 1433));
  EXPECT_EQ(failure.code, odbc::OdbcProblem::unreachable);
  EXPECT_EQ(record::to_string(failure),
            "no-such-host.invalid/exchange: [FreeTDS][SQL Server]Unable to connect to data source "
            "(SQLSTATE 08001)" +
                mend_server);
}

TEST(Access, AServerOfAnotherKindIsToldByFreetds) {
  FalseServer server(FalseServer::Manner::hangs_up);
  const auto failure = failure_of(by_freetds("127.0.0.1", server.port()));
  EXPECT_EQ(failure.code, odbc::OdbcProblem::unreachable);
  EXPECT_EQ(
      record::to_string(failure),
      "127.0.0.1/exchange: [FreeTDS][SQL Server]Unable to connect to data source (SQLSTATE 08001)" +
          mend_server);
}

TEST(Access, AServerThatSaysNothingIsGivenUpByFreetds) {
  FalseServer server(FalseServer::Manner::says_nothing);
  const auto failure = failure_of(by_freetds("127.0.0.1", server.port(), std::chrono::seconds(1)));
  EXPECT_EQ(failure.code, odbc::OdbcProblem::unreachable);
  EXPECT_EQ(
      record::to_string(failure),
      "127.0.0.1/exchange: [FreeTDS][SQL Server]Timeout expired (SQLSTATE HYT00)" + mend_server);
}

TEST(Access, ADatabaseThatIsNotThereIsToldByItsName) {
  for (const Product product : {Product::postgresql, Product::mariadb}) {
    const auto home = make_home(product);
    odbc::Access access = home->access();
    const std::size_t at = access.connection.find("Database=") + 9;
    access.connection.replace(at, access.connection.find(';', at) - at, "no_such");
    const auto failure = failure_of(access);
    EXPECT_EQ(failure.code, odbc::OdbcProblem::unreachable);
    EXPECT_THAT(record::to_string(failure),
                MatchesRegex("127.0.0.1/no_such: .*(database \"no_such\" does not exist .SQLSTATE "
                             "08001.|Unknown database 'no_such' .SQLSTATE 42000.); check the "
                             "database's name in the connection string"));
  }
}

}  // namespace
}  // namespace sluice::adapters::front_end::conformance
