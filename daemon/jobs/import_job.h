// Loads one file of a bureau's into its journal: the job behind `sluice import`, run by hand or by
// the daemon as a child process.
#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/adapter.h"
#include "installation/installation.h"
#include "jobs/reader_process.h"
#include "record/receipt.h"
#include "settings/settings.h"

namespace sluice::jobs {

struct ImportRequest {
  const settings::Bureau& bureau;
  const settings::Publication& publication;
  std::filesystem::path file;
  std::string source;  // what the file is called in the quarantine and in the places of its rows
  ReaderProgram reader;
};

// What an import did. `rows` are of the source: accepted + quarantined + copies.
struct ImportReport {
  bool loaded_before = false;  // the very same bytes: nothing was done
  std::string not_asked;       // then: why the center's ledger could not be asked for them
  // Then: the last batch of them, where its receipt is not back. The rows are not in the central
  // store, or nobody here knows of it.
  std::optional<record::Sequence> waits_for = {};
  bool is_sent_again = false;       // then: the center has lost them, and gets them from here anew
  std::uint64_t resumed_after = 0;  // rows that an earlier, interrupted run had taken
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
  std::uint64_t accepted = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t copies = 0;                      // of an earlier row: unchanged
  std::map<std::string, std::uint64_t> reasons;  // "field: rule" to how often
  std::vector<record::Sequence> batches;         // of this run
};

// Told on the job's threads.
struct ImportEvents {
  adapters::Progress& digesting;
  adapters::Progress& loading;
  std::function<void(const std::string& reason)> waiting_for_room;
};

// Which dataset a file is for: `named` if given, else by the file's name (DATASET.csv or
// DATASET-anything.csv), else the only one that the bureau publishes by disk.
[[nodiscard]] std::expected<const settings::Publication*, record::Flaw> publication_for(
    const settings::Bureau& bureau, const std::filesystem::path& file, const std::string& named);

// Returns once every row is on the disk, in a batch or in the quarantine.
[[nodiscard]] adapters::Result<ImportReport> run_import(
    const installation::Installation& installation, const ImportRequest& request,
    const ImportEvents& events);

// Reads and checks everything, takes nothing.
[[nodiscard]] adapters::Result<ImportReport> dry_run_import(const ImportRequest& request,
                                                            const ImportEvents& events);

}  // namespace sluice::jobs
