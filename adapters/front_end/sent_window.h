// What of a look-back window was sent already: by record, the digest of its last version and where
// in the source that stood. It only saves work and keeps order. Written after the rows are durable
// in the journal, so that losing its last lines, or the whole file, means that rows are sent once
// more, which the center knows as unchanged.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/front_end/look_back.h"
#include "record/digest.h"
#include "record/failure.h"
#include "record/identifiers.h"
#include "sqlite/database.h"

namespace sluice::adapters::front_end {

enum class WindowProblem { failed };
using WindowFailure = record::Failure<WindowProblem>;

// The last version of one record that was sent.
struct SentVersion {
  record::RowDigest key;
  record::RowDigest row;
  std::int64_t mark = 0;  // watermark's value, or the change log's sequence
};

// One owner, one thread; one file a bureau, for all of its datasets.
class SentWindow {
 public:
  [[nodiscard]] static std::expected<SentWindow, WindowFailure> open(
      const std::filesystem::path& file, const record::DatasetId& dataset);

  [[nodiscard]] std::expected<std::optional<SentVersion>, WindowFailure> find(
      const record::RowDigest& key);

  // In one transaction: keeps these, and forgets those whose mark is less than `from`; where a bulk
  // load leaves the window that is a piece of them each time, so that no run waits for all.
  [[nodiscard]] std::expected<void, WindowFailure> keep(const std::vector<SentVersion>& sent,
                                                        std::int64_t from);
  // The same with the look-back's state, and its `from`.
  [[nodiscard]] std::expected<void, WindowFailure> keep(const std::vector<SentVersion>& sent,
                                                        const LookBack& look_back);
  // As it was kept last; nothing where none was.
  [[nodiscard]] std::expected<std::optional<LookBack>, WindowFailure> look_back();

  // How many versions there are whose mark is not less than `from`.
  [[nodiscard]] std::expected<std::uint64_t, WindowFailure> count(std::int64_t from);
  // The highest mark that all but the newest `rows` versions do not go beyond; nothing where there
  // are no more. What is still to be forgotten is among them.
  [[nodiscard]] std::expected<std::optional<std::int64_t>, WindowFailure> mark_behind(
      std::size_t rows);

  // Where a dataset is read anew from its beginning.
  [[nodiscard]] std::expected<void, WindowFailure> clear();

 private:
  SentWindow(sqlite::Database database, record::DatasetId dataset, std::filesystem::path file)
      : database_(std::move(database)), dataset_(std::move(dataset)), file_(std::move(file)) {}
  [[nodiscard]] std::expected<void, WindowFailure> prepare();
  // What is looked for between two writes is looked for in one transaction: each of its own would
  // have the file locked and looked at for every row.
  [[nodiscard]] sqlite::Result<void> begin_reading();
  [[nodiscard]] sqlite::Result<void> end_reading();
  // `look_back` may be null.
  [[nodiscard]] sqlite::Result<void> write(const std::vector<SentVersion>& sent, std::int64_t from,
                                           const LookBack* look_back);
  [[nodiscard]] sqlite::Result<void> insert(const std::vector<SentVersion>& sent,
                                            std::int64_t from);
  [[nodiscard]] sqlite::Result<void> insert(const LookBack& look_back);

  sqlite::Database database_;
  record::DatasetId dataset_;
  std::filesystem::path file_;
  bool is_reading_ = false;
  sqlite::Statement find_;
  sqlite::Statement insert_;
  sqlite::Statement forget_;
  sqlite::Statement clear_;
  sqlite::Statement count_;
  sqlite::Statement mark_behind_;
  sqlite::Statement find_look_back_;
  sqlite::Statement insert_look_back_;
  sqlite::Statement clear_look_back_;
};

}  // namespace sluice::adapters::front_end
