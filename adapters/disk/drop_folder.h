// A watched folder (导盘文件夹): which of the files that a bureau puts there are ready to be
// loaded, and where they go when they have been. Files are named DATASET.csv or
// DATASET-anything.csv.
#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/disk/input_file.h"
#include "record/failure.h"
#include "record/identifiers.h"

namespace sluice::adapters::disk {

struct ReadyFile {
  std::filesystem::path path;
  // Nothing where its name begins with none of the datasets.
  std::optional<record::DatasetId> dataset;
  FileStamp stamp;
};

// Somebody meant it to be loaded, perhaps.
struct PassedOver {
  std::string name;
  std::string reason;
  friend bool operator==(const PassedOver&, const PassedOver&) = default;
};

enum class DropFolderProblem {
  not_a_folder,
  unreadable,
  moved_away,
  not_moved,
  reason_not_left,  // of a file that was moved
};
using DropFolderFailure = record::Failure<DropFolderProblem>;

// One thread. A file is ready once its writer has closed it or it was moved in, as far as the
// kernel tells (it does so on local disks only); otherwise once it has stayed the same for the
// settle time.
class DropFolder {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  struct Terms {
    std::vector<record::DatasetId> datasets;
    std::chrono::milliseconds settle{10'000};
  };
  [[nodiscard]] static std::expected<DropFolder, DropFolderFailure> open(
      std::filesystem::path folder, Terms terms, Clock clock);

  // The files that are ready now, by name. A file is named again each time until it is moved away.
  // Whatever is hidden, named *.tmp or *.part, is no .csv or no regular file is left alone.
  [[nodiscard]] std::expected<std::vector<ReadyFile>, DropFolderFailure> ready();
  // What the last look found that will never be ready, by name: each once, when it has lain there
  // for the settle time, and again if it comes back.
  [[nodiscard]] std::vector<PassedOver> passed_over() { return std::exchange(passed_over_, {}); }

  // Becomes readable when something happened in the folder; -1 where the kernel can not tell. Look
  // at least every settle time in any case.
  [[nodiscard]] int descriptor() const { return watch_.get(); }

 private:
  struct Seen {
    FileStamp stamp;
    std::chrono::steady_clock::time_point since;
  };
  DropFolder(std::filesystem::path folder, Terms terms, Clock clock, files::FileDescriptor watch);
  void hear();
  void pass_over(const std::filesystem::directory_entry& entry);
  [[nodiscard]] bool is_settled(const std::string& name, const FileStamp& stamp);

  std::filesystem::path folder_;
  Terms terms_;
  Clock clock_;
  files::FileDescriptor watch_;
  std::set<std::string> closed_;  // by their writers, and not written to since
  std::map<std::string, Seen> seen_;
  struct Strange {
    std::chrono::steady_clock::time_point since;
    bool is_told = false;
  };
  std::map<std::string, Strange> strange_;  // names that lie there and are none of a delivery
  std::vector<PassedOver> passed_over_;
};

// Whether a file of this name in a folder is one to be loaded: *.csv in whatever case, and not
// hidden. *.tmp and *.part end differently, and so are none.
[[nodiscard]] bool is_delivery(std::string_view file_name);
// Why what lies in a folder under this name is not to be loaded, for people: "a folder". Nothing
// where it is, or where it is left alone by agreement: hidden, *.tmp, *.part.
[[nodiscard]] std::optional<std::string> why_passed_over(
    const std::filesystem::directory_entry& entry);

// The dataset with the longest name that `file_name` is made of.
[[nodiscard]] std::optional<record::DatasetId> dataset_of(
    std::string_view file_name, const std::vector<record::DatasetId>& datasets);

// Moves a file into the folder `done` or `failed` beside it, durably, and returns where it is now:
// a file of that name that is there already stays, and the new one gets a number. Only if it is
// still the file with this stamp: one that has come since under the same name is not moved away
// unread. Whoever may look into the folder may look into those two, where they are made here.
enum class Outcome { done, failed };
[[nodiscard]] std::expected<std::filesystem::path, DropFolderFailure> move_away(
    const std::filesystem::path& file, const FileStamp& stamp, Outcome outcome);

// Writes why a file is in `failed` into FILE.reason.txt beside it, in place of one that an earlier
// file of this name has left, for whoever brought it and sees no log: who may read the file may
// read that. Of a name that is too long for it, as much as there is room for.
[[nodiscard]] std::expected<void, DropFolderFailure> leave_reason(const std::filesystem::path& file,
                                                                  std::string_view reason);

}  // namespace sluice::adapters::disk
