#include "adapters/front_end/odbc/connection.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "adapters/front_end/odbc/catalogue.h"
#include "adapters/front_end/odbc/connection_string.h"
#include "adapters/front_end/odbc/cursor_state.h"
#include "adapters/front_end/odbc/driver_locale.h"
#include "adapters/front_end/odbc/handle.h"
#include "adapters/front_end/odbc/parameter_buffers.h"
#include "adapters/front_end/odbc/utf16.h"
#include "record/try.h"

namespace sluice::adapters::front_end::odbc {
namespace {

// UTF-16 text in the type of ODBC's functions, which take it without const.
class WideText {
 public:
  explicit WideText(std::string_view text) : text_(to_utf16(text)) {}
  // SQLWCHAR is an unsigned short of the same bits (unixODBC).
  [[nodiscard]] SQLWCHAR* data() { return reinterpret_cast<SQLWCHAR*>(text_.data()); }
  [[nodiscard]] SQLINTEGER length() const { return static_cast<SQLINTEGER>(text_.size()); }

 private:
  std::u16string text_;
};

std::string information(SQLHDBC connection, SQLUSMALLINT what) {
  std::array<SQLWCHAR, 256> text{};
  SQLSMALLINT bytes = 0;
  const SQLRETURN result =
      SQLGetInfoW(connection, what, text.data(),
                  static_cast<SQLSMALLINT>(text.size() * sizeof(SQLWCHAR)), &bytes);
  if (!SQL_SUCCEEDED(result) || bytes < 0) return {};
  const std::size_t units =
      std::min(static_cast<std::size_t>(bytes) / sizeof(SQLWCHAR), text.size() - 1);
  const auto* const end = std::find(text.cbegin(), text.cbegin() + units, SQLWCHAR{0});
  const std::u16string wide(text.cbegin(), end);
  std::string told;
  static_cast<void>(to_utf8(wide, told));
  return told;
}

const Environment& environment() {
  // One for the process, as ODBC has it; it holds nothing of ours.
  static const Environment shared = [] {
    take_locale_of_drivers();
    Environment made(SQL_NULL_HANDLE);
    SQLSetEnvAttr(made.get(), SQL_ATTR_ODBC_VERSION, as_attribute(SQL_OV_ODBC3), 0);
    return made;
  }();
  return shared;
}

Result<ConnectionHandle> connect(const Access& access, const std::string& string) {
  const std::string place = place_of(access.connection);
  ConnectionHandle handle(environment().get());
  if (handle.get() == nullptr) {
    return std::unexpected(
        OdbcFailure{OdbcProblem::driver_fault, place, "the ODBC driver manager gives no handle"});
  }
  const auto seconds = static_cast<std::uintptr_t>(access.login_timeout.count());
  SQLSetConnectAttrW(handle.get(), SQL_ATTR_LOGIN_TIMEOUT, as_attribute(seconds), 0);
  if (!access.writes) {
    // A hint that many drivers take no notice of: rights in the database are what counts.
    SQLSetConnectAttrW(handle.get(), SQL_ATTR_ACCESS_MODE, as_attribute(SQL_MODE_READ_ONLY), 0);
  }
  WideText text(string + password_part(access.password));
  const SQLRETURN result =
      SQLDriverConnectW(handle.get(), nullptr, text.data(), static_cast<SQLSMALLINT>(text.length()),
                        nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT);
  if (SQL_SUCCEEDED(result)) return handle;
  return std::unexpected(
      diagnose({SQL_HANDLE_DBC, handle.get()}, Stage::connecting, place, access.password));
}

TextForm form_of(TextEncoding encoding, const Dialect& dialect) {
  switch (encoding) {
    case TextEncoding::utf_8:
      return TextForm::narrow_utf_8;
    case TextEncoding::gb18030:
      return TextForm::narrow_gb18030;
    case TextEncoding::automatic:
      break;
  }
  // Wide characters are right with every driver; narrow ones are quicker where they are known.
  return dialect.tells_utf_8 ? TextForm::narrow_utf_8 : TextForm::wide;
}

}  // namespace

struct Connection::State {
  ConnectionHandle handle;
  Access access;
  std::string place;
  Dialect dialect;
  TextForm form = TextForm::wide;
  const date::time_zone* zone = nullptr;

  [[nodiscard]] OdbcFailure failure(const StatementHandle& statement) const {
    return diagnose({SQL_HANDLE_STMT, statement.get()}, Stage::connected, place, access.password);
  }
  [[nodiscard]] OdbcFailure failure(const StatementHandle& statement,
                                    CatalogueProblem problem) const {
    if (problem == CatalogueProblem::failed) return failure(statement);
    return {OdbcProblem::driver_fault, place,
            "the driver's list of columns has no end; try another version of the driver"};
  }
  [[nodiscard]] Result<StatementHandle> statement() const;
  [[nodiscard]] Result<StatementHandle> run(const std::string& sql,
                                            std::span<const Parameter> parameters) const;
};

Result<StatementHandle> Connection::State::statement() const {
  StatementHandle statement(handle.get());
  if (statement.get() == nullptr) {
    return std::unexpected(
        diagnose({SQL_HANDLE_DBC, handle.get()}, Stage::connected, place, access.password));
  }
  const auto seconds = static_cast<std::uintptr_t>(access.query_timeout.count());
  // Not every driver can: then the run's own time limit is the only one.
  SQLSetStmtAttrW(statement.get(), SQL_ATTR_QUERY_TIMEOUT, as_attribute(seconds), 0);
  return statement;
}

Result<StatementHandle> Connection::State::run(const std::string& sql,
                                               std::span<const Parameter> parameters) const {
  auto made = statement();
  if (!made) return made;
  WideText text(sql);
  if (!SQL_SUCCEEDED(SQLPrepareW(made->get(), text.data(), text.length()))) {
    return std::unexpected(failure(*made));
  }
  ParameterBuffers buffers(parameters, form);
  if (!buffers.bind(made->get())) return std::unexpected(failure(*made));
  const SQLRETURN result = SQLExecute(made->get());
  // An update that touched no row is one too.
  if (!SQL_SUCCEEDED(result) && result != SQL_NO_DATA) return std::unexpected(failure(*made));
  SQLFreeStmt(made->get(), SQL_RESET_PARAMS);
  return made;
}

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Result<Connection> Connection::open(const Access& access) {
  const std::string place = place_of(access.connection);
  if (!names_a_source(access.connection)) {
    return std::unexpected(OdbcFailure{
        OdbcProblem::no_source, place,
        "the connection string names neither a DSN nor a driver; expected `DSN=…` with one of "
        "/etc/odbc.ini, or `Driver=/path/to/library.so`"});
  }
  auto handle = connect(access, access.connection);
  if (!handle) return std::unexpected(handle.error());
  // Which driver stands behind a DSN is only known now; some need to be told more.
  const std::string driver = information(handle->get(), SQL_DRIVER_NAME);
  const std::string string = with_needed_options(access.connection, driver);
  if (string != access.connection) {
    handle = connect(access, string);
    if (!handle) return std::unexpected(handle.error());
  }
  auto state = std::make_unique<State>(
      State{.handle = std::move(*handle), .access = access, .place = place});
  const SQLHDBC raw = state->handle.get();
  state->dialect = dialect_of({.product = information(raw, SQL_DBMS_NAME),
                               .version = information(raw, SQL_DBMS_VER),
                               .driver = driver,
                               .quote = information(raw, SQL_IDENTIFIER_QUOTE_CHAR)});
  // Another could not be doubled in a name, and so not keep it a name.
  if (state->dialect.quote.size() != 1) {
    return std::unexpected(OdbcFailure{
        OdbcProblem::driver_fault, state->place,
        fmt::format("the driver says that names are quoted with {}; expected one character; try "
                    "another version of the driver",
                    state->dialect.quote)});
  }
  state->dialect.streams = streams(string, driver);
  state->dialect.session_is_in_utc = !session_statements(state->dialect).empty();
  state->form = form_of(access.encoding, state->dialect);
  state->zone = date::locate_zone(access.time_zone);
  for (const std::string& sql : session_statements(state->dialect)) {
    SLUICE_TRY(state->run(sql, {}));
  }
  return Connection(std::move(state));
}

const date::time_zone& Connection::time_zone() const {
  return *state_->zone;
}

const Dialect& Connection::dialect() const {
  return state_->dialect;
}

Result<std::vector<SourceColumn>> Connection::columns(const TableName& table) {
  auto statement = SLUICE_TRY(state_->statement());
  auto found = find_columns(statement, state_->dialect, table);
  if (!found) return std::unexpected(state_->failure(statement, found.error()));
  if (found->schemas.size() > 1) {
    return std::unexpected(OdbcFailure{
        OdbcProblem::no_table, table.name,
        fmt::format(
            "there are tables of this name in {}; name one: `table: {{schema: …, name: …}}`",
            fmt::join(found->schemas, ", "))});
  }
  if (!found->columns.empty()) return std::move(found->columns);
  auto others = state_->statement();
  const std::string catalog =
      table.catalog.empty() ? information(state_->handle.get(), SQL_DATABASE_NAME) : table.catalog;
  if (!others) return std::unexpected(others.error());
  const std::vector<std::string> names = table_names(*others, catalog);
  return std::unexpected(OdbcFailure{
      OdbcProblem::no_table, table.name,
      fmt::format("there is no such table in this database, or the user may not see it; there {}",
                  names.empty() ? "is none that it may see"
                                : fmt::format("are: {}", fmt::join(names, ", ")))});
}

Result<std::vector<std::string>> Connection::primary_key(const TableName& table) {
  auto statement = SLUICE_TRY(state_->statement());
  auto key = find_primary_key(statement, table);
  if (!key) return std::unexpected(state_->failure(statement, key.error()));
  return std::move(*key);
}

Result<Cursor> Connection::query(const std::string& sql, std::span<const Parameter> parameters,
                                 std::span<const SourceColumn> columns, const ReadLimits& limits) {
  auto statement = SLUICE_TRY(state_->run(sql, parameters));
  auto cursor = std::make_unique<Cursor::State>();
  cursor->statement = std::move(statement);
  cursor->place = state_->place;
  cursor->secret = state_->access.password;
  cursor->columns.assign(columns.begin(), columns.end());
  cursor->form = state_->form;
  cursor->zone = state_->zone;
  cursor->limits = limits;
  if (state_->dialect.has_loose_types) {
    cursor->is_loose = true;
  }
  SLUICE_TRY(cursor->bind());
  return Cursor(std::move(cursor));
}

Result<std::uint64_t> Connection::execute(const std::string& sql,
                                          std::span<const Parameter> parameters) {
  const auto statement = SLUICE_TRY(state_->run(sql, parameters));
  SQLLEN rows = 0;
  if (!SQL_SUCCEEDED(SQLRowCount(statement.get(), &rows))) {
    return std::unexpected(state_->failure(statement));
  }
  return rows < 0 ? 0 : static_cast<std::uint64_t>(rows);
}

}  // namespace sluice::adapters::front_end::odbc
