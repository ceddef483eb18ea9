#include "tasks/task_columns.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::tasks {
namespace {

std::string_view name_of(record::Operation operation) {
  return operation == record::Operation::upsert ? "upsert" : "delete";
}

// Cells in the order of a table's columns, one behind the other.
class CellWriter {
 public:
  explicit CellWriter(std::size_t columns) { cells_.reserve(columns); }
  void text(std::string text) { cells_.emplace_back(std::move(text)); }
  void number(std::int64_t number) { cells_.emplace_back(number); }
  void number(std::uint64_t number) { cells_.emplace_back(static_cast<std::int64_t>(number)); }
  void time(record::Time time) { number(std::int64_t{time.time_since_epoch().count()}); }
  void nothing() { cells_.emplace_back(); }
  void name(const std::optional<AccountName>& name) { name ? text(name->str()) : nothing(); }
  void keying(const std::optional<Keying>& keying) {
    keying ? text(keying->by.str()) : nothing();
    keying ? time(keying->at) : nothing();
  }
  void outgoing(const std::optional<Outgoing>& outgoing) {
    outgoing ? text(outgoing->delivery) : nothing();
    outgoing ? number(outgoing->row) : nothing();
    outgoing ? text(outgoing->record_key) : nothing();
    outgoing ? text(std::string(name_of(outgoing->operation))) : nothing();
  }
  [[nodiscard]] Row cells() && { return std::move(cells_); }

 private:
  Row cells_;
};

// The same way back. What a cell has not is empty or 0: the tables' constraints keep it out.
class CellReader {
 public:
  explicit CellReader(const Row& cells) : cells_(cells) {}
  std::string text() {
    const auto* text = std::get_if<std::string>(&next());
    return text != nullptr ? *text : "";
  }
  std::int64_t number() {
    const auto* number = std::get_if<std::int64_t>(&next());
    return number != nullptr ? *number : 0;
  }
  std::uint64_t count() { return static_cast<std::uint64_t>(number()); }
  record::Time time() { return record::Time(std::chrono::milliseconds(number())); }
  // Whether there is something, which is still to be read.
  [[nodiscard]] bool has() const { return cells_[place_].index() != 0; }
  void skip(std::size_t cells) { place_ += cells; }
  std::optional<record::Time> optional_time() {
    if (has()) return time();
    skip(1);
    return std::nullopt;
  }
  std::optional<AccountName> name() {
    if (has()) return AccountName(text());
    skip(1);
    return std::nullopt;
  }
  std::optional<Keying> keying() {
    if (has()) {
      AccountName by(text());
      return Keying{std::move(by), time()};
    }
    skip(2);
    return std::nullopt;
  }
  Outgoing outgoing() {
    Outgoing outgoing{.delivery = text()};
    outgoing.row = count();
    outgoing.record_key = text();
    outgoing.operation = text() == name_of(record::Operation::upsert) ? record::Operation::upsert
                                                                      : record::Operation::remove;
    return outgoing;
  }

 private:
  const Cell& next() { return cells_[place_++]; }

  const Row& cells_;
  std::size_t place_ = 0;
};

std::unexpected<TaskFailure> not_ours(std::int64_t task) {
  return std::unexpected(
      TaskFailure{TaskProblem::failed, fmt::format("task {}", task),
                  "it holds what this version does not know: run the version that wrote it"});
}

}  // namespace

Row cells_of(const Task& task) {
  CellWriter to(task_columns.size());
  to.number(task.id.value);
  to.text(task.entry.str());
  to.text(task.asked.bureau.str());
  to.text(task.asked.dataset.str());
  to.text(task.asked.title);
  to.text(std::string(to_string(task.asked.origin)));
  to.text(task.asked.origin_text);
  to.number(task.asked.priority);
  task.asked.due ? to.time(*task.asked.due) : to.nothing();
  to.time(task.created);
  to.name(task.created_by);
  to.text(std::string(to_string(task.state)));
  to.number(task.version.value);
  to.time(task.changed);
  to.keying(task.claim ? std::optional(Keying{task.claim->holder, task.claim->until})
                       : std::nullopt);
  to.name(task.kept_for);
  to.name(task.handed_back_by);
  to.keying(task.first);
  to.keying(task.second);
  to.keying(task.settled);
  to.text(task.reason);
  task.journaled ? to.number(task.journaled->sequence.value) : to.nothing();
  task.journaled ? to.number(task.journaled->row) : to.nothing();
  to.text(std::string(to_string(kind_of(task))));
  to.outgoing(task.asked.outgoing);
  task.receipt_number.empty() ? to.nothing() : to.text(task.receipt_number);
  to.keying(task.answered);
  return std::move(to).cells();
}

Result<Task> task_of(const Row& cells) {
  CellReader from(cells);
  Task task;
  task.id = {from.count()};
  task.entry = EntryId(from.text());
  task.asked.bureau = record::BureauId(from.text());
  task.asked.dataset = record::DatasetId(from.text());
  task.asked.title = from.text();
  const auto origin = parse_origin(from.text());
  task.asked.origin_text = from.text();
  task.asked.priority = from.number();
  task.asked.due = from.optional_time();
  task.created = from.time();
  task.created_by = from.name();
  const auto state = parse_task_state(from.text());
  if (!origin || !state) return not_ours(static_cast<std::int64_t>(task.id.value));
  task.asked.origin = *origin;
  task.state = *state;
  task.version = {from.count()};
  task.changed = from.time();
  if (const auto claim = from.keying()) task.claim = Claim{claim->by, claim->at};
  task.kept_for = from.name();
  task.handed_back_by = from.name();
  task.first = from.keying();
  task.second = from.keying();
  task.settled = from.keying();
  task.reason = from.text();
  if (from.has()) {
    const record::Sequence sequence{from.count()};
    task.journaled = Journaled{sequence, from.count()};
  } else {
    from.skip(2);
  }
  if (from.text() == to_string(TaskKind::outgoing)) {
    task.asked.outgoing = from.outgoing();
  } else {
    from.skip(4);
  }
  task.receipt_number = from.text();
  task.answered = from.keying();
  return task;
}

Row cells_of(const Task& task, const HistoryEntry& entry) {
  CellWriter to(history_columns.size());
  to.number(task.id.value);
  to.number(entry.version.value);
  to.text(task.asked.bureau.str());
  to.time(entry.at);
  to.name(entry.who);
  to.text(std::string(to_string(entry.what)));
  to.text(entry.note);
  entry.check ? to.text(entry.check->of.str()) : to.nothing();
  entry.check ? to.number(entry.check->fields) : to.nothing();
  entry.check ? to.number(entry.check->differences) : to.nothing();
  return std::move(to).cells();
}

Result<HistoryEntry> entry_of(const Row& cells) {
  CellReader from(cells);
  const std::int64_t task = from.number();
  HistoryEntry entry;
  entry.version = {from.count()};
  from.skip(1);  // the bureau is the task's
  entry.at = from.time();
  entry.who = from.name();
  const auto what = parse_happening(from.text());
  if (!what) return not_ours(task);
  entry.what = *what;
  entry.note = from.text();
  if (const auto of = from.name()) {
    const std::uint64_t fields = from.count();
    entry.check = CheckFigures{*of, fields, from.count()};
  }
  return entry;
}

std::string selected(std::span<const Column> columns, const Dialect& dialect) {
  std::vector<std::string> names;
  for (const Column& column : columns) {
    names.push_back(column.kind == ColumnKind::time ? dialect.milliseconds(column.name)
                                                    : std::string(column.name));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::vector<ColumnKind> kinds(std::span<const Column> columns) {
  std::vector<ColumnKind> kinds;
  for (const Column& column : columns)
    kinds.push_back(column.kind);
  return kinds;
}

}  // namespace sluice::tasks
