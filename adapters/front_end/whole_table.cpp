#include "adapters/front_end/whole_table.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "adapters/front_end/capture_run.h"
#include "adapters/front_end/keyless_rows.h"
#include "adapters/front_end/operation_code.h"
#include "adapters/front_end/ordered_walk.h"
#include "adapters/front_end/stretches.h"
#include "adapters/front_end/table_query.h"
#include "record/try.h"

namespace sluice::adapters::front_end {
namespace {

// Where a row says itself what was done to its record, and in which words.
struct StatedOperation {
  std::string column;
  OperationCodes codes;
};

// How many records are asked for in one query.
constexpr std::size_t keys_in_query = 50;

bool are_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_number(std::string_view text, bool may_have_point) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t point = may_have_point ? text.find('.') : std::string_view::npos;
  if (point == std::string_view::npos) return are_digits(text);
  return are_digits(text.substr(0, point)) && are_digits(text.substr(point + 1));
}

bool is_date(std::string_view text) {
  return text.size() == 10 && are_digits(text.substr(0, 4)) && text[4] == '-' &&
         are_digits(text.substr(5, 2)) && text[7] == '-' && are_digits(text.substr(8));
}

// Whether a column can be asked for this value as it is; what a database can not read as a value of
// the column's type it answers with an error.
bool can_be_asked(const odbc::SourceColumn& column, std::string_view value) {
  constexpr std::size_t most_digits = 18;  // that every whole number type of 64 bits has room for
  switch (column.kind) {
    case odbc::ValueKind::text:
      return true;
    case odbc::ValueKind::integer:
      return is_number(value, false) && value.size() <= most_digits;
    case odbc::ValueKind::decimal:
      return is_number(value, true);
    case odbc::ValueKind::date:
      return is_date(value);
    default:
      return false;
  }
}

std::optional<StatedOperation> stated_operation(const Capture& way) {
  const auto* flag = std::get_if<capture::ByFlag>(&way);
  if (flag != nullptr && !flag->operation_column.empty()) {
    return StatedOperation{flag->operation_column, flag->codes};
  }
  const auto* log = std::get_if<capture::ByChangeLog>(&way);
  if (log != nullptr) return StatedOperation{log->operation, log->codes};
  return std::nullopt;
}

class WholeWalk {
 public:
  WholeWalk(odbc::Connection& connection, TableReader& reader, std::size_t page_rows)
      : connection_(connection),
        dialect_(connection.dialect()),
        reader_(reader),
        page_rows_(page_rows) {}

  // By these columns of the table (positions), which together tell its rows apart.
  Result<void> run(const std::vector<std::size_t>& order_at,
                   const std::optional<StatedOperation>& stated);
  // By the table's key, and only what `memory` has not as it is.
  Result<void> run_changed(const std::optional<StatedOperation>& stated, TableMemory& memory);
  // The rows that have one of these keys in these columns.
  Result<void> look_up(const std::vector<odbc::SourceColumn>& columns,
                       std::span<const std::vector<std::string>> keys,
                       const std::optional<StatedOperation>& stated);

 private:
  // Those of `known` that were asked for and are not what they were, and what they are now.
  Result<void> read_changed(std::span<const StretchSum> known, StretchRange asked,
                            const std::optional<StatedOperation>& stated, TableMemory& memory);
  // From a stretch to the one before `end`, of those that are known.
  [[nodiscard]] Query between(std::span<const StretchSum> known, StretchRange range) const;
  Result<void> read_anew(const Query& condition, const std::optional<StatedOperation>& stated,
                         TableMemory& memory);
  Result<void> hand_over(const TableRow& row, const std::optional<StatedOperation>& stated);
  Result<void> refuse_without_key();

  odbc::Connection& connection_;
  const odbc::Dialect& dialect_;
  TableReader& reader_;
  std::size_t page_rows_;
};

Result<void> WholeWalk::run(const std::vector<std::size_t>& order_at,
                            const std::optional<StatedOperation>& stated) {
  const SourceTable& table = reader_.table();
  SLUICE_TRY(refuse_without_key());
  // A log may have an index on its sequence alone.
  const std::size_t stepped = order_at.size() - table.key_at.size();
  Walk walk{.order_at = order_at, .stepped = stepped, .among = are_there(dialect_, table.key)};
  const auto read = walk_in_order(dialect_, reader_, walk, page_rows_,
                                  [&](const TableRow& row) { return hand_over(row, stated); });
  if (!read) return std::unexpected(read.error());
  return {};
}

Result<void> WholeWalk::run_changed(const std::optional<StatedOperation>& stated,
                                    TableMemory& memory) {
  const SourceTable& table = reader_.table();
  const auto known = SLUICE_TRY(memory.recall(digest_of_columns(table)));
  if (known.empty()) {
    SLUICE_TRY(read_anew({}, stated, memory));
  }
  for (std::size_t first = 0; first < known.size(); first += most_stretches_asked) {
    auto read = read_changed(known, next_stretches(first, known.size()), stated, memory);
    if (!read) return read;
  }
  return refuse_without_key();
}

Result<void> WholeWalk::read_changed(std::span<const StretchSum> known, StretchRange asked,
                                     const std::optional<StatedOperation>& stated,
                                     TableMemory& memory) {
  const auto unchanged =
      SLUICE_TRY(find_unchanged(connection_, reader_.table(), known, asked, std::nullopt));
  for (std::size_t i = asked.first; i < asked.end;) {
    StretchRange changed{i, i};
    while (changed.end < asked.end && !unchanged[changed.end - asked.first])
      ++changed.end;
    if (changed.end == i) {
      reader_.passed(known[i++].rows);
      continue;
    }
    memory.forget(changed);
    SLUICE_TRY(read_anew(between(known, changed), stated, memory));
    i = changed.end;
  }
  return {};
}

Query WholeWalk::between(std::span<const StretchSum> known, StretchRange range) const {
  const odbc::SourceColumn& first = reader_.table().key.front();
  std::vector<Query> conditions;
  if (range.first > 0) conditions.push_back(at_least(dialect_, first, known[range.first].from));
  if (range.end < known.size()) {
    conditions.push_back(below(dialect_, first, known[range.end].from));
  }
  return all_of(std::move(conditions));
}

Result<void> WholeWalk::read_anew(const Query& condition,
                                  const std::optional<StatedOperation>& stated,
                                  TableMemory& memory) {
  const SourceTable& table = reader_.table();
  StretchCutter cutter(page_rows_);
  std::string buffer;
  Walk walk{.order_at = table.key_at, .among = all_of({are_there(dialect_, table.key), condition})};
  const auto read =
      walk_in_order(dialect_, reader_, walk, page_rows_, [&](const TableRow& row) -> Result<void> {
        const auto complete =
            cutter.add(row.exact(table.key_at.front()).value_or(""), row.digest(buffer));
        if (complete) memory.remember(*complete);
        return hand_over(row, stated);
      });
  if (!read) return std::unexpected(read.error());
  if (const auto last = cutter.finish()) memory.remember(*last);
  return {};
}

Result<void> WholeWalk::look_up(const std::vector<odbc::SourceColumn>& columns,
                                std::span<const std::vector<std::string>> keys,
                                const std::optional<StatedOperation>& stated) {
  const SourceTable& table = reader_.table();
  while (!keys.empty()) {
    std::vector<Query> any;
    for (const std::vector<std::string>& key : keys.first(std::min(keys.size(), keys_in_query))) {
      const bool is_askable = std::ranges::equal(
          columns, key, [](const odbc::SourceColumn& column, const std::string& value) {
            return can_be_asked(column, value);
          });
      if (is_askable) any.push_back(equal(dialect_, columns, key));
    }
    keys = keys.subspan(std::min(keys.size(), keys_in_query));
    if (any.empty()) continue;
    const auto rows = reader_.read(
        select(dialect_, table.columns, table.name, any_of(std::move(any)), columns, page_rows_),
        [&](const TableRow& row) { return hand_over(row, stated); });
    if (!rows) return std::unexpected(rows.error());
  }
  return {};
}

Result<void> WholeWalk::hand_over(const TableRow& row,
                                  const std::optional<StatedOperation>& stated) {
  if (!stated) return reader_.hand_over(row, record::Operation::upsert);
  const auto operation = operation_of(stated->codes, row.exact(reader_.table().at(stated->column)));
  if (!operation) return reader_.refuse(row, unknown_operation(stated->codes));
  return reader_.hand_over(row, *operation);
}

Result<void> WholeWalk::refuse_without_key() {
  const SourceTable& table = reader_.table();
  const Query condition = is_missing_one(dialect_, table.key);
  if (condition.sql.empty()) return {};
  const auto rows = reader_.read(
      select(dialect_, table.columns, table.name, condition, table.key, most_keyless_rows + 1),
      [&](const TableRow& row) { return reader_.refuse(row, no_key(table)); });
  if (!rows) return std::unexpected(rows.error());
  if (*rows > most_keyless_rows) return std::unexpected(too_many_keyless(table));
  return {};
}

}  // namespace

WholeTable::WholeTable(Source source) : source_(std::move(source)) {
  source_.access.writes = false;
}

bool WholeTable::is_whole() const {
  const auto& exchange = source_.exchange;
  return !exchange.table.name.empty() && !std::holds_alternative<capture::ByFlag>(exchange.capture);
}

bool WholeTable::is_log_alone() const {
  return source_.exchange.table.name.empty();
}

Result<void> WholeTable::collect(intake::Door& door, Progress& progress) {
  return read(door, nullptr, progress);
}

Result<void> WholeTable::collect(intake::Door& door, TableMemory& memory, Progress& progress) {
  return read(door, &memory, progress);
}

Result<void> WholeTable::read(intake::Door& door, TableMemory* memory, Progress& progress) {
  auto connection = odbc::Connection::open(source_.access);
  if (!connection) return std::unexpected(collection_failure(connection.error()));
  const auto* by_log = std::get_if<capture::ByChangeLog>(&source_.exchange.capture);
  auto table = SLUICE_TRY(find_table(
      *connection, is_log_alone() ? wanted_log(source_, *by_log) : wanted_records(source_)));
  SLUICE_TRY(announce(table, door));
  if (memory != nullptr && !is_log_alone()) ask_for_digest(connection->dialect(), table);
  TableReader reader(*connection, table, source_.max_row_bytes, door, progress);
  WholeWalk walk(*connection, reader, source_.page_rows);
  const auto stated = by_log != nullptr && !is_log_alone()
                          ? std::nullopt
                          : stated_operation(source_.exchange.capture);
  if (memory != nullptr) {
    if (can_add_up(connection->dialect(), table)) return walk.run_changed(stated, *memory);
    SLUICE_TRY(memory->recall(std::nullopt));
  }
  if (!is_log_alone()) return walk.run(table.key_at, stated);
  std::vector<std::size_t> order{table.at(by_log->sequence)};
  order.insert(order.end(), table.key_at.begin(), table.key_at.end());
  return walk.run(order, stated);
}

Result<void> WholeTable::look_up(std::span<const std::vector<std::string>> keys, intake::Door& door,
                                 Progress& progress) {
  // A log alone has only lines, and was read to its last one.
  if (keys.empty() || source_.key.empty() || is_log_alone()) return {};
  auto connection = odbc::Connection::open(source_.access);
  if (!connection) return std::unexpected(collection_failure(connection.error()));
  const auto table = SLUICE_TRY(find_table(*connection, wanted_records(source_)));
  SLUICE_TRY(announce(table, door));
  TableReader reader(*connection, table, source_.max_row_bytes, door, progress);
  std::vector<odbc::SourceColumn> columns;
  columns.reserve(source_.key.size());
  for (const std::string& name : source_.key) {
    const std::size_t at = table.at(name);
    if (at == table.columns.size()) return {};  // then no row has a key
    columns.push_back(table.columns[at]);
  }
  const bool is_by_log = std::holds_alternative<capture::ByChangeLog>(source_.exchange.capture);
  return WholeWalk(*connection, reader, source_.page_rows)
      .look_up(columns, keys,
               is_by_log ? std::nullopt : stated_operation(source_.exchange.capture));
}

}  // namespace sluice::adapters::front_end
