#include "postgresql/pqxx_connection.h"

#include <fmt/format.h>

#include "postgresql/locks.h"
#include "postgresql/sqlstate.h"
#include "record/try.h"

namespace sluice::postgresql {
namespace {

constexpr const char* place = "central store";
constexpr const char* statement_timeout = "'30s'";

// libpqxx connects anew by itself where a connection is found lost at the beginning of a
// transaction, and sets these again. What is done here are a few rows: what takes longer hangs.
constexpr std::pair<const char*, const char*> session_settings[] = {
    {"search_path", "pg_catalog"},
    {"timezone", "'UTC'"},
    {"standard_conforming_strings", "on"},
    {"statement_timeout", statement_timeout},
    {"lock_timeout", "'10s'"},
    {"idle_in_transaction_session_timeout", "'1min'"},
};

ConnectionFailure unavailable(std::string sentence) {
  return {ConnectionProblem::unavailable, place, std::move(sentence)};
}

// The first line, without "ERROR:  ": what follows may quote values.
std::string primary_message(std::string_view message) {
  message = message.substr(0, message.find('\n'));
  constexpr std::string_view prefix = "ERROR:  ";
  if (message.starts_with(prefix)) message.remove_prefix(prefix.size());
  return std::string(message);
}

ConnectionFailure failure_of(const pqxx::sql_error& error, const std::string& state) {
  const std::string said =
      blames_values(state) ? "the values do not fit" : primary_message(error.what());
  return {may_pass(state) ? ConnectionProblem::unavailable : ConnectionProblem::failed, place,
          fmt::format("PostgreSQL: {} (SQLSTATE {})", said, state)};
}

}  // namespace

// libpqxx puts what is called the isolation at the end of its first message.
Note::Note(pqxx::connection_base& connection)
    : namedclass("transaction", "note"),
      basic_transaction(connection, "READ COMMITTED; SET LOCAL synchronous_commit TO off",
                        pqxx::read_write) {
  Begin();
}

ConnectionResult<void> PqxxConnection::connect() {
  if (opened_) return {};
  const auto parameters = postgresql::parameters(access_);
  if (!parameters) {
    const auto& error = parameters.error();
    return std::unexpected(ConnectionFailure{
        ConnectionProblem::unavailable, error.place.empty() ? place : error.place, error.sentence});
  }
  format_ = 0;
  opened_.emplace(conninfo(*parameters));
  for (const auto& [name, value] : session_settings)
    opened_->pqxx.set_variable(name, value);
  // A commit that the server does not wait for would let what was said to be done be undone.
  if (opened_->pqxx.get_variable("synchronous_commit") == "off") {
    opened_->pqxx.set_variable("synchronous_commit", "on");
  }
  return {};
}

ConnectionFailure PqxxConnection::failure_of_exception() const {
  try {
    throw;
  } catch (const pqxx::in_doubt_error&) {
    return unavailable("the connection was lost while it was done: look whether it was");
  } catch (const pqxx::broken_connection& error) {
    return unavailable("no connection to the central store: " + primary_message(error.what()));
  } catch (const pqxx::insufficient_privilege& error) {
    return failure_of(error, "42501");  // libpqxx forgets the code of this one
  } catch (const pqxx::sql_error& error) {
    return failure_of(error, error.sqlstate());
  } catch (const pqxx::transaction_rollback&) {
    return unavailable("PostgreSQL gave it up for the sake of others: try again");
  } catch (const pqxx::conversion_error&) {
    return {
        ConnectionProblem::failed, place,
        fmt::format("a table of {} in the schema sluice holds what is not ours", tables_.matter)};
  }
}

const std::string& PqxxConnection::planned(const std::string& sql) {
  const auto [known, is_new] =
      opened_->planned.try_emplace(sql, fmt::format("planned_{}", opened_->planned.size()));
  // It is sent when it is run first, and again on a connection that libpqxx has made anew.
  if (is_new) opened_->pqxx.prepare(known->second, sql);
  return known->second;
}

void PqxxConnection::run_planned(pqxx::transaction_base& transaction,
                                 std::span<const PlannedCall> calls) {
  if (calls.size() == 1) {
    transaction.exec_prepared(planned(calls.front().sql),
                              pqxx::prepare::make_dynamic_params(calls.front().values));
    return;
  }
  // Parameters go with one statement a message; literals with any number.
  std::string message;
  for (const PlannedCall& call : calls) {
    const std::string& name = planned(call.sql);
    opened_->pqxx.prepare_now(name);
    message += "EXECUTE " + name;
    char separator = '(';
    for (const char* const value : call.values) {
      message += separator;
      message += value == nullptr ? "NULL" : transaction.quote(value);
      separator = ',';
    }
    message += call.values.empty() ? ";" : ");";
  }
  if (!message.empty()) transaction.exec(message);
}

ConnectionResult<bool> PqxxConnection::has(int format, pqxx::transaction_base& transaction) {
  if (format_ >= format) return true;
  const auto there = transaction.exec_params(
      "SELECT 1 FROM pg_class WHERE relname = $1 AND relnamespace = "
      "(SELECT oid FROM pg_namespace WHERE nspname = 'sluice')",
      tables_.format_table);
  if (there.empty()) return false;
  const auto version =
      transaction.exec(fmt::format("SELECT version FROM sluice.{}", tables_.format_table));
  const int found = version.size() == 1 ? version[0][0].as<int>() : 0;
  if (found < 1 || found > tables_.newest_format) {
    return std::unexpected(ConnectionFailure{
        ConnectionProblem::failed, place,
        fmt::format("the tables of {} in schema sluice are of format {}, this version knows format "
                    "{}; run the version that made them",
                    tables_.matter, found, tables_.newest_format)});
  }
  format_ = found;
  return format_ >= format;
}

ConnectionResult<void> PqxxConnection::bring_to(int format, pqxx::work& transaction) {
  if (SLUICE_TRY(has(format, transaction))) return {};
  // Another process may make them, or those of the central store, at the same moment.
  transaction.exec(fmt::format("SELECT pg_advisory_xact_lock({})", lock_keys(Lock::tables)));
  if (SLUICE_TRY(has(format, transaction))) return {};
  if (transaction.exec("SELECT 1 FROM pg_namespace WHERE nspname = 'sluice'").empty()) {
    transaction.exec("CREATE SCHEMA sluice");
  }
  // What brings a large table up takes longer than a few rows do.
  transaction.exec("SET LOCAL statement_timeout = 0");
  transaction.exec(tables_.ddl);
  transaction.exec(fmt::format("SET LOCAL statement_timeout = {}", statement_timeout));
  return {};
}

}  // namespace sluice::postgresql
