// What became of the runs of a node's jobs, and which bureaus are paused: kept over restarts, so
// that an operator can ask what happened last night.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "record/failure.h"
#include "record/identifiers.h"
#include "schedule/schedule.h"
#include "sqlite/database.h"

namespace sluice::runs {

enum class HistoryProblem { failed };
using HistoryFailure = record::Failure<HistoryProblem>;

// What a job is for one bureau: `collect`, `reconcile`.
struct JobName {
  record::BureauId bureau;
  std::string task;
};

struct Run {
  std::int64_t id = 0;
  JobName job;
  std::string reason;  // scheduled, missed, retry, by-hand
  schedule::Moment started{};
  std::optional<schedule::Moment> ended;  // nothing: under way
  // succeeded, quarantined, differs, held-back, refused, failed, timed-out, backlog-full, killed,
  // stopped; lost where the daemon ended before it did; empty while it is under way.
  std::string outcome;
  std::string sentence;  // why it failed
  std::string summary;   // what it printed for machines (run_summary.h)
  // Nothing: it is under way.
  [[nodiscard]] std::optional<std::chrono::seconds> took() const {
    return ended ? std::optional(*ended - started) : std::nullopt;
  }
};

// Which runs: those that are all of what is said.
struct RunFilter {
  std::optional<record::BureauId> bureau;
  std::optional<std::string> task;
  std::optional<std::string> outcome;  // as in Run: empty is "under way"
  std::optional<std::int64_t> before;  // only runs with a lower id: the next page
};
// What find() asks with, so that a test can ask SQLite how it would find them.
[[nodiscard]] std::string query_of(const RunFilter& filter);

// Whether the run did what it is for, also where some rows failed or both sides differ.
[[nodiscard]] bool has_succeeded(const std::string& outcome);
// Whether the outcome is one after which the next run is a retry.
[[nodiscard]] bool is_failure(const std::string& outcome);

// One owner, one thread; several in one process may have the file open.
class RunHistory {
 public:
  [[nodiscard]] static std::expected<RunHistory, HistoryFailure> open(
      const std::filesystem::path& file);
  // The same, for who only looks: nothing where nothing ever ran, and makes no file.
  [[nodiscard]] static std::expected<std::optional<RunHistory>, HistoryFailure> open_if_there(
      const std::filesystem::path& file);

  // Runs of this job that were under way when the daemon ended become `lost`.
  [[nodiscard]] std::expected<void, HistoryFailure> lose_unfinished(const JobName& job,
                                                                    schedule::Moment at);
  [[nodiscard]] std::expected<std::int64_t, HistoryFailure> begin(const JobName& job,
                                                                  std::string_view reason,
                                                                  schedule::Moment at);
  // Forgets all but the job's last 1000 runs.
  [[nodiscard]] std::expected<void, HistoryFailure> end(const Run& run);
  // The newest first.
  [[nodiscard]] std::expected<std::vector<Run>, HistoryFailure> last(const JobName& job,
                                                                     std::size_t most);
  // When the last one began that has succeeded; nothing: none that is kept has.
  [[nodiscard]] std::expected<std::optional<schedule::Moment>, HistoryFailure> last_success(
      const JobName& job);
  // Of all jobs, the newest first, at most so many.
  [[nodiscard]] std::expected<std::vector<Run>, HistoryFailure> find(const RunFilter& filter,
                                                                     std::size_t most);

  [[nodiscard]] std::expected<bool, HistoryFailure> is_paused(const record::BureauId& bureau);
  [[nodiscard]] std::expected<void, HistoryFailure> set_paused(const record::BureauId& bureau,
                                                               bool paused);

 private:
  RunHistory(sqlite::Database database, std::filesystem::path file)
      : database_(std::move(database)), file_(std::move(file)) {}
  [[nodiscard]] std::unexpected<HistoryFailure> failure(const sqlite::Error& error) const;

  sqlite::Database database_;
  std::filesystem::path file_;
};

}  // namespace sluice::runs
