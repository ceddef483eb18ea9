// An ODBC driver that goes wrong on demand: `Driver=…/libfaulty_driver.so;Fault=NAME;Rows=5`. Each
// fault is one that a vendor's driver can have; what our side of ODBC makes of it is tested with
// it. Without a fault it serves one small table as it should. The driver manager loads it as it
// loads any other.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "faulty_driver/answers.h"

using namespace sluice::test::faulty_driver;

namespace {

struct Session {
  std::string fault;
  std::size_t rows = 5;
};

struct Statement {
  const Session& session;
  std::string sql;
  std::vector<SQLLEN*> parameter_lengths;
  std::vector<const char*> parameters;
  Answer answer;
  std::size_t next = 0;  // row of the answer
  bool is_catalogue = false;
  std::vector<Target> bound;
  std::size_t block_rows = 1;
  SQLULEN* rows_fetched = nullptr;
  SQLUSMALLINT* row_status = nullptr;
  std::size_t pieces = 0;  // of the row, that were asked for

  [[nodiscard]] bool does(const char* fault) const { return session.fault == fault; }
};

// All that fail without a word; the others are told as `HY000`.
bool is_silent(const std::string& fault) {
  return fault.starts_with("silent-");
}

Session* session_of(SQLHANDLE handle) {
  return static_cast<Session*>(handle);
}
Statement& statement_of(SQLHANDLE handle) {
  return *static_cast<Statement*>(handle);
}

// ASCII of it.
std::string narrowed(const SQLWCHAR* text, SQLINTEGER length) {
  std::string narrow;
  for (SQLINTEGER i = 0; length == SQL_NTS ? text[i] != 0 : i < length; ++i)
    narrow += static_cast<char>(text[i]);
  return narrow;
}

std::string value_of(const std::string& connection, const std::string& keyword) {
  const std::size_t at = connection.find(keyword + "=");
  if (at == std::string::npos) return {};
  const std::size_t from = at + keyword.size() + 1;
  return connection.substr(from, connection.find(';', from) - from);
}

[[noreturn]] void hang() {
  // One that has blocked the signals: only SIGKILL helps.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  while (true)
    std::this_thread::sleep_for(std::chrono::hours(1));
}

[[noreturn]] void crash() {
  std::signal(SIGSEGV, SIG_DFL);
  std::raise(SIGSEGV);
  std::abort();
}

// As a leak does it: memory that is used, up to a gibibyte, which no limit of ours allows.
void eat_memory() {
  constexpr std::size_t piece = std::size_t{16} << 20;
  constexpr int pieces = 64;
  for (int i = 0; i < pieces; ++i) {
    auto* const memory = static_cast<char*>(std::malloc(piece));
    if (memory == nullptr) crash();  // what a driver that does not look does next
    std::memset(memory, 1, piece);
  }
}

void happen(const std::string& fault, const std::string& where) {
  if (fault == "segfault-in-" + where) crash();
  if (fault == "hang-in-" + where) hang();
  if (fault == "memory-in-" + where) eat_memory();
}

SQLRETURN tell(const Answer& answer, Statement& statement, bool is_catalogue) {
  statement.answer = answer;
  statement.is_catalogue = is_catalogue;
  statement.next = 0;
  return SQL_SUCCESS;
}

// What is wrong with a value that was put as it should be: of the second row's `name`, and for
// numbers of its `amount`.
void spoil(const Statement& statement, const Target& target, std::size_t row) {
  if (row != 1) return;
  if (target.c_type == SQL_C_DOUBLE) {
    if (statement.does("short-number")) *target.length = 3;
    return;
  }
  if (target.c_type != SQL_C_WCHAR) return;
  if (statement.does("huge-length")) *target.length = SQLLEN{1} << 40U;
  if (statement.does("negative-length")) *target.length = -12345;
  if (statement.does("no-total")) *target.length = SQL_NO_TOTAL;
  if (statement.does("odd-length")) --*target.length;
  if (statement.does("lone-surrogate")) target.memory[1] = static_cast<char>(0xD8);
  if (statement.does("unterminated")) {
    const auto room = static_cast<std::size_t>(target.room);
    std::memset(target.memory, 'x', room);
    *target.length = static_cast<SQLLEN>(room);
  }
}

Target of_row(const Target& column, std::size_t row, const Statement& statement) {
  Target target = column;
  target.memory += row * static_cast<std::size_t>(column.room);
  target.length += row;
  // A driver that forgets to say how long a value is.
  static SQLLEN nowhere = 0;
  if (statement.does("no-length") && row == 1) target.length = &nowhere;
  return target;
}

void put_block(Statement& statement) {
  std::size_t row = 0;
  for (; row < statement.block_rows && statement.next < statement.answer.rows.size(); ++row) {
    const Cells& cells = statement.answer.rows[statement.next++];
    for (std::size_t column = 0; column < statement.bound.size(); ++column) {
      const Target target = of_row(statement.bound[column], row, statement);
      put(cells[column], target);
      spoil(statement, target, row);
    }
    if (statement.row_status != nullptr) statement.row_status[row] = SQL_ROW_SUCCESS;
  }
  if (statement.rows_fetched != nullptr) *statement.rows_fetched = row;
  if (statement.does("too-many-rows")) *statement.rows_fetched = 1'000'000;
  if (statement.does("no-rows")) *statement.rows_fetched = 0;
  if (statement.does("silent-row")) statement.row_status[0] = SQL_ROW_ERROR;
}

}  // namespace

extern "C" {

SQLRETURN SQL_API SQLAllocHandle(SQLSMALLINT type, SQLHANDLE parent, SQLHANDLE* handle) {
  if (type == SQL_HANDLE_STMT) {
    *handle = new Statement{.session = *session_of(parent)};
  } else {
    *handle = new Session;
  }
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLFreeHandle(SQLSMALLINT type, SQLHANDLE handle) {
  if (type == SQL_HANDLE_STMT) {
    delete &statement_of(handle);
  } else {
    delete session_of(handle);
  }
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLSetEnvAttr(SQLHENV, SQLINTEGER, SQLPOINTER, SQLINTEGER) {
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLSetConnectAttrW(SQLHDBC, SQLINTEGER, SQLPOINTER, SQLINTEGER) {
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLDriverConnectW(SQLHDBC handle, SQLHWND, SQLWCHAR* text, SQLSMALLINT length,
                                    SQLWCHAR*, SQLSMALLINT, SQLSMALLINT*, SQLUSMALLINT) {
  const std::string connection = narrowed(text, length);
  Session& session = *session_of(handle);
  session.fault = value_of(connection, "Fault");
  const std::string rows = value_of(connection, "Rows");
  if (!rows.empty()) session.rows = std::stoul(rows);
  happen(session.fault, "connect");
  const bool fails = session.fault == "silent-connect" || session.fault == "wordy-connect";
  return fails ? SQL_ERROR : SQL_SUCCESS;
}

SQLRETURN SQL_API SQLDisconnect(SQLHDBC) {
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLGetInfoW(SQLHDBC handle, SQLUSMALLINT what, SQLPOINTER value, SQLSMALLINT room,
                              SQLSMALLINT* length) {
  std::string text;
  const std::string& fault = session_of(handle)->fault;
  if (what == SQL_DBMS_NAME) text = "Faulty";
  if (what == SQL_DRIVER_NAME) text = "libfaulty_driver.so";
  if (what == SQL_IDENTIFIER_QUOTE_CHAR) text = fault == "long-quote" ? "\"'" : "\"";
  if (what == SQL_DRIVER_ODBC_VER) text = "03.52";
  SQLLEN bytes = 0;
  put(text, {SQL_C_WCHAR, static_cast<char*>(value), room, &bytes});
  *length = fault == "huge-information" ? SQLSMALLINT{32'000} : static_cast<SQLSMALLINT>(bytes);
  return SQL_SUCCESS;
}

// A driver that always has one more thing to say, or says it in characters that are none.
SQLRETURN SQL_API SQLGetDiagRecW(SQLSMALLINT type, SQLHANDLE handle, SQLSMALLINT number,
                                 SQLWCHAR* state, SQLINTEGER* native, SQLWCHAR* text,
                                 SQLSMALLINT room, SQLSMALLINT* length) {
  const std::string& fault =
      type == SQL_HANDLE_STMT ? statement_of(handle).session.fault : session_of(handle)->fault;
  const bool is_endless = fault == "endless-diagnostics";
  if (fault.empty() || is_silent(fault) || (number > 1 && !is_endless)) return SQL_NO_DATA;
  SQLLEN bytes = 0;
  put("HY000", {SQL_C_WCHAR, reinterpret_cast<char*>(state), 12, &bytes});
  *native = 1;
  const std::string message = fault == "wordy-connect" ? std::string(1'000, 'w') : fault;
  put(message, {SQL_C_WCHAR, reinterpret_cast<char*>(text),
                static_cast<SQLLEN>(room * static_cast<SQLSMALLINT>(sizeof(SQLWCHAR))), &bytes});
  if (fault == "wordy-connect") std::fill(text + 1, text + std::min<int>(room, 1'000), u'…');
  *length = static_cast<SQLSMALLINT>(message.size());
  return SQL_SUCCESS;
}

// Without it the driver manager asks for no diagnostics at all.
SQLRETURN SQL_API SQLGetDiagFieldW(SQLSMALLINT, SQLHANDLE, SQLSMALLINT, SQLSMALLINT, SQLPOINTER,
                                   SQLSMALLINT, SQLSMALLINT*) {
  return SQL_NO_DATA;
}

SQLRETURN SQL_API SQLSetStmtAttrW(SQLHSTMT handle, SQLINTEGER attribute, SQLPOINTER value,
                                  SQLINTEGER) {
  Statement& statement = statement_of(handle);
  if (attribute == SQL_ATTR_ROW_ARRAY_SIZE) {
    statement.block_rows = reinterpret_cast<std::uintptr_t>(value);
  } else if (attribute == SQL_ATTR_ROWS_FETCHED_PTR) {
    statement.rows_fetched = static_cast<SQLULEN*>(value);
  } else if (attribute == SQL_ATTR_ROW_STATUS_PTR) {
    statement.row_status = static_cast<SQLUSMALLINT*>(value);
  }
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLFreeStmt(SQLHSTMT handle, SQLUSMALLINT option) {
  if (option == SQL_UNBIND) statement_of(handle).bound.clear();
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLPrepareW(SQLHSTMT handle, SQLWCHAR* text, SQLINTEGER length) {
  statement_of(handle).sql = narrowed(text, length);
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLBindParameter(SQLHSTMT handle, SQLUSMALLINT, SQLSMALLINT, SQLSMALLINT,
                                   SQLSMALLINT, SQLULEN, SQLSMALLINT, SQLPOINTER value, SQLLEN,
                                   SQLLEN* length) {
  Statement& statement = statement_of(handle);
  statement.parameters.push_back(static_cast<const char*>(value));
  statement.parameter_lengths.push_back(length);
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLExecute(SQLHSTMT handle) {
  Statement& statement = statement_of(handle);
  happen(statement.session.fault, "execute");
  if (statement.does("silent-execute") || statement.does("endless-diagnostics")) return SQL_ERROR;
  std::vector<std::string> parameters;
  for (std::size_t i = 0; i < statement.parameters.size(); ++i) {
    parameters.emplace_back(statement.parameters[i],
                            static_cast<std::size_t>(*statement.parameter_lengths[i]));
  }
  return tell(answer_to(statement.sql, parameters, statement.session.rows), statement, false);
}

SQLRETURN SQL_API SQLNumResultCols(SQLHSTMT handle, SQLSMALLINT* count) {
  const Statement& statement = statement_of(handle);
  *count = static_cast<SQLSMALLINT>(statement.answer.columns);
  if (statement.does("too-many-columns")) *count = 32'767;
  if (statement.does("too-few-columns")) *count = 1;
  if (statement.does("negative-columns")) *count = -7;
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLRowCount(SQLHSTMT, SQLLEN* rows) {
  *rows = -1;
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLColumnsW(SQLHSTMT handle, SQLWCHAR*, SQLSMALLINT, SQLWCHAR*, SQLSMALLINT,
                              SQLWCHAR*, SQLSMALLINT, SQLWCHAR*, SQLSMALLINT) {
  Answer answer = described_columns();
  if (statement_of(handle).does("huge-column")) {
    answer.rows[1][4] = std::to_string(SQL_DECIMAL);
    answer.rows[1][6] = "2147483647";
  }
  return tell(answer, statement_of(handle), true);
}

SQLRETURN SQL_API SQLPrimaryKeysW(SQLHSTMT handle, SQLWCHAR*, SQLSMALLINT, SQLWCHAR*, SQLSMALLINT,
                                  SQLWCHAR*, SQLSMALLINT) {
  return tell(described_key(), statement_of(handle), true);
}

SQLRETURN SQL_API SQLTablesW(SQLHSTMT handle, SQLWCHAR*, SQLSMALLINT, SQLWCHAR*, SQLSMALLINT,
                             SQLWCHAR*, SQLSMALLINT, SQLWCHAR*, SQLSMALLINT) {
  return tell(described_tables(), statement_of(handle), true);
}

SQLRETURN SQL_API SQLBindCol(SQLHSTMT handle, SQLUSMALLINT number, SQLSMALLINT c_type,
                             SQLPOINTER memory, SQLLEN room, SQLLEN* length) {
  auto& bound = statement_of(handle).bound;
  if (bound.size() < number) bound.resize(number);
  bound[number - 1U] = {c_type, static_cast<char*>(memory), room, length};
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLFetch(SQLHSTMT handle) {
  Statement& statement = statement_of(handle);
  const bool is_endless = statement.is_catalogue && statement.does("endless-catalogue");
  if (is_endless && statement.next == statement.answer.rows.size()) statement.next = 0;
  if (statement.is_catalogue && statement.does("broken-catalogue") && statement.next == 2) {
    return SQL_ERROR;
  }
  statement.pieces = 0;
  if (!statement.is_catalogue) {
    happen(statement.session.fault, "fetch");
    if (statement.does("silent-fetch")) return SQL_ERROR;
  }
  if (statement.next >= statement.answer.rows.size()) return SQL_NO_DATA;
  if (statement.bound.empty()) {
    ++statement.next;
  } else {
    put_block(statement);
  }
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLGetData(SQLHSTMT handle, SQLUSMALLINT number, SQLSMALLINT c_type,
                             SQLPOINTER memory, SQLLEN room, SQLLEN* length) {
  Statement& statement = statement_of(handle);
  const Target target{c_type, static_cast<char*>(memory), room, length};
  const std::size_t row = statement.next - 1;
  put(statement.answer.rows[row][number - 1U], target);
  if (statement.is_catalogue) return SQL_SUCCESS;
  const bool is_first = ++statement.pieces <= number;
  if (row == 1 && c_type == SQL_C_WCHAR) {
    if (statement.does("endless-value") || (statement.does("value-becomes-null") && is_first)) {
      *length = SQL_NO_TOTAL;
      return SQL_SUCCESS_WITH_INFO;
    }
    if (statement.does("value-becomes-null")) *length = SQL_NULL_DATA;
  }
  spoil(statement, target, row);
  return SQL_SUCCESS;
}

}  // extern "C"
