// Loads what is dropped into a bureau's folder: each file by a child process, then moved to `done`
// or `failed` beside it.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "adapters/disk/drop_folder.h"
#include "observe/log.h"
#include "record/identifiers.h"
#include "runs/child_process.h"
#include "runs/folder_turns.h"
#include "runs/hold_back.h"

namespace sluice::runs {

// Owns its thread.
class DropFolderWatch {
 public:
  struct Watched {
    record::BureauId bureau;
    std::filesystem::path folder;
    std::vector<record::DatasetId> datasets;   // that the bureau publishes by disk
    ChildLimits limits = {};                   // of one import
    std::chrono::milliseconds settle{10'000};  // as adapters::disk::DropFolder has it
    friend bool operator==(const Watched&, const Watched&) = default;
  };
  // What must outlive the watch; the paths are of the program, run as `command --config
  // configuration import …`.
  struct Surroundings {
    std::filesystem::path command;
    std::filesystem::path configuration;
    observe::Log& log;
    FolderTurns& turns;  // of all watches
  };
  // While `hold_back` says why, files stay where they are: it is asked on the watch's thread.
  DropFolderWatch(Watched watched, HoldBack hold_back, Surroundings surroundings);
  // Lets a running import end its current batch: it goes on where it stopped next time.
  ~DropFolderWatch();

  // Asks for that end, and does not wait for it.
  void ask_to_stop() { thread_.request_stop(); }

  // Of this bureau, from the next look on; an import that runs goes on. False: it has ended. Any
  // thread, as the next.
  [[nodiscard]] bool change(Watched watched);
  // The same: nothing more is loaded.
  void let_end();

 private:
  // What became of a file, and, of one that goes to `failed`, why.
  struct End {
    adapters::disk::Outcome outcome = adapters::disk::Outcome::done;
    std::string reason;
  };
  void run(const std::stop_token& stop);
  // Looks until it is to stop, or what is watched has changed.
  void watch(const std::stop_token& stop);
  [[nodiscard]] bool is_to_go_on(const std::stop_token& stop) const {
    return !stop.stop_requested() && !is_changed_;
  }
  // The folder, where it is there by now.
  void open(std::optional<adapters::disk::DropFolder>& folder);
  // Tells the log what is new of why it is not watched.
  void not_watched(const adapters::disk::DropFolderFailure& failure);
  void tell_of_passed_over(adapters::disk::DropFolder& folder);
  void put_away(const adapters::disk::ReadyFile& file, const End& end);
  // False: a file could not be loaded, by this machine's fault; `folder` is empty where it is gone.
  [[nodiscard]] bool look(std::optional<adapters::disk::DropFolder>& folder,
                          const std::stop_token& stop);
  // All of it that is ready; the rest as look().
  [[nodiscard]] bool load_all(std::optional<adapters::disk::DropFolder>& folder,
                              const std::stop_token& stop);
  // Asks `hold_back`.
  [[nodiscard]] bool may_load();
  // Tells the log what is new of why nothing may be loaded.
  void held_back(const std::optional<std::string>& why);
  struct CutOff {
    std::string limit;                               // as the configuration has it
    std::optional<adapters::disk::Outcome> outcome;  // nothing: the file is to be tried again
  };
  // Nothing where no limit has ended the import.
  [[nodiscard]] std::optional<CutOff> cut_off(const ChildEnd& end) const;
  [[nodiscard]] End unknown(const std::string& name) const;
  // Nothing where it is to be tried again.
  [[nodiscard]] std::optional<End> load(const adapters::disk::ReadyFile& file,
                                        const std::stop_token& stop);

  std::mutex mutex_;
  std::optional<Watched> planned_;  // guarded by mutex_, as the next; nothing: it is to end
  bool has_ended_ = false;
  std::atomic<bool> is_changed_ = false;
  Watched watched_;  // the thread's, as the next three
  bool is_held_back_ = false;
  bool waits_for_turn_ = false;
  std::string not_watched_;  // why the folder is not, as it was told; empty: it is
  HoldBack hold_back_;
  Surroundings surroundings_;
  std::jthread thread_;  // last: joined before the rest goes
};

}  // namespace sluice::runs
