#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include "store/postgresql/postgresql_store.h"
#include "store/sqlite/sqlite_store.h"
#include "support/postgresql_cluster.h"
#include "unit/doctor/examined_node.h"

namespace sluice::doctor::test {
namespace {

using record::test::write_file;
using testing::AllOf;
using testing::HasSubstr;

sluice::test::PostgresqlCluster& store_cluster() {
  static sluice::test::PostgresqlCluster cluster;
  return cluster;
}

class StoreChecks : public testing::Test {
 protected:
  Findings looked() { return look(store_checks(node.shared()), "store"); }
  void is(Verdict verdict, const std::string& words, const std::string& remedy) {
    const Findings findings = looked();
    EXPECT_EQ(worst(findings), verdict) << told(findings);
    EXPECT_THAT(told(findings), AllOf(HasSubstr(words), HasSubstr(remedy)));
  }
  ExaminedNode node;
};

TEST_F(StoreChecks, OfAnEmbeddedStoreThatIsThereAreWell) {
  const auto file = node.node().state_directory / "central.sqlite";
  node.node().store = settings::SqliteLocation{file};
  is(Verdict::skipped, "there is no store yet", "");
  write_file(node.surroundings.paths().remembered(), "");
  is(Verdict::wrong, "this node's store is gone", "store accept-new");
  { ASSERT_TRUE(store::open_sqlite(file, installation::system_now)); }
  is(Verdict::ok, "the embedded store is there", "");
}

class PostgresqlStoreChecks : public StoreChecks {
 protected:
  PostgresqlStoreChecks() : database_(store_cluster().create_database()) {
    run("DO $$ BEGIN CREATE ROLE keeper LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
    come_as("keeper");
  }
  void run(const std::string& sql) {
    const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(
        PQconnectdb(store_cluster().socket(database_).c_str()), PQfinish);
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(
        PQexec(connection.get(), sql.c_str()), PQclear);
    EXPECT_EQ(PQresultStatus(result.get()), PGRES_COMMAND_OK) << PQerrorMessage(connection.get());
  }
  void come_as(const std::string& role) {
    node.node().store =
        settings::PostgresqlLocation{fmt::format("host=127.0.0.1 port={} user={} dbname={}",
                                                 store_cluster().port(), role, database_),
                                     {}};
  }
  void make_tables() {
    for (const char* schema : {"sluice", "data", "history"}) {
      run(fmt::format("CREATE SCHEMA {0}; GRANT USAGE, CREATE ON SCHEMA {0} TO keeper", schema));
    }
  }
  std::string database_;
};

TEST_F(PostgresqlStoreChecks, OfARoleWithTheRightsThatItNeedsAreWell) {
  make_tables();
  EXPECT_NE(worst(looked()), Verdict::wrong);
  EXPECT_NE(worst(looked()), Verdict::warning);
  EXPECT_THAT(told(looked()), AllOf(HasSubstr("the role keeper has the rights that it needs"),
                                    HasSubstr("this clock and the central store's agree"),
                                    HasSubstr("it has no tables of ours yet")));
}

TEST_F(PostgresqlStoreChecks, ARoleThatMayMakeNothingIsWrong) {
  is(Verdict::wrong, "the role keeper may not make and use tables in sluice, data, history",
     "GRANT USAGE, CREATE ON SCHEMA sluice, data, history TO keeper");
  make_tables();
  run("REVOKE CREATE ON SCHEMA history FROM keeper");
  is(Verdict::wrong, "tables in history", "TO keeper");
}

TEST_F(PostgresqlStoreChecks, ASuperuserIsAWarning) {
  come_as("sluice");
  is(Verdict::warning, "the role sluice is a superuser", "docs/store.md");
}

TEST_F(PostgresqlStoreChecks, TablesOfANewerVersionAreWrong) {
  make_tables();
  run("CREATE TABLE sluice.format (version int); INSERT INTO sluice.format VALUES (99); "
      "GRANT SELECT ON sluice.format TO keeper");
  is(Verdict::wrong, "its tables are of format 99", "install that version here");
}

TEST_F(PostgresqlStoreChecks, ADatabaseThatIsNotThereIsWrong) {
  database_ = "none";
  come_as("keeper");
  is(Verdict::wrong, "database \"none\" does not exist", "`store` of node.yaml");
}

}  // namespace
}  // namespace sluice::doctor::test
