// Loads what is dropped into a bureau's folder: each file by a child process, then moved to `done`
// or `failed` beside it.
#pragma once

#include <filesystem>
#include <thread>
#include <vector>

#include "adapters/disk/drop_folder.h"
#include "observe/log.h"
#include "record/identifiers.h"

namespace sluice::runs {

// Owns its thread.
class DropFolderWatch {
 public:
  struct Watched {
    record::BureauId bureau;
    std::filesystem::path folder;
    std::vector<record::DatasetId> datasets;  // that the bureau publishes by disk
  };
  // `command` is the sluice program, run as `command --config configuration import …`. `log` must
  // outlive the watch.
  DropFolderWatch(Watched watched, std::filesystem::path command,
                  std::filesystem::path configuration, observe::Log& log);
  // Lets a running import end its current batch: it goes on where it stopped next time.
  ~DropFolderWatch();

  // Asks for that end, and does not wait for it.
  void ask_to_stop() { thread_.request_stop(); }

 private:
  void run(const std::stop_token& stop);
  void look(adapters::disk::DropFolder& folder, const std::stop_token& stop);
  // What became of the file; nothing where it is to be tried again.
  [[nodiscard]] std::optional<adapters::disk::Outcome> load(const adapters::disk::ReadyFile& file,
                                                            const std::stop_token& stop);

  Watched watched_;
  std::filesystem::path command_;
  std::filesystem::path configuration_;
  observe::Log& log_;
  std::jthread thread_;  // last: joined before the rest goes
};

}  // namespace sluice::runs
