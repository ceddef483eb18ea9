// A connection to the database of people, through libpqxx: it comes back after it was lost, and
// what libpqxx throws goes no further than here (docs/decisions/0017).
#pragma once

#include <optional>
#include <utility>

#include <pqxx/pqxx>

#include "people/people.h"
#include "postgresql/access.h"

namespace sluice::people {

class Connection {
 public:
  explicit Connection(postgresql::Access access) : access_(std::move(access)) {}

  // Runs `work`, a function of pqxx::work& that returns a Result, in a transaction of its own, and
  // commits if it succeeds. A connection that was lost is `unavailable`; the next call makes
  // another one.
  template <class Work>
  auto transact(Work work) -> decltype(work(std::declval<pqxx::work&>()));

  // Whether the tables are there in this form or a later one that this version knows.
  [[nodiscard]] Result<bool> has(int format, pqxx::work& transaction);
  // Makes what is not there yet.
  [[nodiscard]] Result<void> bring_to(int format, pqxx::work& transaction);

 private:
  // libpqxx prints what a server remarks to standard error, unless somebody says that it is heard.
  struct Opened {
    explicit Opened(const std::string& conninfo) : pqxx(conninfo), quiet(pqxx) {}
    pqxx::connection pqxx;
    pqxx::quiet_errorhandler quiet;  // behind the connection: it goes first
  };

  Result<void> connect();
  // What the exception that is being handled means; one that means a mistake of ours goes on.
  [[nodiscard]] static PeopleFailure failure_of_exception();

  postgresql::Access access_;
  std::optional<Opened> opened_;
  int format_ = 0;  // as last seen on this connection: it only grows
};

template <class Work>
auto Connection::transact(Work work) -> decltype(work(std::declval<pqxx::work&>())) {
  using Outcome = decltype(work(std::declval<pqxx::work&>()));
  const auto attempt = [&]() -> Outcome {
    try {
      if (auto connected = connect(); !connected) return std::unexpected(connected.error());
      pqxx::work transaction(opened_->pqxx);
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
  if (is_in_doubt) opened_.reset();
  return outcome;
}

}  // namespace sluice::people
