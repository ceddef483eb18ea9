// A store in a PostgreSQL server of the test's own, for what only a server can do to a store.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include "conformance/store_fixture.h"
#include "conformance/store_tcp_proxy.h"
#include "store/postgresql/postgresql_store.h"
#include "support/postgresql_cluster.h"

namespace sluice::test {

inline PostgresqlCluster& cluster() {
  static PostgresqlCluster cluster;
  return cluster;
}

inline std::string query(const std::string& conninfo, const std::string& sql) {
  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(PQconnectdb(conninfo.c_str()),
                                                              PQfinish);
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(connection.get(), sql.c_str()),
                                                              PQclear);
  const auto status = PQresultStatus(result.get());
  EXPECT_TRUE(status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
      << PQerrorMessage(connection.get());
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

class StorePostgresqlTest : public ::testing::Test {
 protected:
  StorePostgresqlTest() : database_(cluster().create_database()) {}

  std::unique_ptr<store::Store> open(const std::string& connection) {
    auto store = store::open_postgresql({.connection = connection}, std::ref(clock_));
    if (!store) throw std::runtime_error(record::to_string(store.error()));
    return std::move(*store);
  }
  std::unique_ptr<store::Store> open() { return open(cluster().socket(database_)); }
  std::string through(const TcpProxy& proxy) {
    return fmt::format(
        "host=127.0.0.1 port={} user=sluice dbname={} sslmode=disable gssencmode=disable",
        proxy.port(), database_);
  }
  std::string ask(const std::string& sql) { return query(cluster().socket(database_), sql); }

  // As the store's callers do: the same call again while the store is unavailable.
  template <class Call>
  auto stubbornly(Call call) -> typename decltype(call())::value_type {
    for (int attempt = 0; attempt < 3000; ++attempt) {
      auto result = call();
      if (result) return std::move(*result);
      EXPECT_EQ(result.error().code, store::StoreProblem::unavailable)
          << record::to_string(result.error());
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ADD_FAILURE() << "never available again";
    return {};
  }
  record::Receipt apply_stubbornly(store::Store& store, const Sent& sent) {
    return receipt_of(stubbornly([&] { return apply(store, dataset_, sent); }));
  }
  record::ChainHead head(store::Store& store) {
    return stubbornly([&] { return store.head(stream_.id()); });
  }

  // A batch of `count` new records, named after the batch.
  Sent new_records(int count) {
    std::vector<std::string> lines;
    const auto batch = stream_.head().sequence.value + 1;
    for (int i = 0; i < count; ++i) {
      lines.push_back(upsert({fmt::format("{}-{:05}", batch, i), std::string(300, 'n'), "1"}));
    }
    return stream_.batch(dataset_, lines);
  }

  StepClock clock_;
  std::string database_;
  record::Dataset dataset_ = enterprises();
  TestStream stream_{"park"};
};

}  // namespace sluice::test
