// Where a dataset lies in a bureau's exchange database (前置库), and how its changes are found
// there, as the bureau's configuration says it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace sluice::adapters::front_end {

// The first two may be empty: what the connection has as its default.
struct TableName {
  std::string catalog;
  std::string schema;
  std::string name;
  friend bool operator==(const TableName&, const TableName&) = default;
};

// What a status or change log says was done to a record.
struct OperationCodes {
  std::string insert = "I";
  std::string update = "U";
  std::string remove = "D";
};

namespace capture {

// A column that grows with every change. Misses deletes, and changes that do not touch the column.
struct ByWatermark {
  std::string column;
  // How far behind the highest value seen rows are read again, because their transaction may have
  // been the later one to commit: time for dates and timestamps, numbers else.
  std::chrono::seconds look_back = std::chrono::minutes(5);
  std::uint64_t look_back_numbers = 1000;
};

// A column in which the bureau's system says that a row is ready, and we say what became of it.
// Writes to the bureau's database. Misses nothing that the bureau's system flags.
struct ByFlag {
  std::string column;
  std::string ready = "0";
  std::string taking = "1";  // ours for the time of one page
  std::string taken = "2";
  std::string failed = "3";
  std::string reason_column;     // empty: the reason is kept to ourselves
  std::string operation_column;  // empty: every row is an upsert
  OperationCodes codes;
};

// A table with a line a change. Misses nothing that is in the log.
struct ByChangeLog {
  TableName log;
  std::string sequence;
  std::string operation;
  OperationCodes codes;
  std::uint64_t look_back_numbers = 1000;
};

// Where more records than this are gone at once, the table is likelier to be at fault than they are
// to be deleted. More than both, or all of them while `share` is less than 1.
struct DeleteAtMost {
  double share = 0.1;  // 0 to 1, of the records that there were
  std::uint64_t rows = 100;
};

// No helpful column at all: the whole table against what it was the last time. Misses only what
// came and went between two runs.
struct BySnapshot {
  DeleteAtMost delete_at_most;
};

}  // namespace capture

using Capture =
    std::variant<capture::BySnapshot, capture::ByWatermark, capture::ByFlag, capture::ByChangeLog>;

struct ExchangeTable {
  // With a change log it may be nameless: the log then has the records' columns itself.
  TableName table;
  Capture capture;
  // Source columns that tell records apart; empty: those that the dataset's primary key comes from,
  // which the database must then know as the table's primary key.
  std::vector<std::string> key;
  // Source column with the time of the change; empty: none.
  std::string source_time;
};

}  // namespace sluice::adapters::front_end
