#include "store/postgresql/server_error.h"

#include <utility>

#include <fmt/format.h>

#include "postgresql/sqlstate.h"

namespace sluice::store::postgresql {

bool ServerError::blames_a_row() const {
  return sluice::postgresql::blames_values(state);
}

bool ServerError::leaves_a_row_open() const {
  return sluice::postgresql::leaves_open(state);
}

bool ServerError::is_unique_violation() const {
  return state == "23505";
}

bool ServerError::is_undefined_table() const {
  return state == "42P01";
}

bool ServerError::is_lock_timeout() const {
  return state == "55P03";
}

bool ServerError::is_deadlock() const {
  return state == "40P01";
}

bool ServerError::may_pass() const {
  return sluice::postgresql::may_pass(state);
}

StoreFailure store_failure(const ServerError& error, std::string place) {
  if (error.state.empty()) {
    return {StoreProblem::unavailable, std::move(place),
            fmt::format("no connection to the central store: {}", error.message)};
  }
  // Messages of these classes quote the value that was wrong.
  const std::string said = error.blames_a_row() ? "the values do not fit" : error.message;
  const auto problem = error.may_pass()             ? StoreProblem::unavailable
                       : error.is_undefined_table() ? StoreProblem::unknown_dataset
                                                    : StoreProblem::failed;
  return {problem, std::move(place),
          fmt::format("PostgreSQL: {} (SQLSTATE {})", said, error.state)};
}

StoreFailure access_failure(const sluice::postgresql::AccessFailure& failure) {
  const bool is_for_ever = failure.code == sluice::postgresql::AccessProblem::not_understood;
  return {is_for_ever ? StoreProblem::failed : StoreProblem::unavailable,
          failure.place.empty() ? "central store" : failure.place, failure.sentence};
}

}  // namespace sluice::store::postgresql
