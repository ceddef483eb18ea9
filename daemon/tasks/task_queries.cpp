#include "tasks/task_queries.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tasks/figures.h"
#include "tasks/task_columns.h"

namespace sluice::tasks {
namespace {

// As the partial indices of schemas/tasks.*.sql say it, word for word: else they are not used.
constexpr std::string_view is_workable_in_sql = "state IN ('open', 'keyed', 'differs')";

// Of an outgoing task that nobody has answered: the next one of the same record waits for it.
constexpr std::string_view is_unanswered_in_sql = "state IN ('open', 'returned')";

// How a turn's query names the state and the priority. What an account holds or is kept for it are
// few, and found by an index of theirs; the planner is kept from those that begin with the state or
// have the queue's order, which it would take.
struct Seek {
  std::string_view state;
  std::string_view priority;
};
Seek seek_of(Turn turn) {
  if (turn == Turn::free) return {"state", "priority"};
  return {"coalesce(state, '')", "priority + 0"};
}

std::int64_t milliseconds(record::Time time) {
  return time.time_since_epoch().count();
}

// A query that is put together: each value gets the next number.
class Building {
 public:
  explicit Building(const Dialect& dialect) : dialect_(dialect) {}
  std::string value(Cell cell) {
    values_.push_back(std::move(cell));
    return dialect_.value(static_cast<int>(values_.size()));
  }
  std::string time(record::Time time) {
    values_.emplace_back(milliseconds(time));
    return dialect_.time(static_cast<int>(values_.size()));
  }
  [[nodiscard]] Query query(std::string sql, std::vector<ColumnKind> answer) && {
    return {std::move(sql), std::move(values_), std::move(answer)};
  }

 private:
  const Dialect& dialect_;
  Row values_;
};

std::string condition(Turn turn, const std::string& account, Building& building, record::Time now) {
  if (turn == Turn::held) return "holder = " + account;
  const std::string nobody_holds_it =
      fmt::format("(holder IS NULL OR held_until <= {})", building.time(now));
  if (turn == Turn::kept) return fmt::format("kept_for = {} AND {}", account, nobody_holds_it);
  if (turn == Turn::handed_back) {
    return fmt::format("kept_for IS NULL AND handed_back_by = {} AND {}", account, nobody_holds_it);
  }
  return fmt::format("{} AND kept_for IS NULL AND coalesce(handed_back_by, '') <> {} AND {}",
                     is_workable_in_sql, account, nobody_holds_it);
}

std::string quoted(const std::set<TaskState>& states) {
  std::vector<std::string> names;
  for (const TaskState state : states)
    names.push_back(fmt::format("'{}'", to_string(state)));
  return fmt::format("{}", fmt::join(names, ", "));
}

// What happened since then and is somebody's, by the column that names the person.
std::string happened_in_sql(std::string_view person, const Counted& counted, Building& building) {
  const std::string bureau = building.value(counted.bureau.str());
  const std::string since = building.time(counted.since);
  const std::string whose =
      counted.account ? "= " + building.value(counted.account->str()) : "IS NOT NULL";
  return fmt::format("bureau = {} AND happened_at >= {} AND {} {}", bureau, since, person, whose);
}

}  // namespace

Query next_query(const Wish& wish, Turn turn, record::Time now, const Dialect& dialect) {
  Building building(dialect);
  const std::string bureau = building.value(wish.bureau.str());
  const std::string account = building.value(wish.account.str());
  std::vector<std::string> datasets;
  for (const record::DatasetId& dataset : wish.datasets)
    datasets.push_back(building.value(dataset.str()));
  const Seek seek = seek_of(turn);
  const std::string sql = fmt::format(
      R"sql(
    SELECT {}
    FROM {}task
    WHERE bureau = {} AND {} IN ({}) {}
      AND {}
      AND coalesce(first_by, '') <> {} AND coalesce(second_by, '') <> {}
      AND (record_key IS NULL OR NOT EXISTS (
        SELECT 1 FROM {}task AS earlier
        WHERE earlier.bureau = task.bureau AND earlier.record_key = task.record_key
          AND earlier.id < task.id AND earlier.{}))
    ORDER BY {} DESC, (due_at IS NULL), due_at, id
    LIMIT 1 {})sql",
      selected(task_columns, dialect), dialect.tables, bureau, seek.state, quoted(wish.states),
      datasets.empty() ? "" : fmt::format("AND dataset IN ({})", fmt::join(datasets, ", ")),
      condition(turn, account, building, now), account, account, dialect.tables,
      is_unanswered_in_sql, seek.priority,
      turn == Turn::held ? dialect.lock : dialect.lock_what_nobody_has);
  return std::move(building).query(sql, kinds(task_columns));
}

Query predecessor_query(const Task& task, const Dialect& dialect) {
  Building building(dialect);
  const std::string bureau = building.value(task.asked.bureau.str());
  const std::string key = building.value(task.asked.outgoing->record_key);
  const std::string id = building.value(static_cast<std::int64_t>(task.id.value));
  return std::move(building).query(
      fmt::format("SELECT id FROM {}task WHERE bureau = {} AND record_key = {} AND id < {} AND {} "
                  "ORDER BY id LIMIT 1",
                  dialect.tables, bureau, key, id, is_unanswered_in_sql),
      {ColumnKind::number});
}

Query last_keyed_query(const record::BureauId& bureau, const record::DatasetId& dataset,
                       const AccountName& account, const Dialect& dialect) {
  Building building(dialect);
  const std::string of = building.value(bureau.str());
  const std::string kind = building.value(dataset.str());
  const std::string by = building.value(account.str());
  return std::move(building).query(fmt::format(R"sql(
    SELECT keyed
    FROM {0}task JOIN {0}task_text ON task_text.task = task.id AND task_text.part = 'first'
    WHERE task.bureau = {1} AND task.dataset = {2} AND task.first_by = {3}
    ORDER BY task.first_at DESC, task.id DESC
    LIMIT 1)sql",
                                               dialect.tables, of, kind, by),
                                   {ColumnKind::text});
}

Query list_query(const TaskFilter& filter, const std::optional<TaskPlace>& place, std::size_t count,
                 record::Time now, ListSide side, const Dialect& dialect) {
  Building building(dialect);
  std::string conditions = "bureau = " + building.value(filter.bureau.str());
  const bool is_downward = is_newest_first(filter) != (side == ListSide::before);
  const std::string_view onward = is_downward ? "<" : ">";
  const std::string_view direction = is_downward ? "DESC" : "ASC";
  const std::int64_t id = place ? static_cast<std::int64_t>(place->id.value) : 0;
  std::string order = fmt::format("id {}", direction);
  if (filter.kind == ListKind::overdue) {
    conditions += fmt::format(" AND {} AND due_at < {}", is_workable_in_sql, building.time(now));
    if (place) {
      const std::string due = building.time(place->due);
      conditions += fmt::format(" AND (due_at, id) {} ({}, {})", onward, due, building.value(id));
    }
    order = fmt::format("due_at {}, {}", direction, order);
  } else {
    conditions += filter.kind == ListKind::held_by
                      ? " AND holder = " + building.value(filter.holder.str())
                      : fmt::format(" AND state = '{}'", to_string(filter.state));
    if (!filter.not_held_by.str().empty()) {
      conditions += " AND coalesce(holder, '') <> " + building.value(filter.not_held_by.str());
    }
    if (place) conditions += fmt::format(" AND id {} {}", onward, building.value(id));
  }
  const std::string limit = building.value(static_cast<std::int64_t>(count));
  return std::move(building).query(
      fmt::format("SELECT {} FROM {}task WHERE {} ORDER BY {} LIMIT {}",
                  selected(task_columns, dialect), dialect.tables, conditions, order, limit),
      kinds(task_columns));
}

Query depth_query(const record::BureauId& bureau, record::Time now, const Dialect& dialect) {
  Building building(dialect);
  const std::string overdue = building.time(now);
  const std::string of = building.value(bureau.str());
  return std::move(building).query(
      fmt::format(
          R"sql(
    SELECT state, count(*), sum(CASE WHEN {} AND due_at < {} THEN 1 ELSE 0 END), {}
    FROM {}task
    WHERE bureau = {} AND state IN ('open', 'keyed', 'differs', 'ready', 'returned')
    GROUP BY state)sql",
          is_workable_in_sql, overdue, dialect.milliseconds("min(created_at)"), dialect.tables, of),
      {ColumnKind::text, ColumnKind::number, ColumnKind::number, ColumnKind::time});
}

Query waiting_query(const record::BureauId& bureau, const Dialect& dialect) {
  Building building(dialect);
  const std::string of = building.value(bureau.str());
  return std::move(building).query(
      fmt::format("SELECT state, count(*) FROM {}task WHERE bureau = {} AND {} GROUP BY state",
                  dialect.tables, of, is_workable_in_sql),
      {ColumnKind::text, ColumnKind::number});
}

Query holds_query(const record::BureauId& bureau, record::Time now, const Dialect& dialect) {
  Building building(dialect);
  const std::string of = building.value(bureau.str());
  const std::string time = building.time(now);
  return std::move(building).query(fmt::format(
                                       R"sql(
    SELECT holder, count(*)
    FROM {}task
    WHERE bureau = {} AND holder IS NOT NULL AND held_until > {}
    GROUP BY holder)sql",
                                       dialect.tables, of, time),
                                   {ColumnKind::text, ColumnKind::number});
}

Query work_query(const Counted& counted, const Dialect& dialect) {
  Building building(dialect);
  const std::string pause =
      building.value(std::chrono::duration_cast<std::chrono::milliseconds>(longest_pause).count());
  const std::string happened = happened_in_sql("who", counted, building);
  return std::move(building).query(
      fmt::format(R"sql(
    SELECT who, what, count(*), CAST(sum(CASE WHEN gap <= {} THEN gap ELSE 0 END) AS bigint)
    FROM (
      SELECT who, what, at - lag(at) OVER (PARTITION BY who ORDER BY at) AS gap
      FROM (
        SELECT who, what, {} AS at
        FROM {}task_history
        WHERE {}
          AND what IN ('claimed', 'keyed', 'entered', 'agreed', 'differed', 'settled', 'sent_back',
                       'handed_back', 'returned', 'confirmed', 'declined')) AS happened) AS gaps
    GROUP BY who, what)sql",
                  pause, dialect.milliseconds("happened_at"), dialect.tables, happened),
      {ColumnKind::text, ColumnKind::text, ColumnKind::number, ColumnKind::number});
}

Query checks_query(const Counted& counted, const Dialect& dialect) {
  Building building(dialect);
  const std::string happened = happened_in_sql("checked", counted, building);
  return std::move(building).query(fmt::format(
                                       R"sql(
    SELECT checked, CAST(sum(fields) AS bigint), CAST(sum(differences) AS bigint)
    FROM {}task_history
    WHERE {}
    GROUP BY checked)sql",
                                       dialect.tables, happened),
                                   {ColumnKind::text, ColumnKind::number, ColumnKind::number});
}

Query done_query(const record::BureauId& bureau, record::Time now, const Dialect& dialect) {
  Building building(dialect);
  const std::string of = building.value(bureau.str());
  const std::string until = building.time(now);
  const std::string from = building.time(now - std::chrono::hours(hours_of_figures));
  const std::string now_number = building.value(milliseconds(now));
  return std::move(building).query(
      fmt::format(R"sql(
    SELECT ({} - {}) / 3600000, count(*)
    FROM {}task_history
    WHERE bureau = {} AND happened_at > {} AND happened_at <= {} AND what IN ('journaled', 'confirmed')
    GROUP BY 1)sql",
                  now_number, dialect.milliseconds("happened_at"), dialect.tables, of, from, until),
      {ColumnKind::number, ColumnKind::number});
}

}  // namespace sluice::tasks
