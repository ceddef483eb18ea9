#include <stdexcept>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <unistd.h>

#include "conformance/store_home.h"
#include "sqlite/database.h"
#include "store/postgresql/conflicts.h"
#include "store/postgresql/ledger.h"
#include "store/postgresql/postgresql_store.h"
#include "store/postgresql/tables.h"
#include "store/sqlite/conflicts.h"
#include "store/sqlite/ledger.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/tables.h"
#include "support/postgresql_cluster.h"

namespace sluice::test {
namespace {

class SqliteHome final : public StoreHome {
 public:
  SqliteHome() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sluice-store-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
    directory_ = pattern;
  }
  ~SqliteHome() override { std::filesystem::remove_all(directory_); }

  using StoreHome::open;
  store::Result<std::unique_ptr<store::Store>> open(StepClock& clock,
                                                    store::StoreNumber number) override {
    return store::open_sqlite(directory_ / "central.db", std::ref(clock),
                              {.number = number, .disk = nullptr, .check = {}});
  }

  std::vector<std::string> query(const std::string& sql) override {
    auto database = sqlite::Database::open(directory_ / "central.db");
    auto statement = database->prepare(sql);
    if (!statement) throw std::runtime_error(statement.error().message);
    std::vector<std::string> rows;
    while (statement->step().value())
      rows.emplace_back(statement->text(0));
    return rows;
  }

  store::Result<std::vector<store::StoreFailure>> conflicts(
      const std::vector<const record::Dataset*>& datasets) override {
    return store::sqlite_conflicts(directory_ / "central.db", datasets);
  }
  void change(const std::string& sql) override {
    auto database = sqlite::Database::open(directory_ / "central.db");
    const auto done = database->execute(sql);
    if (!done) throw std::runtime_error(done.error().message);
  }
  std::string own_table(const std::string& name) override { return name; }
  std::string plan_of_find(const record::Dataset& dataset) override {
    return plan_of(store::sqlite::find_sql(dataset));
  }
  std::string plan_of_walk(const store::Extent& extent) override {
    return plan_of(store::sqlite::walk_sql(extent));
  }

  void make_format_1() override {
    auto database = sqlite::Database::open(directory_ / "central.db").value();
    database.execute("PRAGMA foreign_keys=OFF").value();
    database
        .execute(R"sql(
          BEGIN;
          CREATE TABLE old (
            id INTEGER PRIMARY KEY AUTOINCREMENT, bureau TEXT NOT NULL, epoch INTEGER NOT NULL,
            sequence INTEGER NOT NULL, dataset TEXT NOT NULL, manifest TEXT NOT NULL,
            outcome TEXT NOT NULL, inserted INTEGER NOT NULL, updated INTEGER NOT NULL,
            unchanged INTEGER NOT NULL, deleted INTEGER NOT NULL, rejected INTEGER NOT NULL,
            applied_at INTEGER NOT NULL, receipt TEXT NOT NULL, receipt_signature BLOB NOT NULL,
            UNIQUE (bureau, epoch, sequence)) STRICT;
          INSERT INTO old
          SELECT id, bureau, epoch, sequence, dataset, manifest, outcome, inserted, updated,
            unchanged, deleted, rejected, applied_at, receipt, receipt_signature
          FROM ledger;
          DROP TABLE schema;
          DROP TABLE version_schema;
          DROP TABLE migration;
          DROP TABLE held;
          DROP TABLE ledger;
          ALTER TABLE old RENAME TO ledger;
          CREATE INDEX ledger_dataset ON ledger (dataset, applied_at);
          UPDATE format SET version = 1;
          COMMIT)sql")
        .value();
  }
  void make_format_2() override {
    change("DROP TABLE version_schema; UPDATE format SET version = 2");
  }
  std::vector<std::string> own_shape() override {
    return query(R"sql(
      WITH own AS (SELECT name, sql FROM sqlite_schema
                   WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%.%')
      SELECT own.name || ' ' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk ||
        ' ' || coalesce(c.dflt_value, '')
      FROM own JOIN pragma_table_info(own.name) c
      UNION ALL
      SELECT own.name || ' strict ' || l.strict || ' autoincrement ' ||
        (own.sql LIKE '%AUTOINCREMENT%')
      FROM own JOIN pragma_table_list l ON l.name = own.name
      UNION ALL
      SELECT own.name || ' ' || i.name || ' ' || i."unique" || ' ' ||
        coalesce((SELECT sql FROM sqlite_schema WHERE name = i.name),
          (SELECT group_concat(name) FROM pragma_index_info(i.name)))
      FROM own JOIN pragma_index_list(own.name) i
      UNION ALL
      SELECT own.name || ' ' || f."from" || ' refers to ' || f."table" || ' ' || f."to"
      FROM own JOIN pragma_foreign_key_list(own.name) f
      ORDER BY 1)sql");
  }

  std::string table(const std::string& kind, const std::string& dataset) override {
    return fmt::format("\"{}.{}\"", kind, dataset);
  }

 private:
  std::string plan_of(const std::string& sql) {
    auto database = sqlite::Database::open(directory_ / "central.db").value();
    auto steps = database.prepare("EXPLAIN QUERY PLAN " + sql).value();
    std::string plan;
    while (steps.step().value())
      plan += std::string(steps.text(3)) + "\n";
    return plan;
  }

  std::filesystem::path directory_;
};

class PostgresqlHome final : public StoreHome {
 public:
  PostgresqlHome() : database_(cluster().create_database()) {}

  using StoreHome::open;
  store::Result<std::unique_ptr<store::Store>> open(StepClock& clock,
                                                    store::StoreNumber number) override {
    return store::open_postgresql({.connection = cluster().socket(database_)}, std::ref(clock),
                                  number);
  }

  std::vector<std::string> query(const std::string& sql) override {
    const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(
        PQconnectdb(cluster().socket(database_).c_str()), PQfinish);
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(
        PQexec(connection.get(), sql.c_str()), PQclear);
    if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
      throw std::runtime_error(PQerrorMessage(connection.get()));
    }
    std::vector<std::string> rows;
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      rows.emplace_back(PQgetvalue(result.get(), row, 0));
    }
    return rows;
  }

  store::Result<std::vector<store::StoreFailure>> conflicts(
      const std::vector<const record::Dataset*>& datasets) override {
    return store::postgresql_conflicts({.connection = cluster().socket(database_)}, datasets);
  }
  void change(const std::string& sql) override { query(sql + "; SELECT 1"); }
  std::string own_table(const std::string& name) override { return "sluice." + name; }
  std::string plan_of_find(const record::Dataset& dataset) override {
    return plan_of(store::postgresql::Tables(dataset).find_sql());
  }
  std::string plan_of_walk(const store::Extent& extent) override {
    return plan_of(store::postgresql::walk_sql(extent));
  }

  void make_format_1() override {
    query(R"sql(
      DROP TABLE sluice.schema, sluice.version_schema, sluice.migration, sluice.held;
      DROP INDEX sluice.ledger_settles;
      ALTER TABLE sluice.ledger DROP CONSTRAINT ledger_bureau_epoch_sequence_settles_key;
      ALTER TABLE sluice.ledger DROP COLUMN settles;
      ALTER TABLE sluice.ledger ADD UNIQUE (bureau, epoch, sequence);
      UPDATE sluice.format SET version = 1;
      SELECT version FROM sluice.format)sql");
  }
  void make_format_2() override {
    change("DROP TABLE sluice.version_schema; UPDATE sluice.format SET version = 2");
  }
  std::vector<std::string> own_shape() override {
    return query(R"sql(
      SELECT concat_ws(' ', table_name, column_name, data_type, collation_name, is_nullable,
        column_default, is_identity)
      FROM information_schema.columns WHERE table_schema = 'sluice'
      UNION ALL
      SELECT indexdef FROM pg_indexes WHERE schemaname = 'sluice'
      UNION ALL
      SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
      FROM pg_constraint WHERE connamespace = 'sluice'::regnamespace
      ORDER BY 1)sql");
  }

  std::string table(const std::string& kind, const std::string& dataset) override {
    return fmt::format("{}.\"{}\"", kind, dataset);
  }

 private:
  // As a session of the store has it, with values in the place of parameters.
  std::string plan_of(std::string sql) {
    for (std::size_t at = sql.find('$'); at != std::string::npos; at = sql.find('$'))
      sql.replace(at, 2, "'1'");
    std::string plan;
    for (const std::string& step :
         query("SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; "
               "EXPLAIN " +
               sql))
      plan += step + "\n";
    return plan;
  }

  static PostgresqlCluster& cluster() {
    static PostgresqlCluster cluster;
    return cluster;
  }
  std::string database_;
};

}  // namespace

std::vector<StoreKind> store_kinds() {
  return {{"sqlite", [] { return std::make_unique<SqliteHome>(); }},
          {"postgresql", [] { return std::make_unique<PostgresqlHome>(); }}};
}

}  // namespace sluice::test
