// A connection to the database of accounts, through libpqxx: it comes back after it was lost, and
// what libpqxx throws goes no further than here (docs/decisions/0017).
#pragma once

#include <optional>
#include <utility>

#include <pqxx/pqxx>

#include "people/people.h"
#include "postgresql/access.h"

namespace sluice::people {

class Session {
 public:
  explicit Session(postgresql::Access access) : access_(std::move(access)) {}

  // Runs `work`, a function of pqxx::work& that returns a Result, in a transaction of its own, and
  // commits if it succeeds. A connection that was lost is `unavailable`; the next call makes
  // another one.
  template <class Work>
  auto transact(Work work) -> decltype(work(std::declval<pqxx::work&>()));

  // Whether the table of accounts is there, in a form that this version knows.
  [[nodiscard]] Result<bool> has_tables(pqxx::work& transaction);
  // Makes it if it is not there.
  [[nodiscard]] Result<void> make_tables(pqxx::work& transaction);

 private:
  // libpqxx prints what a server remarks to standard error, unless somebody says that it is heard.
  struct Connection {
    explicit Connection(const std::string& conninfo) : pqxx(conninfo), quiet(pqxx) {}
    pqxx::connection pqxx;
    pqxx::quiet_errorhandler quiet;  // behind the connection: it goes first
  };

  Result<void> connect();
  // What the exception that is being handled means; one that means a mistake of ours goes on.
  [[nodiscard]] static PeopleFailure failure_of_exception();

  postgresql::Access access_;
  std::optional<Connection> connection_;
  bool has_seen_tables_ = false;  // on this connection: they never go
};

template <class Work>
auto Session::transact(Work work) -> decltype(work(std::declval<pqxx::work&>())) {
  using Outcome = decltype(work(std::declval<pqxx::work&>()));
  const auto attempt = [&]() -> Outcome {
    try {
      if (auto connected = connect(); !connected) return std::unexpected(connected.error());
      pqxx::work transaction(connection_->pqxx);
      Outcome outcome = work(transaction);
      if (outcome) transaction.commit();
      return outcome;
    } catch (...) {
      return std::unexpected(failure_of_exception());
    }
  };
  Outcome outcome = attempt();
  // It may be lost, or half set up.
  const bool is_in_doubt = !outcome && (outcome.error().code == PeopleProblem::unavailable ||
                                        outcome.error().code == PeopleProblem::failed);
  if (is_in_doubt) connection_.reset();
  return outcome;
}

}  // namespace sluice::people
