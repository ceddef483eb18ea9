// The checkpoints of the embedded store. All who write to its file take turns, so a checkpoint's
// turn is as short as can be: it is read and chained before, and the commit waits for no fsync.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <utility>

#include "store/checkpoint.h"
#include "store/sqlite/central_file.h"

namespace sluice::store::sqlite {

// `file` must outlive it.
class SqliteCheckpoints final : public Checkpoints {
 public:
  SqliteCheckpoints(CentralFile& file, std::function<Result<std::string>()> incarnation,
                    std::function<record::Time()> now)
      : file_(file), incarnation_(std::move(incarnation)), now_(std::move(now)) {}

  Result<CheckpointStep> make() override;
  Result<std::vector<CheckpointLine>> lines() override;
  Result<std::optional<record::Checkpoint>> last(const std::string& line) override;
  Result<std::vector<KeptCheckpoint>> list(const std::string& line, std::uint64_t from,
                                           std::size_t most) override;

 private:
  [[nodiscard]] Result<bool> has_tables();
  [[nodiscard]] Result<void> make_tables();

  CentralFile& file_;
  std::function<Result<std::string>()> incarnation_;
  std::function<record::Time()> now_;
};

}  // namespace sluice::store::sqlite
