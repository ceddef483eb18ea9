// What a file's rows look like at the door: for tests of everything before it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/disk/csv_collector.h"
#include "adapters/disk/file_digest.h"
#include "intake/door.h"

namespace sluice::adapters::disk {

using Values = std::vector<std::optional<std::string>>;

struct TakenRow {
  Values values;
  std::string original;
  std::uint64_t place = 0;
};

struct RefusedRow {
  std::uint64_t place = 0;
  std::string original;
  intake::RowProblem problem;
};

// Keeps whatever comes; fails at the row that it is told to.
class RecordingDoor final : public intake::Door {
 public:
  std::expected<void, intake::IntakeFailure> begin(std::span<const std::string> names) override {
    ++begun;
    columns.assign(names.begin(), names.end());
    if (refuses_columns) {
      return std::unexpected(
          intake::IntakeFailure{intake::IntakeProblem::columns_mismatch, "", "not these"});
    }
    return {};
  }
  std::expected<void, intake::IntakeFailure> accept(const intake::SourceRow& row) override {
    if (row.place == fail_at) {
      return std::unexpected(
          intake::IntakeFailure{intake::IntakeProblem::backlog_full, "", "no room"});
    }
    TakenRow& taken = rows.emplace_back();
    for (const auto& value : row.values)
      taken.values.emplace_back(value);
    taken.original = row.original.bytes();
    taken.place = row.place;
    return {};
  }
  std::expected<void, intake::IntakeFailure> reject(std::uint64_t place, std::string_view original,
                                                    const intake::RowProblem& problem) override {
    rejected.push_back({place, std::string(original), problem});
    return {};
  }

  bool refuses_columns = false;
  std::uint64_t fail_at = 0;
  int begun = 0;
  std::vector<std::string> columns;
  std::vector<TakenRow> rows;
  std::vector<RefusedRow> rejected;
};

class CountingProgress final : public Progress {
 public:
  void advanced(std::uint64_t bytes, std::uint64_t of_bytes, std::uint64_t rows) override {
    ++times;
    last_bytes = bytes;
    last_of_bytes = of_bytes;
    last_rows = rows;
  }
  int times = 0;
  std::uint64_t last_bytes = 0;
  std::uint64_t last_of_bytes = 0;
  std::uint64_t last_rows = 0;
};

// A folder of the test's own; gone with it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = std::filesystem::temp_directory_path() / "sluice-disk-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;  // what is left over is the temporary folder's business
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

// Bytes as a file, loaded.
struct ImportedFile {
  explicit ImportedFile(std::string_view bytes, const Format& format = {},
                        std::size_t max_row_bytes = 1 << 20, std::uint64_t fail_at = 0)
      : path(folder.write("register.csv", bytes)) {
    door.fail_at = fail_at;
    const auto digest = digest_file(path, progress);
    if (!digest) {
      result = std::unexpected(digest.error());
      return;
    }
    CsvCollector collector(path, format, max_row_bytes, *digest);
    result = collector.collect(door, progress);
    header = collector.header();
  }

  [[nodiscard]] std::vector<Values> values() const {
    std::vector<Values> all;
    for (const TakenRow& row : door.rows)
      all.push_back(row.values);
    return all;
  }
  [[nodiscard]] std::vector<std::string> rules() const {
    std::vector<std::string> all;
    for (const RefusedRow& row : door.rejected)
      all.push_back(row.problem.rule.text());
    return all;
  }
  [[nodiscard]] std::vector<std::uint64_t> places() const {
    std::vector<std::uint64_t> all;
    for (const TakenRow& row : door.rows)
      all.push_back(row.place);
    return all;
  }
  // Of the one row that was rejected.
  [[nodiscard]] RefusedRow rejected() const {
    if (door.rejected.size() == 1) return door.rejected.front();
    return {0, "", {"", {}, "not exactly one row was rejected"}};
  }
  // "file:2" of the failure, without the folder.
  [[nodiscard]] std::string place() const {
    return result ? "" : std::filesystem::path(result.error().place).filename().string();
  }

  TemporaryFolder folder;
  std::filesystem::path path;
  RecordingDoor door;
  CountingProgress progress;
  std::expected<void, CollectionFailure> result;
  std::string header;
};

inline Format gb18030_format() {
  return {.dialect = {}, .encoding = Encoding::gb18030};
}
inline Format with_dialect(CsvDialect dialect) {
  return {.dialect = std::move(dialect), .encoding = Encoding::utf_8};
}

}  // namespace sluice::adapters::disk
