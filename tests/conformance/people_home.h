// Where people are kept while a test runs: each test has an empty place of each kind. A new kind is
// one line in people_kinds().
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "people/people.h"
#include "support/postgresql_cluster.h"

struct pg_conn;

namespace sluice::test {

// A clock that goes a minute on each time it is asked.
class MinuteClock {
 public:
  record::Time operator()() { return now_ += std::chrono::minutes(1); }
  [[nodiscard]] record::Time last() const { return now_; }

 private:
  record::Time now_{std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) +
                    std::chrono::milliseconds(789)};
};

class PeopleHome {
 public:
  virtual ~PeopleHome() = default;
  // Another owner of the same accounts, as in another process. `clock` must outlive it.
  [[nodiscard]] virtual std::unique_ptr<people::People> open(MinuteClock& clock) = 0;
  // Whether anything was made there.
  [[nodiscard]] virtual bool is_untouched() = 0;
  // Runs SQL that both understand; the tables are `{account}`, `{session}` and `{secret}`, an index
  // is `{certificates}`, their format's version set by set_format().
  virtual void execute(const std::string& sql) = 0;
  // The first value of the answer.
  virtual std::string ask(const std::string& sql) = 0;
  virtual void set_format(int version) = 0;
  // As an earlier version of these tables left it: all before the third without certificates, the
  // first without sessions and secret as well. There is an account.
  void make_old(int version);
};

struct PeopleKind {
  std::string name;
  std::function<std::unique_ptr<PeopleHome>()> make;
};
[[nodiscard]] std::vector<PeopleKind> people_kinds();

// The server of this program's tests.
[[nodiscard]] PostgresqlCluster& people_cluster();
// A session of a test's own.
using TestSession = std::unique_ptr<pg_conn, void (*)(pg_conn*)>;
[[nodiscard]] TestSession connected(const std::string& conninfo);
// Runs `sql`, and returns the first value of its answer.
std::string execute(pg_conn& session, const std::string& sql);
// The same, in a session for this alone.
std::string ask(const std::string& conninfo, const std::string& sql);

// A clerk of the bureau park.
[[nodiscard]] people::Account clerk(const std::string& name);
[[nodiscard]] people::Account administrator(const std::string& name);

}  // namespace sluice::test
