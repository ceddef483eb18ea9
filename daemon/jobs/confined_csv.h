// What people hand in, a sheet or a row of the quarantine, is parsed in a process of its own, which
// holds no key, may open no file but the system's libraries, and has limits
// (docs/decisions/0031-readers-hold-no-key.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include "adapters/disk/csv_frames.h"
#include "adapters/disk/csv_parser.h"
#include "runs/child_limits.h"

namespace sluice::jobs {

// Bytes. Sanitizers take memory of their own, and end where they get none.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr std::uint64_t memory_of_confined_csv = 0;
#else
inline constexpr std::uint64_t memory_of_confined_csv = std::uint64_t{256} << 20;
#endif

// Of one such process. A sheet has 16 MiB at most: what takes more is something that went wrong.
inline constexpr runs::ChildLimits limits_of_confined_csv{.time = std::chrono::seconds(20),
                                                          .cpu = std::chrono::seconds(10),
                                                          .memory_bytes = memory_of_confined_csv};

// Each call starts one, and waits for it. How many there are at once is the callers' to bound.
class ConfinedCsv final : public adapters::disk::CsvParser {
 public:
  // Told why such a process came to no answer, on the caller's thread.
  using Failed = std::function<void(const std::string& reason)>;

  // `program` is `sluice`.
  explicit ConfinedCsv(std::filesystem::path program, Failed failed = {},
                       const runs::ChildLimits& limits = limits_of_confined_csv)
      : program_(std::move(program)), failed_(std::move(failed)), limits_(limits) {}

  // `unreadable` where the process came to no answer: nothing was taken.
  [[nodiscard]] adapters::Result<adapters::disk::CsvTable> table(
      const adapters::disk::TableQuestion& question) const override;
  [[nodiscard]] adapters::Result<adapters::disk::CsvRow> row(
      const adapters::disk::RowQuestion& question) const override;

 private:
  [[nodiscard]] adapters::Result<adapters::disk::CsvAnswer> ask(
      const adapters::disk::CsvQuestion& question) const;

  std::filesystem::path program_;
  Failed failed_;
  runs::ChildLimits limits_;
};

// The whole of such a process: gives up what it does not need, reads the question from `input`, and
// answers it. False: it was no question, or nobody reads the answer any more.
[[nodiscard]] bool answer_csv(int input, int output);

}  // namespace sluice::jobs
