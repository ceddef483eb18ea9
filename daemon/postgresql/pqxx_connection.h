// A connection through libpqxx to one set of tables in the central store's database: it comes back
// after it was lost, makes the tables when they are needed, and what libpqxx throws goes no further
// than here (docs/decisions/0017).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <pqxx/pqxx>

#include "postgresql/access.h"

namespace sluice::postgresql {

enum class ConnectionProblem {
  unavailable,  // no connection, a lock that is not let go of: try again, after a look whether it
                // was done all the same
  failed,       // anything else that the server said, or tables that are not ours
};
using ConnectionFailure = record::Failure<ConnectionProblem>;
template <class T>
using ConnectionResult = std::expected<T, ConnectionFailure>;

// Tables of one matter. `ddl` makes what is not there yet of the newest format, and keeps the
// format's number in the one row of the table that is named. Texts must outlive the connection.
struct TableSet {
  const char* matter;        // "people", for who reads a failure
  const char* format_table;  // in the schema sluice: "people_format"
  int newest_format;
  const char* ddl;
};

// In one message with its BEGIN.
using Snapshot = pqxx::transaction<pqxx::repeatable_read, pqxx::read_only>;

// A transaction whose commit waits for no disk, which is said in one message with its BEGIN.
class Note : public pqxx::internal::basic_transaction {
 public:
  explicit Note(pqxx::connection_base& connection);
  ~Note() noexcept override { End(); }
};

// A statement that is planned once a connection, and its values; a null pointer is NULL.
struct PlannedCall {
  const std::string& sql;
  std::vector<const char*> values;
};

// Every call blocks. Not thread-safe.
class PqxxConnection {
 public:
  PqxxConnection(Access access, const TableSet& tables)
      : access_(std::move(access)), tables_(tables) {}

  // Runs `work`, a function of pqxx::work& that returns a std::expected, in a transaction of its
  // own, and commits if it succeeds. `ours` makes the caller's failure of a ConnectionFailure. A
  // connection that was lost is `unavailable`; the next call makes another one.
  template <class Work, class Ours>
  auto transact(Work work, Ours ours) -> std::invoke_result_t<Work&, pqxx::work&>;

  // The same, of `work` that only reads: all of it sees one state of the tables. Also a function
  // of pqxx::transaction_base&.
  template <class Work, class Ours>
  auto look(Work work, Ours ours) -> std::invoke_result_t<Work&, Snapshot&>;

  // The same, of `work` that reads by one statement: on a connection that was used before, that is
  // one message.
  template <class Work, class Ours>
  auto glance(Work work, Ours ours) -> std::invoke_result_t<Work&, pqxx::nontransaction&>;

  // As transact(), but what is committed is durable with the next that is waited for.
  template <class Work, class Ours>
  auto note(Work work, Ours ours) -> std::invoke_result_t<Work&, Note&>;

  // Within `work`: runs a statement that the server is to plan once a connection, since planning
  // takes longer than most of ours do. Of texts there may be only a few.
  template <class... Arguments>
  pqxx::result run_planned(pqxx::transaction_base& transaction, const std::string& sql,
                           const Arguments&... arguments) {
    return transaction.exec_prepared(planned(sql), arguments...);
  }
  // The same of several whose rows nobody wants, in one message, up to the first that fails.
  void run_planned(pqxx::transaction_base& transaction, std::span<const PlannedCall> calls);

  // Whether the tables are there in this format or a later one that this version knows.
  [[nodiscard]] ConnectionResult<bool> has(int format, pqxx::transaction_base& transaction);
  // Makes what is not there yet.
  [[nodiscard]] ConnectionResult<void> bring_to(int format, pqxx::work& transaction);

 private:
  template <class Transaction, class Work, class Ours>
  auto transact_in(Work& work, Ours& ours) -> std::invoke_result_t<Work&, Transaction&>;
  // libpqxx prints what a server remarks to standard error, unless somebody says that it is heard.
  struct Opened {
    explicit Opened(const std::string& conninfo) : pqxx(conninfo), quiet(pqxx) {}
    pqxx::connection pqxx;
    pqxx::quiet_errorhandler quiet;                        // behind the connection: it goes first
    std::unordered_map<std::string, std::string> planned;  // statements' names, by their texts
  };

  [[nodiscard]] const std::string& planned(const std::string& sql);

  ConnectionResult<void> connect();
  // What the exception that is being handled means; one that means a mistake of ours goes on.
  [[nodiscard]] ConnectionFailure failure_of_exception() const;

  Access access_;
  TableSet tables_;
  std::optional<Opened> opened_;
  int format_ = 0;  // as last seen on this connection; what is committed only grows
};

template <class Work, class Ours>
auto PqxxConnection::transact(Work work, Ours ours) -> std::invoke_result_t<Work&, pqxx::work&> {
  return transact_in<pqxx::work>(work, ours);
}

template <class Work, class Ours>
auto PqxxConnection::look(Work work, Ours ours) -> std::invoke_result_t<Work&, Snapshot&> {
  return transact_in<Snapshot>(work, ours);
}

template <class Work, class Ours>
auto PqxxConnection::glance(Work work, Ours ours)
    -> std::invoke_result_t<Work&, pqxx::nontransaction&> {
  return transact_in<pqxx::nontransaction>(work, ours);
}

template <class Work, class Ours>
auto PqxxConnection::note(Work work, Ours ours) -> std::invoke_result_t<Work&, Note&> {
  return transact_in<Note>(work, ours);
}

template <class Transaction, class Work, class Ours>
auto PqxxConnection::transact_in(Work& work, Ours& ours)
    -> std::invoke_result_t<Work&, Transaction&> {
  try {
    if (auto connected = connect(); !connected) return std::unexpected(ours(connected.error()));
    Transaction transaction(opened_->pqxx);
    auto outcome = work(transaction);
    if (outcome) {
      transaction.commit();
    } else {
      format_ = 0;  // tables that it has made are gone with it
    }
    return outcome;
  } catch (...) {
    auto failure = failure_of_exception();
    opened_.reset();  // it may be lost, or half set up
    return std::unexpected(ours(failure));
  }
}

}  // namespace sluice::postgresql
