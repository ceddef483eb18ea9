// What comparisons found, kept: so that a person can look at the last one of each dataset, and at
// what differed, long after the run that printed it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "reconciliation/differences.h"
#include "reconciliation/failure.h"
#include "record/identifiers.h"
#include "record/key_digest.h"
#include "record/time.h"
#include "sqlite/database.h"

namespace sluice::reconciliation {

// Of each dataset of a bureau, and of each report: what is more is counted only.
inline constexpr std::size_t reports_kept = 10;
inline constexpr std::size_t differences_kept = 1000;

struct KeptRepair {
  std::uint64_t sent = 0;
  std::uint64_t deleted = 0;
  // What still differed when both sides were looked at again; nothing: they could not be.
  std::optional<DifferenceCounts> left;
};

struct KeptReport {
  std::int64_t id = 0;  // given when it is kept; grows
  record::BureauId bureau;
  record::DatasetId dataset;
  record::Time at{};  // when the comparison was over
  std::vector<std::string> key_fields;
  std::uint64_t source_records = 0;
  std::uint64_t central_records = 0;
  DifferenceCounts found;         // before any repair
  std::uint64_t fleeting = 0;     // changes on their way
  std::uint64_t not_passing = 0;  // rows of the source that the schema refuses
  std::uint64_t rows_read = 0;
  std::optional<KeptRepair> repair;  // that was sent
  std::string unrepaired;   // why it was not, or not seen to its end; empty: nothing of that
  std::uint64_t named = 0;  // how many of the differences are kept

  // Both sides hold the same now, perhaps after a repair.
  [[nodiscard]] bool is_same() const;
};

struct KeptDifference {
  std::uint64_t number = 0;  // within its report, from 1, in key order
  Kind kind = Kind::missing;
  record::Key key;
};

// A SQLite file, readable by its owner only: keys may be citizens' numbers. One owner, one thread;
// several, of several processes too, may have the file open.
class Reports {
 public:
  // Makes the file if it is not there.
  [[nodiscard]] static Result<Reports> open(const std::filesystem::path& file);
  // For who only looks: nothing where no comparison was ever kept, and makes no file.
  [[nodiscard]] static Result<std::optional<Reports>> open_if_there(
      const std::filesystem::path& file);

  // Durable when this returns, with the first of `differences` (in key order), as many as are kept;
  // lets the dataset's oldest report go. The new one's id.
  [[nodiscard]] Result<std::int64_t> keep(const KeptReport& report,
                                          const std::vector<Difference>& differences);

  // The last one of each dataset, by bureau and dataset; of one bureau where one is named.
  [[nodiscard]] Result<std::vector<KeptReport>> latest(
      const std::optional<record::BureauId>& bureau);
  // All that are kept of one dataset, the newest first.
  [[nodiscard]] Result<std::vector<KeptReport>> all_of(const record::BureauId& bureau,
                                                       const record::DatasetId& dataset);
  [[nodiscard]] Result<std::optional<KeptReport>> find(std::int64_t id);
  // Of a report, in order behind number `after`, at most so many.
  [[nodiscard]] Result<std::vector<KeptDifference>> differences(std::int64_t report,
                                                                std::uint64_t after,
                                                                std::size_t most);

 private:
  Reports(sqlite::Database database, std::filesystem::path file)
      : database_(std::move(database)), file_(std::move(file)) {}
  [[nodiscard]] Result<void> make_or_check_tables();
  [[nodiscard]] Failure failure(const std::string& sentence) const;
  template <class T>
  [[nodiscard]] Result<T> ours(sqlite::Result<T> result) const;
  [[nodiscard]] Result<std::vector<KeptReport>> read(sqlite::Statement& statement) const;

  sqlite::Database database_;
  std::filesystem::path file_;
};

}  // namespace sluice::reconciliation
