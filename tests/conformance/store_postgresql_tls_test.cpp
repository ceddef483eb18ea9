// On the way to a PostgreSQL that is not on this machine: who proves that it is the one. A name
// that is not this machine's and leads here (`hostaddr`) stands for a server elsewhere.
#include <filesystem>

#include <gmock/gmock.h>

#include "conformance/store_postgresql_fixture.h"
#include "postgresql/pqxx_connection.h"
#include "support/temporary_directory.h"
#include "support/test_authority.h"

namespace sluice::test {
namespace {

using record::test::TemporaryDirectory;
using record::test::TestAuthority;
using record::test::write_file;
using ::testing::HasSubstr;

constexpr const char* name = "db.example";

class StorePostgresqlTlsTest : public ::testing::Test {
 protected:
  StorePostgresqlTlsTest() { write_file(directory_ / "ca.pem", authority_.certificate()); }

  void certify_server(const std::string& as) {
    const auto issued =
        authority_.issue(as,
                         {record::Time(std::chrono::sys_days(std::chrono::year(2020) / 1 / 1)),
                          record::Time(std::chrono::sys_days(std::chrono::year(2090) / 1 / 1))},
                         {.purposes = "serverAuth"});
    write_file(directory_ / "server.pem", issued.certificate);
    write_file(directory_ / "server.key", issued.key);
    server_.speak_tls(directory_ / "server.pem", directory_ / "server.key");
  }
  std::string elsewhere(const std::string& more) const {
    return fmt::format("host={} hostaddr=127.0.0.1 port={} user=sluice dbname=postgres {}", name,
                       server_.port(), more);
  }
  std::string trusting() const { return "sslrootcert=" + (directory_ / "ca.pem").string(); }

  // Streams of rows go by libpq: nothing, or why the store can not be reached.
  std::string by_libpq(const std::string& connection) {
    const auto store = store::open_postgresql({.connection = connection}, std::ref(clock_));
    const auto streams = (*store)->streams();
    return streams ? std::string() : record::to_string(streams.error());
  }
  // All else goes by libpqxx: whether that connection is encrypted, or why there is none.
  static std::string by_libpqxx(const std::string& connection) {
    static constexpr postgresql::TableSet tables{"nothing", "nothing", 1, ""};
    postgresql::PqxxConnection pqxx({.connection = connection}, tables);
    const auto asked = pqxx.transact(
        [](pqxx::work& work) -> postgresql::ConnectionResult<std::string> {
          return work.exec1("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")[0]
              .as<std::string>();
        },
        [](const postgresql::ConnectionFailure& failure) { return failure; });
    return asked ? *asked : record::to_string(asked.error());
  }

  TemporaryDirectory directory_;
  TestAuthority authority_{"databases"};
  StepClock clock_;
  PostgresqlCluster server_;
};

TEST_F(StorePostgresqlTlsTest, ServerElsewhereThatProvesItsNameIsSpokenToInCipher) {
  certify_server(name);
  EXPECT_EQ(by_libpq(elsewhere(trusting())), "");
  EXPECT_EQ(by_libpqxx(elsewhere(trusting())), "t");
}

TEST_F(StorePostgresqlTlsTest, ServerElsewhereWithTheCertificateOfAnotherIsRefused) {
  certify_server("other.example");
  const std::string why = "does not match host name";
  EXPECT_THAT(by_libpq(elsewhere(trusting())), HasSubstr(why));
  EXPECT_THAT(by_libpqxx(elsewhere(trusting())), HasSubstr(why));
  // Unless the configuration says that this is not asked for.
  EXPECT_EQ(by_libpqxx(elsewhere(trusting() + " sslmode=verify-ca")), "t");
  EXPECT_EQ(by_libpq(elsewhere(trusting() + " sslmode=verify-ca")), "");
}

TEST_F(StorePostgresqlTlsTest, ServerElsewhereWithoutTlsIsRefusedAndOneOnThisMachineIsNot) {
  const std::string why = "does not support SSL";
  EXPECT_THAT(by_libpq(elsewhere(trusting())), HasSubstr(why));
  EXPECT_THAT(by_libpqxx(elsewhere(trusting())), HasSubstr(why));
  EXPECT_EQ(by_libpqxx(elsewhere("sslmode=disable")), "f");
  EXPECT_EQ(by_libpqxx(server_.tcp()), "f");
  EXPECT_EQ(by_libpq(server_.tcp()), "");
  EXPECT_EQ(by_libpq(server_.socket()), "");
}

}  // namespace
}  // namespace sluice::test
