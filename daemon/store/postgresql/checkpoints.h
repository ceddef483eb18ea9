// The checkpoints of a store in PostgreSQL. Several centers may be at it: one makes them at a time,
// and entries that others have under way are left for the next one.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <utility>

#include "store/checkpoint.h"
#include "store/postgresql/connection.h"

namespace sluice::store::postgresql {

class PostgresqlCheckpoints final : public Checkpoints {
 public:
  using Work = std::function<Result<void>(Connection&)>;
  // The store's own ways: a live connection, which store it is, what time it is.
  struct Surroundings {
    std::function<Result<void>(const Work&)> with_connection;
    std::function<Result<std::string>()> incarnation;
    std::function<record::Time()> now;
  };
  explicit PostgresqlCheckpoints(Surroundings surroundings)
      : surroundings_(std::move(surroundings)) {}

  Result<CheckpointStep> make() override;
  Result<std::vector<CheckpointLine>> lines() override;
  Result<std::optional<record::Checkpoint>> last(const std::string& line) override;
  Result<std::vector<KeptCheckpoint>> list(const std::string& line, std::uint64_t from,
                                           std::size_t most) override;

 private:
  // What `work` makes of a live connection.
  template <class T>
  [[nodiscard]] Result<T> on_connection(const std::function<Result<T>(Connection&)>& work) const {
    Result<T> done;
    auto ran = surroundings_.with_connection([&](Connection& connection) -> Result<void> {
      done = work(connection);
      if (!done) return std::unexpected(done.error());
      return {};
    });
    if (!ran) return std::unexpected(std::move(ran.error()));
    return done;
  }
  [[nodiscard]] Result<CheckpointStep> make_on(Connection& connection,
                                               const std::string& incarnation) const;

  Surroundings surroundings_;
};

}  // namespace sluice::store::postgresql
