#include "store/postgresql/connection.h"

#include <charconv>
#include <utility>

#include <libpq-fe.h>

#include "record/try.h"

namespace sluice::store::postgresql {
namespace {

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string() : std::string(text);
}

ServerError error_of(const PGresult* result) {
  return {field(result, PG_DIAG_SQLSTATE), field(result, PG_DIAG_MESSAGE_PRIMARY),
          field(result, PG_DIAG_CONSTRAINT_NAME), field(result, PG_DIAG_COLUMN_NAME)};
}

struct FreeCancel {
  void operator()(PGcancel* cancel) const { PQfreeCancel(cancel); }
};
struct FreeMemory {
  void operator()(char* memory) const { PQfreemem(memory); }
};

// libpq's arrays of what Parameters hold.
struct Arrays {
  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
};

}  // namespace

void QueryResult::Clear::operator()(pg_result* result) const {
  PQclear(result);
}

int QueryResult::rows() const {
  return PQntuples(handle_.get());
}
int QueryResult::columns() const {
  return PQnfields(handle_.get());
}

bool QueryResult::is_null(int row, int column) const {
  return PQgetisnull(handle_.get(), row, column) != 0;
}

std::string_view QueryResult::text(int row, int column) const {
  return {PQgetvalue(handle_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(handle_.get(), row, column))};
}

std::int64_t QueryResult::integer(int row, int column) const {
  const std::string_view digits = text(row, column);
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::uint64_t QueryResult::affected() const {
  const std::string_view digits = PQcmdTuples(handle_.get());
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::string_view QueryResult::command() const {
  return PQcmdStatus(handle_.get());
}

Parameters& Parameters::text(std::string_view value) {
  all_.push_back({std::string(value), {}, false, 0});
  return *this;
}

Parameters& Parameters::number(std::int64_t value) {
  return text(std::to_string(value));
}

Parameters& Parameters::binary(std::string_view bytes, unsigned int type) {
  all_.push_back({{}, bytes, true, type});
  return *this;
}

Parameters& Parameters::null() {
  all_.push_back({{}, {}, false, 0, true});
  return *this;
}

void Connection::Close::operator()(pg_conn* connection) const {
  PQfinish(connection);
}

Connection::Answer<Connection> Connection::open(const Settings& settings) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto& [keyword, value] : settings) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  Connection connection(PQconnectdbParams(keywords.data(), values.data(), /*expand_dbname=*/1));
  if (!connection.handle_) throw std::bad_alloc();
  if (!connection.is_alive()) return std::unexpected(connection.connection_error());
  // Notices say what is harmless; they would go to standard error.
  PQsetNoticeProcessor(
      connection.handle_.get(), [](void*, const char*) {}, nullptr);
  return connection;
}

bool Connection::is_alive() const {
  return PQstatus(handle_.get()) == CONNECTION_OK;
}

bool Connection::in_transaction() const {
  return PQtransactionStatus(handle_.get()) != PQTRANS_IDLE;
}

ServerError Connection::connection_error() const {
  std::string message = PQerrorMessage(handle_.get());
  message.erase(message.find_last_not_of('\n') + 1);
  return {{}, std::move(message), {}, {}};
}

Connection::Answer<QueryResult> Connection::checked(QueryResult result) const {
  switch (PQresultStatus(result.get())) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_SINGLE_TUPLE:
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
      return result;
    default:
      break;
  }
  if (result.get() == nullptr || !is_alive()) return std::unexpected(connection_error());
  return std::unexpected(error_of(result.get()));
}

Connection::Answer<QueryResult> Connection::execute(const std::string& sql) {
  return checked(QueryResult(PQexec(handle_.get(), sql.c_str())));
}

Connection::Answer<QueryResult> Connection::query(const std::string& sql,
                                                  const Parameters& parameters) {
  SLUICE_TRY(send_query(sql, parameters, Format::text));
  return take_answer();
}

Connection::Answer<void> Connection::send_query(const std::string& sql,
                                                const Parameters& parameters, Format format) {
  Arrays arrays;
  for (const Parameters::Parameter& parameter : parameters.all_) {
    arrays.types.push_back(parameter.type);
    arrays.values.push_back(parameter.is_null     ? nullptr
                            : parameter.is_binary ? parameter.bytes.data()
                                                  : parameter.text.c_str());
    arrays.lengths.push_back(static_cast<int>(parameter.bytes.size()));
    arrays.formats.push_back(parameter.is_binary ? 1 : 0);
  }
  const int sent =
      PQsendQueryParams(handle_.get(), sql.c_str(), static_cast<int>(parameters.all_.size()),
                        arrays.types.data(), arrays.values.data(), arrays.lengths.data(),
                        arrays.formats.data(), format == Format::binary ? 1 : 0);
  if (sent != 1) return std::unexpected(connection_error());
  return {};
}

Connection::Answer<QueryResult> Connection::take_answer() {
  Answer<QueryResult> answer = checked(QueryResult(PQgetResult(handle_.get())));
  while (QueryResult rest{PQgetResult(handle_.get())}) {
    auto later = checked(std::move(rest));
    if (answer && !later) answer = std::move(later);
  }
  return answer;
}

Connection::Answer<void> Connection::stream(
    const std::string& sql, const Parameters& parameters,
    const std::function<bool(const QueryResult&)>& consume) {
  SLUICE_TRY(send_query(sql, parameters, Format::binary));
  PQsetSingleRowMode(handle_.get());
  for (;;) {
    auto row = checked(QueryResult(PQgetResult(handle_.get())));
    if (!row) {
      abandon();
      return std::unexpected(row.error());
    }
    if (PQresultStatus(row->get()) != PGRES_SINGLE_TUPLE) break;
    if (!consume(*row)) {
      cancel();
      break;
    }
  }
  abandon();
  return {};
}

Connection::Answer<void> Connection::begin_copy(const std::string& sql) {
  SLUICE_TRY(execute(sql));
  copying_in_ = true;
  return {};
}

Connection::Answer<void> Connection::put_copy(std::string_view bytes) {
  if (PQputCopyData(handle_.get(), bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return std::unexpected(connection_error());
  }
  return {};
}

Connection::Answer<void> Connection::finish_copy() {
  copying_in_ = false;
  if (PQputCopyEnd(handle_.get(), nullptr) != 1) return std::unexpected(connection_error());
  SLUICE_TRY(take_answer());
  return {};
}

Connection::Answer<void> Connection::copy_out(
    const std::string& sql, const std::function<bool(std::string_view line)>& consume) {
  SLUICE_TRY(execute(sql));
  for (;;) {
    char* bytes = nullptr;
    const int size = PQgetCopyData(handle_.get(), &bytes, /*async=*/0);
    const std::unique_ptr<char, FreeMemory> line(bytes);
    if (size < 0) break;
    if (!consume({bytes, static_cast<std::size_t>(size) - 1})) {
      cancel();
      abandon();
      return {};
    }
  }
  SLUICE_TRY(take_answer());
  return {};
}

void Connection::cancel() {
  const std::unique_ptr<PGcancel, FreeCancel> cancel(PQgetCancel(handle_.get()));
  std::array<char, 256> why{};
  // Where it can not be cancelled it runs to its end, and abandon() reads that away.
  if (cancel) PQcancel(cancel.get(), why.data(), static_cast<int>(why.size()));
}

void Connection::abandon() {
  if (copying_in_) {
    PQputCopyEnd(handle_.get(), "the batch was given up");
    copying_in_ = false;
  }
  while (const QueryResult rest{PQgetResult(handle_.get())}) {
    if (PQresultStatus(rest.get()) == PGRES_COPY_OUT) {
      char* bytes = nullptr;
      while (PQgetCopyData(handle_.get(), &bytes, /*async=*/0) > 0)
        PQfreemem(bytes);
    }
    if (!is_alive()) return;
  }
}

}  // namespace sluice::store::postgresql
