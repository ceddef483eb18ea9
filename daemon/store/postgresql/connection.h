// Owner types for libpq's handles, with the calls that the store needs. libpq itself and no wrapper
// over it: COPY is fed with lines that are in its format already (docs/decisions/0002
// and 0017).
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/postgresql/server_error.h"

struct pg_conn;
struct pg_result;

namespace sluice::store::postgresql {

class QueryResult {
 public:
  explicit QueryResult(pg_result* result) : handle_(result) {}
  [[nodiscard]] int rows() const;
  [[nodiscard]] int columns() const;
  [[nodiscard]] bool is_null(int row, int column) const;
  // Views live as long as the result.
  [[nodiscard]] std::string_view text(int row, int column) const;
  [[nodiscard]] std::int64_t integer(int row, int column) const;  // of a text result
  [[nodiscard]] std::uint64_t affected() const;
  [[nodiscard]] std::string_view command() const;  // "COMMIT", "INSERT 0 5" …
  [[nodiscard]] pg_result* get() const { return handle_.get(); }
  explicit operator bool() const { return handle_ != nullptr; }

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> handle_;
};

// A statement's parameters, in order from $1. What is given must outlive the call that sends them.
class Parameters {
 public:
  Parameters& text(std::string_view value);  // copied, since libpq wants a terminating zero
  Parameters& number(std::int64_t value);
  Parameters& binary(std::string_view bytes, unsigned int type = 0);
  Parameters& null();

 private:
  friend class Connection;
  struct Parameter {
    std::string text;
    std::string_view bytes;
    bool is_binary;
    unsigned int type;
    bool is_null = false;
  };
  std::vector<Parameter> all_;
};

// Not thread-safe. Every call blocks but those named send_…
class Connection {
 public:
  template <class T>
  using Answer = std::expected<T, ServerError>;

  // Keywords and values as for PQconnectdbParams.
  using Settings = std::vector<std::pair<std::string, std::string>>;
  [[nodiscard]] static Answer<Connection> open(const Settings& settings);

  [[nodiscard]] Answer<QueryResult> execute(const std::string& sql);  // one or more statements
  [[nodiscard]] Answer<QueryResult> query(const std::string& sql, const Parameters& parameters);

  enum class Format { text, binary };
  [[nodiscard]] Answer<void> send_query(const std::string& sql, const Parameters& parameters,
                                        Format format);
  [[nodiscard]] Answer<QueryResult> take_answer();
  // Rows one at a time, so that memory does not grow with their count. `consume` returns false to
  // stop early.
  [[nodiscard]] Answer<void> stream(const std::string& sql, const Parameters& parameters,
                                    const std::function<bool(const QueryResult&)>& consume);

  [[nodiscard]] Answer<void> begin_copy(const std::string& sql);
  [[nodiscard]] Answer<void> put_copy(std::string_view bytes);
  [[nodiscard]] Answer<void> finish_copy();
  // COPY … TO STDOUT, a line at a time without its newline; stops early as stream() does.
  [[nodiscard]] Answer<void> copy_out(const std::string& sql,
                                      const std::function<bool(std::string_view line)>& consume);

  // Ends whatever is under way (a COPY, a question not yet answered), its outcome not wanted.
  void abandon();
  [[nodiscard]] bool is_alive() const;
  [[nodiscard]] bool in_transaction() const;

 private:
  struct Close {
    void operator()(pg_conn* connection) const;
  };
  explicit Connection(pg_conn* connection) : handle_(connection) {}
  [[nodiscard]] ServerError connection_error() const;
  [[nodiscard]] Answer<QueryResult> checked(QueryResult result) const;
  void cancel();

  std::unique_ptr<pg_conn, Close> handle_;
  bool copying_in_ = false;
};

}  // namespace sluice::store::postgresql
