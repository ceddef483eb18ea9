// The seam to a database of tasks: statements with their values in, rows out. What the statements
// are is the same for each (task_rows.h), but for the few words in Dialect.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tasks/failure.h"

namespace sluice::tasks {

// A value as it is bound and read: nothing (NULL), a number or the milliseconds since
// 1970-01-01T00:00Z of a time, a text.
using Cell = std::variant<std::monostate, std::int64_t, std::string>;
using Row = std::vector<Cell>;

enum class ColumnKind { text, number, time };

struct Query {
  std::string sql;  // its values are named by Dialect
  std::vector<Cell> values;
  std::vector<ColumnKind> answer;  // the columns of its rows; none: it brings no rows
};

struct Dialect {
  std::string_view tables;  // what stands before a table's name: "sluice."
  // The nth value, from 1; as a time, where it is milliseconds; a time as milliseconds.
  std::string (*value)(int n);
  std::string (*time)(int n);
  std::string (*milliseconds)(std::string_view expression);
  // Behind a SELECT whose rows are to be changed.
  std::string_view lock;
  std::string_view lock_what_nobody_has;
  // Runs before a delivery is handed over, so that no other is until the transaction ends: the
  // numbers of tasks are then in the order in which others see them. Empty: no other transaction
  // writes anyway.
  std::string (*hand_over_alone)();
};

// What runs within one transaction.
class Statements {
 public:
  virtual ~Statements() = default;
  [[nodiscard]] virtual Result<std::vector<Row>> run(const Query& query) = 0;
  // The same of several that bring no rows, in their order up to the first that fails: where each
  // would be a way to a server and back, all of them are one.
  [[nodiscard]] virtual Result<void> run_all(std::span<const Query> queries) = 0;
  [[nodiscard]] virtual const Dialect& dialect() const = 0;
};

enum class Purpose {
  look,    // all statements see one state; tables of an earlier format are brought up before
  glance,  // the same, of one statement: it sees one state without a transaction
  change,  // what has been read by SELECT with a lock stays so until the end
  note,    // the same, but it waits for no disk: durable with the next change, and what a loss of
           // power takes away is done again or missed by nobody
  make,    // the same, and makes the tables where there are none
};

// Every call blocks. Not thread-safe.
class TaskDatabase {
 public:
  using Work = std::function<Result<void>(Statements&)>;
  virtual ~TaskDatabase() = default;
  // Runs it in a transaction of its own, and commits if it succeeds: durable on return, but for a
  // note. False, and not run: nothing is kept yet.
  [[nodiscard]] virtual Result<bool> transact(Purpose purpose, const Work& work) = 0;
};

}  // namespace sluice::tasks
