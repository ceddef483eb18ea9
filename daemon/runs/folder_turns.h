// Who has a drop folder to itself: a folder that one configuration gives to another bureau is still
// its old bureau's while an import out of it runs.
#pragma once

#include <expected>
#include <filesystem>
#include <map>
#include <mutex>
#include <utility>

#include "record/identifiers.h"

namespace sluice::runs {

// Thread-safe.
class FolderTurns {
 public:
  FolderTurns() = default;
  FolderTurns(const FolderTurns&) = delete;
  FolderTurns& operator=(const FolderTurns&) = delete;

  // Given back when it goes; must not outlive the turns.
  class Turn {
   public:
    Turn(Turn&& other) noexcept
        : turns_(std::exchange(other.turns_, nullptr)), folder_(std::move(other.folder_)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (turns_ != nullptr) turns_->give_back(folder_);
    }

   private:
    friend class FolderTurns;
    Turn(FolderTurns& turns, std::filesystem::path folder)
        : turns_(&turns), folder_(std::move(folder)) {}
    FolderTurns* turns_;
    std::filesystem::path folder_;
  };

  // Whose turn it is where it is another's.
  [[nodiscard]] std::expected<Turn, record::BureauId> take(const std::filesystem::path& folder,
                                                           const record::BureauId& bureau);

 private:
  void give_back(const std::filesystem::path& folder);

  std::mutex mutex_;
  std::map<std::filesystem::path, record::BureauId> taken_;  // guarded by mutex_
};

}  // namespace sluice::runs
