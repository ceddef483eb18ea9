// The central store: that it is there, of a form that this version knows, that its role may do what
// the node needs and no more, and that its tables can follow the datasets' schemas.
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pqxx/pqxx>

#include "doctor/checks.h"
#include "doctor/clock_skew.h"
#include "installation/installation.h"
#include "installation/schema_check.h"
#include "postgresql/access.h"
#include "store/postgresql/format.h"

namespace sluice::doctor {
namespace {

constexpr const char* store_group = "Central store";
constexpr std::chrono::seconds store_patience{5};
constexpr std::array own_schemas = {"sluice", "data", "history"};

Findings look_at_embedded(const Surroundings& node, const settings::SqliteLocation& location) {
  const std::string place = location.file.string();
  std::error_code error;
  if (std::filesystem::exists(location.file, error))
    return {ok(place, "the embedded store is there")};
  if (error) return {skipped(place, fmt::format("this user may not look ({})", error.message()))};
  if (!std::filesystem::exists(node.paths().remembered(), error)) {
    return {skipped(place, "there is no store yet: sluiced makes it when it starts first")};
  }
  return {wrong(place, "this node's store is gone",
                "restore its latest backup there; where there is none, stop sluiced and say " +
                    node.sluice("store accept-new") + ": docs/restore.md")};
}

// What a statement says, one value.
template <class T>
T asked(pqxx::transaction_base& transaction, const std::string& sql) {
  return transaction.exec(sql)[0][0].template as<T>();
}

Finding of_version(pqxx::transaction_base& transaction, const std::string& place) {
  constexpr int oldest = 130000;
  const auto version = asked<int>(transaction, "SELECT current_setting('server_version_num')::int");
  const auto name = asked<std::string>(transaction, "SELECT current_setting('server_version')");
  if (version < oldest) {
    return wrong(place, fmt::format("PostgreSQL {}; expected 13 or later", name), "upgrade it");
  }
  if (asked<bool>(transaction, "SELECT pg_is_in_recovery()")) {
    return wrong(place, fmt::format("PostgreSQL {}, a standby: nothing can be written to it", name),
                 "name the primary in `store.connection`, or all hosts with commas");
  }
  return ok(place, fmt::format("PostgreSQL {} answers", name));
}

Finding of_form(pqxx::transaction_base& transaction, const std::string& place) {
  if (asked<bool>(transaction, "SELECT to_regclass('sluice.format') IS NULL")) {
    return skipped(place, "it has no tables of ours yet: sluiced makes them when it starts first");
  }
  const auto found = asked<std::int64_t>(transaction, "SELECT version FROM sluice.format");
  if (found > store::postgresql::format_version) {
    return wrong(
        place,
        fmt::format("its tables are of format {}, and this program reads up to {}: a newer "
                    "sluiced has written to it",
                    found, store::postgresql::format_version),
        "install that version here, too");
  }
  return ok(place, fmt::format("its tables are of format {}", found));
}

Finding of_role(pqxx::transaction_base& transaction, const std::string& place) {
  const auto role = asked<std::string>(transaction, "SELECT current_user::text");
  if (asked<bool>(transaction, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")) {
    return warning(place, fmt::format("the role {} is a superuser, which it need not be", role),
                   "make one for sluice alone: docs/store.md");
  }
  const bool may_make =
      asked<bool>(transaction, "SELECT has_database_privilege(current_database(), 'CREATE')");
  std::vector<std::string> closed;
  for (const char* schema : own_schemas) {
    const std::string there =
        fmt::format("EXISTS (SELECT FROM pg_namespace WHERE nspname = '{}')", schema);
    const bool is_open = asked<bool>(
        transaction,
        fmt::format("SELECT CASE WHEN {0} THEN has_schema_privilege('{1}', 'USAGE') AND "
                    "has_schema_privilege('{1}', 'CREATE') ELSE {2} END",
                    there, schema, may_make));
    if (!is_open) closed.emplace_back(schema);
  }
  if (closed.empty())
    return ok(place, fmt::format("the role {} has the rights that it needs", role));
  return wrong(
      place,
      fmt::format("the role {} may not make and use tables in {}", role, fmt::join(closed, ", ")),
      fmt::format("as the database's administrator: `GRANT USAGE, CREATE ON SCHEMA {} TO {}` "
                  "(where there is none yet: `GRANT CREATE ON DATABASE … TO {}`)",
                  fmt::join(closed, ", "), role, role));
}

Finding of_clock(const Surroundings& node, pqxx::transaction_base& transaction,
                 const std::string& place) {
  const record::Time asked_at = node.clock();
  const auto told = asked<std::int64_t>(
      transaction, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint");
  return judge_clock({asked_at, node.clock(), record::Time(std::chrono::milliseconds(told))},
                     "the central store", place, node.node.clock_tolerance);
}

Findings look_at_server(const Surroundings& node, const settings::PostgresqlLocation& location) {
  const auto parameters =
      postgresql::parameters({location.connection, location.password_file, store_patience});
  if (!parameters) {
    return {wrong(parameters.error().place.empty() ? "store.connection" : parameters.error().place,
                  parameters.error().sentence, "correct `store` in node.yaml")};
  }
  const std::string place = location.connection;
  try {
    pqxx::connection connection(postgresql::conninfo(*parameters));
    pqxx::nontransaction transaction(connection);
    return {of_version(transaction, place), of_form(transaction, place),
            of_role(transaction, place), of_clock(node, transaction, place)};
  } catch (const std::exception& error) {
    std::string sentence = error.what();
    while (!sentence.empty() && sentence.back() == '\n')
      sentence.pop_back();
    return {wrong(place, sentence,
                  "see whether the server runs, and whether host, database, user and password in "
                  "`store` of node.yaml are right")};
  }
}

Findings look_at_store(const Surroundings& node) {
  const auto& store = node.node.store.value();
  if (const auto* sqlite = std::get_if<settings::SqliteLocation>(&store)) {
    return look_at_embedded(node, *sqlite);
  }
  return look_at_server(node, std::get<settings::PostgresqlLocation>(store));
}

Findings look_at_schemas(const Surroundings& node) {
  const auto conflicts = installation::schema_conflicts(*node.all);
  if (!conflicts) {
    return {wrong("schemas",
                  "they were not compared with its tables: " + conflicts.error().sentence, "")};
  }
  Findings findings;
  for (const store::StoreFailure& conflict : *conflicts)
    findings.push_back(wrong(conflict.place, conflict.sentence, "docs/table-schema.md"));
  if (findings.empty()) findings.push_back(ok("schemas", "its tables can follow all of them"));
  return findings;
}

}  // namespace

std::vector<Check> store_checks(const Shared& node) {
  std::vector<Check> checks;
  if (!node->node.store) return checks;
  checks.push_back({.name = "store",
                    .group = store_group,
                    .about = "store",
                    .needs = {},
                    .limit = std::chrono::seconds(30),
                    .look = [node] { return look_at_store(*node); }});
  if (node->all) {
    checks.push_back({.name = "schemas",
                      .group = store_group,
                      .about = "schemas",
                      .needs = {"configuration", "store", "state-versions"},
                      .limit = std::chrono::seconds(60),
                      .look = [node] { return look_at_schemas(*node); }});
  }
  return checks;
}

}  // namespace sluice::doctor
