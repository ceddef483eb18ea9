// The connection to the database of people (postgresql/pqxx_connection.h), whose failures are those
// of people here.
#pragma once

#include <utility>

#include <pqxx/pqxx>

#include "people/failure.h"
#include "postgresql/pqxx_connection.h"

namespace sluice::people {

class Connection {
 public:
  explicit Connection(postgresql::Access access);

  // Runs `work`, a function of pqxx::work& that returns a Result, in a transaction of its own, and
  // commits if it succeeds. A connection that was lost is `unavailable`; the next call makes
  // another one.
  template <class Work>
  auto transact(Work work) -> decltype(work(std::declval<pqxx::work&>())) {
    return pqxx_.transact(std::move(work), ours);
  }

  // The same, of `work` that only reads, a function of pqxx::transaction_base&.
  template <class Work>
  auto look(Work work) -> decltype(work(std::declval<pqxx::transaction_base&>())) {
    return pqxx_.look(std::move(work), ours);
  }
  // The same, where it reads by one statement.
  template <class Work>
  auto glance(Work work) -> decltype(work(std::declval<pqxx::transaction_base&>())) {
    return pqxx_.glance(std::move(work), ours);
  }
  // As PqxxConnection::run_planned().
  template <class... Arguments>
  pqxx::result run_planned(pqxx::transaction_base& transaction, const std::string& sql,
                           const Arguments&... arguments) {
    return pqxx_.run_planned(transaction, sql, arguments...);
  }

  // Whether the tables are there in this form or a later one that this version knows.
  [[nodiscard]] Result<bool> has(int format, pqxx::transaction_base& transaction);
  // Makes what is not there yet.
  [[nodiscard]] Result<void> bring_to(int format, pqxx::work& transaction);

 private:
  [[nodiscard]] static PeopleFailure ours(const postgresql::ConnectionFailure& failure);

  postgresql::PqxxConnection pqxx_;
};

}  // namespace sluice::people
