#include "tasks/task_rows.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/try.h"
#include "tasks/task_columns.h"

namespace sluice::tasks {
namespace {

// What waits to be written takes memory: of each there may be a megabyte.
constexpr std::size_t most_unwritten = 16;

std::string value_of_column(const Column& column, int n, const Dialect& dialect) {
  return column.kind == ColumnKind::time ? dialect.time(n) : dialect.value(n);
}

// INSERT of a row of these columns, whose first one's value is the first.
std::string insertion(std::string_view table, std::span<const Column> columns,
                      const Dialect& dialect) {
  std::vector<std::string_view> names;
  std::vector<std::string> values;
  for (const Column& column : columns) {
    names.push_back(column.name);
    values.push_back(value_of_column(column, static_cast<int>(names.size()), dialect));
  }
  return fmt::format("INSERT INTO {}{} ({}) VALUES ({})", dialect.tables, table,
                     fmt::join(names, ", "), fmt::join(values, ", "));
}

// The same as std::int64_t, which cells hold.
std::int64_t number_of(TaskId id) {
  return static_cast<std::int64_t>(id.value);
}
std::int64_t milliseconds_of(record::Time time) {
  return time.time_since_epoch().count();
}

// Of answers whose columns are never NULL.
std::string text_of(const Row& row, std::size_t column) {
  return std::get<std::string>(row.at(column));
}
std::uint64_t count_of(const Row& row, std::size_t column) {
  return static_cast<std::uint64_t>(std::get<std::int64_t>(row.at(column)));
}
record::Time time_of(const Row& row, std::size_t column) {
  return record::Time(std::chrono::milliseconds(std::get<std::int64_t>(row.at(column))));
}

}  // namespace

Result<void> TaskRows::execute(std::string sql, std::vector<Cell> values) {
  unwritten_.push_back({std::move(sql), std::move(values), {}});
  return unwritten_.size() < most_unwritten ? Result<void>() : flush();
}

Result<void> TaskRows::flush() {
  if (unwritten_.empty()) return {};
  return statements_.run_all(std::exchange(unwritten_, {}));
}

Result<std::vector<Row>> TaskRows::ask(const Query& query) {
  SLUICE_TRY(flush());
  return statements_.run(query);
}

Result<std::optional<Task>> TaskRows::one(const Query& query) {
  const auto rows = SLUICE_TRY(ask(query));
  if (rows.empty()) return std::nullopt;
  return SLUICE_TRY(task_of(rows.front()));
}

Result<std::optional<TaskId>> TaskRows::insert(const Task& task) {
  const auto columns = std::span(task_columns).subspan(1);
  Row values = cells_of(task);
  values.erase(values.begin());
  const auto rows = SLUICE_TRY(ask({insertion("task", columns, statements_.dialect()) +
                                        " ON CONFLICT (entry_id) DO NOTHING RETURNING id",
                                    std::move(values),
                                    {ColumnKind::number}}));
  if (rows.empty()) return std::nullopt;
  return TaskId{count_of(rows.front(), 0)};
}

Result<std::optional<Task>> TaskRows::find_entry(const EntryId& entry) {
  const Dialect& dialect = statements_.dialect();
  return one({fmt::format("SELECT {} FROM {}task WHERE entry_id = {}",
                          selected(task_columns, dialect), dialect.tables, dialect.value(1)),
              {entry.str()},
              kinds(task_columns)});
}

Result<std::optional<TaskRows::FoundTask>> TaskRows::find(TaskId id, const AccountName& reader) {
  const Dialect& dialect = statements_.dialect();
  std::vector<ColumnKind> answer = kinds(task_columns);
  const std::size_t part = answer.size();  // and behind it the others
  answer.insert(answer.end(), {ColumnKind::text, ColumnKind::text, ColumnKind::time,
                               ColumnKind::text, ColumnKind::text});
  const auto rows =
      SLUICE_TRY(ask({fmt::format(R"sql(
    SELECT {}, part, author, {}, keyed,
      coalesce((SELECT agreement FROM {}task_delivery WHERE name = task.delivery), '')
    FROM {}task LEFT JOIN {}task_text
      ON task_text.task = task.id AND (part <> 'draft' OR author = {})
    WHERE id = {})sql",
                                  selected(task_columns, dialect), dialect.milliseconds("saved_at"),
                                  dialect.tables, dialect.tables, dialect.tables, dialect.value(2),
                                  dialect.value(1)),
                      {number_of(id), reader.str()},
                      std::move(answer)}));
  if (rows.empty()) return std::nullopt;
  FoundTask found{.task = SLUICE_TRY(task_of(rows.front())),
                  .texts = {},
                  .agreement = text_of(rows.front(), part + 4)};
  for (const Row& row : rows) {
    if (row.at(part).index() == 0) continue;  // it has no text
    const auto known = parse_part(text_of(row, part));
    if (!known) {
      return std::unexpected(TaskFailure{
          TaskProblem::failed, fmt::format("task {}", id.value),
          "it has a text that this version does not know: run the version that wrote it"});
    }
    found.texts.push_back({.text = {.part = *known,
                                    .author = AccountName(text_of(row, part + 1)),
                                    .values = text_of(row, part + 3)},
                           .saved = time_of(row, part + 2)});
  }
  return found;
}

Result<std::optional<Task>> TaskRows::lock(TaskId id) {
  const Dialect& dialect = statements_.dialect();
  return one({fmt::format("SELECT {} FROM {}task WHERE id = {} {}", selected(task_columns, dialect),
                          dialect.tables, dialect.value(1), dialect.lock),
              {number_of(id)},
              kinds(task_columns)});
}

Result<std::optional<Task>> TaskRows::lock_next(const Wish& wish, Turn turn, record::Time now) {
  if (wish.states.empty()) return std::nullopt;
  return one(next_query(wish, turn, now, statements_.dialect()));
}

Result<std::optional<TaskId>> TaskRows::predecessor(const Task& task) {
  const auto rows = SLUICE_TRY(ask(predecessor_query(task, statements_.dialect())));
  if (rows.empty()) return std::nullopt;
  return TaskId{count_of(rows.front(), 0)};
}

Result<std::optional<std::string>> TaskRows::last_keyed(const record::BureauId& bureau,
                                                        const record::DatasetId& dataset,
                                                        const AccountName& account) {
  const auto rows =
      SLUICE_TRY(ask(last_keyed_query(bureau, dataset, account, statements_.dialect())));
  if (rows.empty()) return std::nullopt;
  return text_of(rows.front(), 0);
}

Result<void> TaskRows::hand_over_alone() {
  const std::string sql = statements_.dialect().hand_over_alone();
  if (sql.empty()) return {};
  return execute(sql, {});
}

Result<void> TaskRows::insert(const NewDelivery& delivery, record::Time now) {
  const Dialect& dialect = statements_.dialect();
  return execute(fmt::format("INSERT INTO {}task_delivery "
                             "(name, agreement, bureau, dataset, content, handed_over_at) "
                             "VALUES ({}, {}, {}, {}, {}, {})",
                             dialect.tables, dialect.value(1), dialect.value(2), dialect.value(3),
                             dialect.value(4), dialect.value(5), dialect.time(6)),
                 {delivery.name, delivery.agreement, delivery.bureau.str(), delivery.dataset.str(),
                  delivery.content, milliseconds_of(now)});
}

Result<std::optional<TaskRows::KnownDelivery>> TaskRows::find(const std::string& delivery) {
  const Dialect& dialect = statements_.dialect();
  const auto rows =
      SLUICE_TRY(ask({fmt::format("SELECT agreement, content FROM {}task_delivery WHERE name = {}",
                                  dialect.tables, dialect.value(1)),
                      {delivery},
                      {ColumnKind::text, ColumnKind::text}}));
  if (rows.empty()) return std::nullopt;
  return KnownDelivery{.agreement = text_of(rows.front(), 0), .content = text_of(rows.front(), 1)};
}

Result<std::vector<Task>> TaskRows::delivered(const std::string& delivery, Reading reading) {
  const Dialect& dialect = statements_.dialect();
  const auto rows = SLUICE_TRY(
      ask({fmt::format("SELECT {} FROM {}task WHERE delivery = {} ORDER BY delivery_row {}",
                       selected(task_columns, dialect), dialect.tables, dialect.value(1),
                       reading == Reading::for_change ? dialect.lock : ""),
           {delivery},
           kinds(task_columns)}));
  std::vector<Task> tasks;
  for (const Row& row : rows)
    tasks.push_back(SLUICE_TRY(task_of(row)));
  return tasks;
}

Result<std::vector<Task>> TaskRows::list(const TaskFilter& filter,
                                         const std::optional<TaskPlace>& place, std::size_t count,
                                         record::Time now, ListSide side) {
  const auto rows =
      SLUICE_TRY(ask(list_query(filter, place, count, now, side, statements_.dialect())));
  std::vector<Task> tasks;
  for (const Row& row : rows)
    tasks.push_back(SLUICE_TRY(task_of(row)));
  if (side == ListSide::before) std::ranges::reverse(tasks);
  return tasks;
}

Result<Figures> TaskRows::figures(const Counted& counted, record::Time now) {
  const Dialect& dialect = statements_.dialect();
  const record::BureauId& bureau = counted.bureau;
  Figures figures;
  for (const Row& row : SLUICE_TRY(ask(depth_query(bureau, now, dialect)))) {
    const auto state = parse_task_state(text_of(row, 0));
    if (!state) continue;  // the query names states of ours
    figures.depth[*state] = {
        .tasks = count_of(row, 1), .overdue = count_of(row, 2), .oldest = time_of(row, 3)};
  }
  for (const Row& row : SLUICE_TRY(ask(holds_query(bureau, now, dialect)))) {
    const AccountName holder(text_of(row, 0));
    if (!counted.account || counted.account == holder) {
      figures.clerks[holder].holds = count_of(row, 1);
    }
  }
  SLUICE_TRY(count_work(counted, figures));
  figures.done_by_hour.resize(hours_of_figures);
  if (counted.account) return figures;
  for (const Row& row : SLUICE_TRY(ask(done_query(bureau, now, dialect)))) {
    const std::uint64_t hours_ago = count_of(row, 0);
    if (hours_ago < hours_of_figures) {
      figures.done_by_hour[hours_of_figures - 1 - hours_ago] = count_of(row, 1);
    }
  }
  return figures;
}

Result<void> TaskRows::count_work(const Counted& counted, Figures& figures) {
  const Dialect& dialect = statements_.dialect();
  for (const Row& row : SLUICE_TRY(ask(work_query(counted, dialect)))) {
    const AccountName who(text_of(row, 0));
    const auto what = parse_happening(text_of(row, 1));
    if (what) count(figures, {who, *what, count_of(row, 2)});
    const std::chrono::milliseconds active(count_of(row, 3));
    if (active.count() > 0) figures.clerks[who].active += active;
  }
  for (const Row& row : SLUICE_TRY(ask(checks_query(counted, dialect)))) {
    ClerkFigures& clerk = figures.clerks[AccountName(text_of(row, 0))];
    clerk.fields_checked = count_of(row, 1);
    clerk.differences = count_of(row, 2);
  }
  return {};
}

Result<std::map<TaskState, std::uint64_t>> TaskRows::waiting(const record::BureauId& bureau) {
  std::map<TaskState, std::uint64_t> waiting;
  for (const Row& row : SLUICE_TRY(ask(waiting_query(bureau, statements_.dialect())))) {
    if (const auto state = parse_task_state(text_of(row, 0))) waiting[*state] = count_of(row, 1);
  }
  return waiting;
}

Result<void> TaskRows::write(const Task& before, const Task& after) {
  const Dialect& dialect = statements_.dialect();
  const Row was = cells_of(before);
  Row is = cells_of(after);
  std::vector<Cell> values = {number_of(after.id)};
  std::vector<std::string> assignments;
  for (std::size_t i = 1; i < is.size(); ++i) {
    if (is[i] == was[i]) continue;
    values.push_back(std::move(is[i]));
    assignments.push_back(
        fmt::format("{} = {}", task_columns[i].name,
                    value_of_column(task_columns[i], static_cast<int>(values.size()), dialect)));
  }
  if (assignments.empty()) return {};
  return execute(fmt::format("UPDATE {}task SET {} WHERE id = {}", dialect.tables,
                             fmt::join(assignments, ", "), dialect.value(1)),
                 std::move(values));
}

Result<void> TaskRows::append(const Task& task, const HistoryEntry& entry) {
  return execute(insertion("task_history", history_columns, statements_.dialect()),
                 cells_of(task, entry));
}

Result<std::vector<HistoryEntry>> TaskRows::history(TaskId id, TaskVersion after,
                                                    std::size_t count) {
  const Dialect& dialect = statements_.dialect();
  const auto rows = SLUICE_TRY(ask(
      {fmt::format(
           "SELECT {} FROM {}task_history WHERE task = {} AND version > {} ORDER BY version "
           "LIMIT {}",
           selected(history_columns, dialect), dialect.tables, dialect.value(1), dialect.value(2),
           dialect.value(3)),
       {number_of(id), static_cast<std::int64_t>(after.value), static_cast<std::int64_t>(count)},
       kinds(history_columns)}));
  std::vector<HistoryEntry> entries;
  for (const Row& row : rows)
    entries.push_back(SLUICE_TRY(entry_of(row)));
  return entries;
}

Result<void> TaskRows::remove_drafts(TaskId id) {
  const Dialect& dialect = statements_.dialect();
  return execute(fmt::format("DELETE FROM {}task_text WHERE task = {} AND part = 'draft'",
                             dialect.tables, dialect.value(1)),
                 {number_of(id)});
}

Result<void> TaskRows::make_draft(TaskId id, Part part) {
  const Dialect& dialect = statements_.dialect();
  return execute(fmt::format("UPDATE {}task_text SET part = 'draft' WHERE task = {} AND part = {}",
                             dialect.tables, dialect.value(1), dialect.value(2)),
                 {number_of(id), std::string(to_string(part))});
}

Result<void> TaskRows::keep(TaskId id, const KeptText& text, record::Time now) {
  const Dialect& dialect = statements_.dialect();
  return execute(fmt::format(R"sql(
    INSERT INTO {}task_text (task, part, author, saved_at, keyed) VALUES ({}, {}, {}, {}, {})
    ON CONFLICT (task, part, author)
    DO UPDATE SET saved_at = excluded.saved_at, keyed = excluded.keyed)sql",
                             dialect.tables, dialect.value(1), dialect.value(2), dialect.value(3),
                             dialect.time(4), dialect.value(5)),
                 {number_of(id), std::string(to_string(text.part)), text.author.str(),
                  milliseconds_of(now), text.values});
}

}  // namespace sluice::tasks
