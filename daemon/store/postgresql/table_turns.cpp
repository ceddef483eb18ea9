#include "store/postgresql/table_turns.h"

#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "record/try.h"
#include "store/postgresql/dataset_ddl.h"

namespace sluice::store::postgresql {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

class TableTurns {
 public:
  TableTurns(Connection& connection, const record::DatasetId& dataset, const MigrationTurns& turns)
      : connection_(connection), dataset_(dataset), turns_(turns) {}

  // False: somebody was in the way.
  Result<bool> attempt();
  // Who has the tables open, and did when the attempt began: not who only queued behind it.
  Result<std::vector<TableUser>> in_the_way();

 private:
  [[nodiscard]] std::unexpected<StoreFailure> failed(const ServerError& error) const {
    return std::unexpected(store_failure(error, "dataset " + dataset_.str()));
  }
  Connection& connection_;
  const record::DatasetId& dataset_;
  const MigrationTurns& turns_;
  std::string began_;  // the attempt, by the server's clock
};

// The time limit is this attempt's alone, and of both tables together: behind it that of the
// session is put back.
Result<bool> TableTurns::attempt() {
  const auto before =
      connection_.execute("SELECT current_setting('lock_timeout'), clock_timestamp()");
  if (!before) return failed(before.error());
  began_ = before->text(0, 1);
  const auto taken = connection_.execute(
      fmt::format("SAVEPOINT sluice_turn; SET LOCAL lock_timeout = '{}ms'; "
                  "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE; "
                  "SELECT set_config('lock_timeout', greatest(1, {} - 1000 * extract(epoch FROM "
                  "clock_timestamp() - '{}'::timestamptz))::int || 'ms', true); "
                  "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE; RELEASE SAVEPOINT sluice_turn; "
                  "SET LOCAL lock_timeout = '{}'",
                  turns_.attempt.count(), current_table(dataset_), turns_.attempt.count(), began_,
                  history_table(dataset_), before->text(0, 0)));
  if (taken) return true;
  if (!taken.error().is_lock_timeout() && !taken.error().is_deadlock()) {
    return failed(taken.error());
  }
  const auto back = connection_.execute("ROLLBACK TO SAVEPOINT sluice_turn; RELEASE sluice_turn");
  if (!back) return failed(back.error());
  return false;
}

// What is of other users the server may not tell: then their transaction may have begun at any
// time. A prepared transaction has no process.
Result<std::vector<TableUser>> TableTurns::in_the_way() {
  // Else sessions are told as they were when this transaction first looked.
  const auto anew = connection_.execute("SELECT pg_stat_clear_snapshot()");
  if (!anew) return failed(anew.error());
  const auto found = connection_.query(
      R"sql(
        SELECT coalesce(lock.pid, 0),
          coalesce(nullif(session.application_name, ''),
                   nullif(session.backend_type, 'client backend'), ''),
          coalesce(session.usename, ''),
          (extract(epoch FROM min(session.xact_start)) * 1000)::bigint
        FROM pg_locks lock
        LEFT JOIN pg_stat_activity session ON session.pid = lock.pid
        WHERE lock.locktype = 'relation' AND lock.granted
          AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND lock.relation IN (to_regclass($1), to_regclass($2))
          AND lock.pid IS DISTINCT FROM pg_backend_pid()
          AND coalesce(session.xact_start <= $3::timestamptz, true)
        GROUP BY 1, 2, 3
        ORDER BY 4, 1)sql",
      Parameters().text(current_table(dataset_)).text(history_table(dataset_)).text(began_));
  if (!found) return failed(found.error());
  std::vector<TableUser> users;
  for (int row = 0; row < found->rows(); ++row) {
    TableUser& user = users.emplace_back(TableUser{.process = found->integer(row, 0),
                                                   .program = std::string(found->text(row, 1)),
                                                   .user = std::string(found->text(row, 2)),
                                                   .since = std::nullopt});
    if (!found->is_null(row, 3)) user.since = record::Time(milliseconds(found->integer(row, 3)));
  }
  return users;
}

}  // namespace

Result<void> take_in_turns(Connection& connection, const record::DatasetId& dataset,
                           const MigrationOrder& order) {
  // Who is told may take his time to read it.
  const auto unhurried = connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
  if (!unhurried) {
    return std::unexpected(store_failure(unhurried.error(), "dataset " + dataset.str()));
  }
  const auto began = Clock::now();
  TableTurns turns(connection, dataset, order.turns);
  while (!SLUICE_TRY(turns.attempt())) {
    MigrationWait wait;
    wait.in_the_way = SLUICE_TRY(turns.in_the_way());
    wait.waited = std::chrono::duration_cast<milliseconds>(Clock::now() - began);
    if (!order.patience(wait)) {
      return std::unexpected(StoreFailure{
          StoreProblem::unavailable, "dataset " + dataset.str(),
          "its records were all in the new tables, but others have the old ones open, and it was "
          "not to wait longer for them; nothing was changed: say it again when they are done, or "
          "let it wait (`--wait`)"});
    }
    std::this_thread::sleep_for(order.turns.pause);
  }
  return {};
}

}  // namespace sluice::store::postgresql
