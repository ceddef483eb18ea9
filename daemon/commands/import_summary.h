// What an import tells of each file: for people, and as a line of JSON for machines.
#pragma once

#include <string>

#include "adapters/adapter.h"
#include "commands/applied.h"
#include "commands/commands.h"
#include "commands/import_files.h"
#include "jobs/import_job.h"

namespace sluice::commands {

struct ImportSummary {
  const jobs::ImportReport& report;
  const Applied& applied;
  std::string bureau;
  std::string dataset;
  std::string file;  // as it was given
  bool is_dry_run = false;
  double seconds = 0;

  // A copy of a row in the file is not even sent, for the store would find it unchanged.
  [[nodiscard]] std::uint64_t unchanged() const {
    return applied.rows.unchanged.value + report.copies;
  }
  // Whether all that was accepted of it is in the central store, as far as this node knows.
  [[nodiscard]] bool is_applied() const;
};

void print_json(const ImportSummary& summary);
void print_for_people(const ImportSummary& summary);

// A file that was not loaded, or was refused on the way.
struct ImportRefusal {
  std::string bureau;
  std::string file;
  std::string place;
  std::string reason;
  ExitStatus status = ExitStatus::refused;
};
void print_json(const ImportRefusal& refusal);

void print_json(const std::string& bureau, const PassedOverFile& passed_over);

}  // namespace sluice::commands
