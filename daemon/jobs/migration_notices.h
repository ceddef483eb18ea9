// What an operator is told while a migration waits at its last step for who has the tables open,
// and how long it does: who is in the way, at first and then each minute.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "store/migration_wait.h"

namespace sluice::jobs {

class MigrationNotices {
 public:
  using Tell = std::function<void(const std::string& sentence)>;
  // `limit`: nothing: until they are done, or somebody ends the command.
  MigrationNotices(std::optional<std::chrono::seconds> limit, Tell tell);

  // As store::MigrationPatience. What programs call themselves stands in the sentence as it is.
  [[nodiscard]] bool goes_on(const store::MigrationWait& wait);

 private:
  std::optional<std::chrono::seconds> limit_;
  Tell tell_;
  std::optional<std::chrono::milliseconds> told_;  // how long it had waited then
};

}  // namespace sluice::jobs
