// Loads what is dropped into a bureau's folder: each file by a child process, then moved to `done`
// or `failed` beside it.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "adapters/disk/drop_folder.h"
#include "observe/log.h"
#include "record/identifiers.h"
#include "runs/child_process.h"
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
  };
  // What must outlive the watch; the paths are of the program, run as `command --config
  // configuration import …`.
  struct Surroundings {
    std::filesystem::path command;
    std::filesystem::path configuration;
    observe::Log& log;
  };
  // While `hold_back` says why, files stay where they are: it is asked on the watch's thread.
  DropFolderWatch(Watched watched, HoldBack hold_back, Surroundings surroundings);
  // Lets a running import end its current batch: it goes on where it stopped next time.
  ~DropFolderWatch();

  // Asks for that end, and does not wait for it.
  void ask_to_stop() { thread_.request_stop(); }

 private:
  // What became of a file, and, of one that goes to `failed`, why.
  struct End {
    adapters::disk::Outcome outcome = adapters::disk::Outcome::done;
    std::string reason;
  };
  void run(const std::stop_token& stop);
  // The folder, where it is there by now.
  void open(std::optional<adapters::disk::DropFolder>& folder);
  // Tells the log what is new of why it is not watched.
  void not_watched(const adapters::disk::DropFolderFailure& failure);
  void tell_of_passed_over(adapters::disk::DropFolder& folder);
  void put_away(const adapters::disk::ReadyFile& file, const End& end);
  // False: a file could not be loaded, by this machine's fault; `folder` is empty where it is gone.
  [[nodiscard]] bool look(std::optional<adapters::disk::DropFolder>& folder,
                          const std::stop_token& stop);
  // Asks `hold_back`, and tells the log what is new.
  [[nodiscard]] bool may_load();
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

  Watched watched_;
  HoldBack hold_back_;
  Surroundings surroundings_;
  bool is_held_back_ = false;  // the thread's, as the next
  std::string not_watched_;    // why the folder is not, as it was told; empty: it is
  std::jthread thread_;        // last: joined before the rest goes
};

}  // namespace sluice::runs
