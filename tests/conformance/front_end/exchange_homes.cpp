#include "conformance/front_end/exchange_homes.h"

#include <fmt/format.h>

#include "support/mariadb_server.h"
#include "support/postgresql_cluster.h"
#include "support/temporary_directory.h"

namespace sluice::adapters::front_end::conformance {
namespace {

constexpr const char* drivers = SLUICE_ODBC_DRIVERS;

test::PostgresqlCluster& postgresql() {
  static test::PostgresqlCluster cluster;
  return cluster;
}

test::MariadbServer& mariadb() {
  static test::MariadbServer server;
  return server;
}

class PostgresqlHome : public Home {
 public:
  [[nodiscard]] odbc::Access access() const override {
    return {.connection = fmt::format(
                "Driver={}/psqlodbcw.so;Server=127.0.0.1;Port={};Database={};UID=sluice", drivers,
                postgresql().port(), database_),
            .writes = true};
  }
  void stop() override { postgresql().stop(test::PostgresqlCluster::Stop::immediate); }
  void start() override { postgresql().start(); }

 private:
  std::string database_ = postgresql().create_database();
};

class MariadbHome : public Home {
 public:
  explicit MariadbHome(const std::string& character_set)
      : database_(mariadb().create_database(character_set)) {}
  [[nodiscard]] odbc::Access access() const override {
    return {.connection = fmt::format(
                "Driver={}/libmaodbc.so;Server=127.0.0.1;Port={};Database={};UID=sluice", drivers,
                mariadb().port(), database_),
            .password = "geheim",
            .writes = true};
  }
  void stop() override { mariadb().kill(); }
  void start() override { mariadb().start(); }

 private:
  std::string database_;
};

class SqliteHome : public Home {
 public:
  [[nodiscard]] odbc::Access access() const override {
    return {.connection = fmt::format("Driver={}/libsqlite3odbc.so;Database={}", drivers,
                                      (directory_ / "exchange.sqlite").string()),
            .writes = true};
  }
  void stop() override {}
  void start() override {}

 private:
  record::test::TemporaryDirectory directory_;
};

}  // namespace

std::string to_string(Product product) {
  switch (product) {
    case Product::postgresql:
      return "postgresql";
    case Product::mariadb:
      return "mariadb";
    case Product::mariadb_gbk:
      return "mariadb_gbk";
    case Product::sqlite:
      break;
  }
  return "sqlite";
}

std::unique_ptr<Home> make_home(Product product) {
  switch (product) {
    case Product::postgresql:
      return std::make_unique<PostgresqlHome>();
    case Product::mariadb:
      return std::make_unique<MariadbHome>("utf8mb4");
    case Product::mariadb_gbk:
      return std::make_unique<MariadbHome>("gbk");
    case Product::sqlite:
      break;
  }
  return std::make_unique<SqliteHome>();
}

}  // namespace sluice::adapters::front_end::conformance
