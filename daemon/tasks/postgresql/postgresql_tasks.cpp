#include "tasks/postgresql/postgresql_tasks.h"

#include <deque>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "postgresql/locks.h"
#include "postgresql/pqxx_connection.h"
#include "record/recast.h"
#include "record/try.h"
#include "tasks/format.h"
#include "tasks/postgresql/ddl.h"

namespace sluice::tasks {
namespace {

const Dialect& postgresql_dialect() {
  static constexpr Dialect dialect = {
      .tables = "sluice.",
      .value = [](int n) { return fmt::format("${}", n); },
      .time = [](int n) { return fmt::format("to_timestamp(${}::bigint / 1000.0)", n); },
      .milliseconds =
          [](std::string_view expression) {
            return fmt::format("round(extract(epoch FROM {}) * 1000)::bigint", expression);
          },
      .lock = "FOR UPDATE",
      .lock_what_nobody_has = "FOR UPDATE SKIP LOCKED",
      .hand_over_alone =
          [] {
            return fmt::format("SELECT pg_advisory_xact_lock({})",
                               postgresql::lock_keys(postgresql::Lock::deliveries));
          },
  };
  return dialect;
}

TaskFailure ours(const postgresql::ConnectionFailure& failure) {
  const bool may_pass = failure.code == postgresql::ConnectionProblem::unavailable;
  return {may_pass ? TaskProblem::unavailable : TaskProblem::failed, failure.place,
          failure.sentence};
}

class PostgresqlStatements final : public Statements {
 public:
  PostgresqlStatements(postgresql::PqxxConnection& connection, pqxx::transaction_base& transaction)
      : connection_(connection), transaction_(transaction) {}

  Result<std::vector<Row>> run(const Query& query) override;
  Result<void> run_all(std::span<const Query> queries) override;
  [[nodiscard]] const Dialect& dialect() const override { return postgresql_dialect(); }

 private:
  postgresql::PqxxConnection& connection_;
  pqxx::transaction_base& transaction_;
};

// A query's values as libpqxx takes them, which has a null pointer for NULL. Not to be moved.
class BoundValues {
 public:
  explicit BoundValues(const std::vector<Cell>& cells) : numbers_(cells.size()) {
    for (const Cell& cell : cells) {
      if (const auto* number = std::get_if<std::int64_t>(&cell)) {
        numbers_[values_.size()] = std::to_string(*number);
        values_.push_back(numbers_[values_.size()].c_str());
      } else if (const auto* text = std::get_if<std::string>(&cell)) {
        values_.push_back(text->c_str());
      } else {
        values_.push_back(nullptr);
      }
    }
  }
  BoundValues(const BoundValues&) = delete;
  BoundValues& operator=(const BoundValues&) = delete;
  [[nodiscard]] const std::vector<const char*>& values() const { return values_; }

 private:
  std::vector<std::string> numbers_;
  std::vector<const char*> values_;
};

Result<void> PostgresqlStatements::run_all(std::span<const Query> queries) {
  std::deque<BoundValues> bound;  // which stay where they are
  std::vector<postgresql::PlannedCall> calls;
  for (const Query& query : queries)
    calls.push_back({query.sql, bound.emplace_back(query.values).values()});
  connection_.run_planned(transaction_, calls);
  return {};
}

Result<std::vector<Row>> PostgresqlStatements::run(const Query& query) {
  const BoundValues bound(query.values);
  std::vector<Row> rows;
  for (const pqxx::row& answer : connection_.run_planned(
           transaction_, query.sql, pqxx::prepare::make_dynamic_params(bound.values()))) {
    Row& row = rows.emplace_back();
    pqxx::row::size_type column = 0;
    for (const ColumnKind kind : query.answer) {
      const pqxx::field field = answer[column++];
      if (field.is_null()) {
        row.emplace_back();
      } else if (kind == ColumnKind::text) {
        row.emplace_back(field.as<std::string>());
      } else {
        row.emplace_back(field.as<std::int64_t>());
      }
    }
  }
  return rows;
}

class PostgresqlTaskDatabase final : public TaskDatabase {
 public:
  explicit PostgresqlTaskDatabase(postgresql::Access access)
      : connection_(std::move(access), {.matter = "tasks",
                                        .format_table = "tasks_format",
                                        .newest_format = newest_format,
                                        .ddl = tasks_ddl}) {}

  Result<bool> transact(Purpose purpose, const Work& work) override {
    if (purpose != Purpose::make) SLUICE_TRY(bring_up());
    const auto on_rows = [&](pqxx::transaction_base& transaction) {
      return run(transaction, work);
    };
    if (purpose == Purpose::glance) return connection_.glance(on_rows, ours);
    if (purpose == Purpose::look) return connection_.look(on_rows, ours);
    if (purpose == Purpose::note) return connection_.note(on_rows, ours);
    const auto in_transaction = [&](pqxx::work& transaction) -> Result<bool> {
      if (purpose == Purpose::make) {
        SLUICE_TRY(record::recast(connection_.bring_to(newest_format, transaction), ours));
      }
      return run(transaction, work);
    };
    return connection_.transact(in_transaction, ours);
  }

 private:
  // Tables of an earlier format, in a transaction of its own: one that looks may not.
  Result<void> bring_up();
  // Whether the tables are there.
  Result<bool> run(pqxx::transaction_base& transaction, const Work& work);

  postgresql::PqxxConnection connection_;
  bool is_newest_ = false;  // as last seen: it only grows
};

Result<void> PostgresqlTaskDatabase::bring_up() {
  if (is_newest_) return {};
  const auto in_transaction = [&](pqxx::work& transaction) -> Result<bool> {
    if (SLUICE_TRY(record::recast(connection_.has(newest_format, transaction), ours))) return true;
    if (!SLUICE_TRY(record::recast(connection_.has(first_format, transaction), ours))) return false;
    SLUICE_TRY(record::recast(connection_.bring_to(newest_format, transaction), ours));
    return true;
  };
  is_newest_ = SLUICE_TRY(connection_.transact(in_transaction, ours));
  return {};
}

Result<bool> PostgresqlTaskDatabase::run(pqxx::transaction_base& transaction, const Work& work) {
  if (!SLUICE_TRY(record::recast(connection_.has(newest_format, transaction), ours))) return false;
  PostgresqlStatements statements(connection_, transaction);
  SLUICE_TRY(work(statements));
  return true;
}

}  // namespace

Result<std::unique_ptr<Tasks>> open_postgresql(postgresql::Access access) {
  if (auto understood = postgresql::check(access); !understood) {
    return std::unexpected(
        TaskFailure{TaskProblem::failed, "central store", understood.error().sentence});
  }
  return std::make_unique<Tasks>(std::make_unique<PostgresqlTaskDatabase>(std::move(access)));
}

}  // namespace sluice::tasks
