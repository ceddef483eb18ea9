#include <algorithm>
#include <cstdio>
#include <iostream>
#include <iterator>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "commands/applied.h"
#include "commands/commands.h"
#include "commands/terminal.h"
#include "jobs/confined_csv.h"
#include "jobs/import_job.h"

namespace sluice::commands {
namespace {

struct ImportOptions {
  std::string bureau;
  std::vector<std::string> paths;
  std::string dataset;
  bool dry_run = false;
  bool no_wait = false;
  bool json = false;
  jobs::ReaderProgram reader;
};

struct ImportSummary {
  const jobs::ImportReport& report;
  const Applied& applied;
  std::string dataset;
  double seconds = 0;
  // A copy of a row in the file is not even sent, for the store would find it unchanged.
  [[nodiscard]] std::uint64_t unchanged() const {
    return applied.rows.unchanged.value + report.copies;
  }
};

void print_json(const ImportOptions& options, const std::string& file,
                const ImportSummary& summary) {
  const record::RowOutcomes& rows = summary.applied.rows;
  boost::json::object reasons;
  for (const auto& [reason, count] : summary.report.reasons)
    reasons[reason] = count;
  fmt::print("{}\n", boost::json::serialize(
                         boost::json::object{{"bureau", options.bureau},
                                             {"dataset", summary.dataset},
                                             {"file", file},
                                             {"mode", "disk"},
                                             {"dry_run", options.dry_run},
                                             {"loaded_before", summary.report.loaded_before},
                                             {"ledger_asked", summary.report.not_asked.empty()},
                                             {"resumed_after", summary.report.resumed_after},
                                             {"bytes", summary.report.bytes},
                                             {"collected", summary.report.rows},
                                             {"accepted", summary.report.accepted},
                                             {"quarantined", summary.report.quarantined},
                                             {"copies", summary.report.copies},
                                             {"reasons", reasons},
                                             {"batches", summary.report.batches.size()},
                                             {"applied", summary.applied.complete},
                                             {"inserted", rows.inserted.value},
                                             {"updated", rows.updated.value},
                                             {"unchanged", summary.unchanged()},
                                             {"rejected", rows.rejected.value},
                                             {"seconds", summary.seconds}}));
}

void print_for_people(const ImportOptions& options, const std::string& file,
                      const ImportSummary& summary) {
  const jobs::ImportReport& report = summary.report;
  if (report.loaded_before) {
    fmt::print("{}: loaded before ({} rows); nothing to do\n", file, human_count(report.rows));
    if (!report.not_asked.empty()) {
      fmt::print("  as this node has it: the center's ledger could not be asked ({})\n",
                 report.not_asked);
    }
    return;
  }
  fmt::print("{}: {} rows, {} accepted, {} quarantined", file, human_count(report.rows),
             human_count(report.accepted), human_count(report.quarantined));
  if (report.copies > 0) fmt::print(", {} copies of other rows", human_count(report.copies));
  if (options.dry_run) {
    fmt::print(" (dry run: nothing was taken)");
  } else if (summary.applied.complete) {
    const record::RowOutcomes& rows = summary.applied.rows;
    fmt::print("; applied: {} new, {} changed, {} unchanged, {} rejected",
               human_count(rows.inserted.value), human_count(rows.updated.value),
               human_count(summary.unchanged()), human_count(rows.rejected.value));
  }
  fmt::print("; {:.2f} s, {} rows/s\n", summary.seconds,
             human_count(static_cast<std::uint64_t>(static_cast<double>(report.rows) /
                                                    std::max(summary.seconds, 1e-3))));
  if (report.resumed_after > 0) {
    fmt::print("  went on after row {}, where an earlier run was cut off\n",
               human_count(report.resumed_after));
  }
  for (const auto& [reason, count] : report.reasons) {
    fmt::print("  quarantined for {}: {}\n", reason, human_count(count));
  }
  if (report.quarantined > 0 && !options.dry_run) {
    fmt::print("  see them with: sluice quarantine list {}\n", options.bureau);
  }
  if (!options.dry_run && summary.applied.waited && !summary.applied.complete) {
    fmt::print("  {}\n", why_not_applied(summary.applied));
  }
}

ExitStatus status_of_import(const adapters::CollectionFailure& failure) {
  using enum adapters::CollectionProblem;
  switch (failure.code) {
    case journal_failed:
    case backlog_full:
    case unreadable:
      return ExitStatus::failure;
    default:
      return ExitStatus::refused;
  }
}

ExitStatus import_file(const installation::Installation& installation,
                       const settings::Bureau& bureau, const ImportOptions& options,
                       const std::filesystem::path& file) {
  const auto publication = jobs::publication_for(bureau, file, options.dataset);
  if (!publication)
    return fail(file.string() + ": " + publication.error().sentence, ExitStatus::usage);
  const auto started = std::chrono::steady_clock::now();
  ProgressLine digesting("reading ");
  ProgressLine loading(options.dry_run ? "checking" : "loading ");
  bool told = false;
  const jobs::ImportEvents events{digesting, loading, [&](const std::string& reason) {
                                    if (told) return;
                                    told = true;
                                    fmt::print(stderr, "sluice: waiting for room: {}\n", reason);
                                  }};
  const jobs::ImportRequest request{bureau, **publication, file, options.reader};
  const auto report = options.dry_run ? jobs::dry_run_import(request, events)
                                      : jobs::run_import(installation, request, events);
  digesting.clear();
  loading.clear();
  if (!report) return fail(record::to_string(report.error()), status_of_import(report.error()));
  Applied applied;
  if (!options.dry_run && !options.no_wait && !report->loaded_before) {
    auto waited = await_receipts(installation, bureau.id, report->batches);
    if (!waited) return fail(waited.error());
    applied = *waited;
  }
  const ImportSummary summary{
      *report, applied, (*publication)->dataset.str(),
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count()};
  if (options.json) {
    print_json(options, file.string(), summary);
  } else {
    print_for_people(options, file.string(), summary);
  }
  const bool all_good = report->quarantined == 0 && applied.rows.rejected.value == 0;
  return all_good ? ExitStatus::success : ExitStatus::some_quarantined;
}

// A folder stands for the CSV files in it, in the order of their names.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return {path};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.is_regular_file() && entry.path().extension() == ".csv")
      files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

ExitStatus import_all(const Context& context, ImportOptions options) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  const settings::Bureau* bureau = find_bureau(installation->settings, options.bureau);
  if (bureau == nullptr) return ExitStatus::usage;
  // Files are read by this program, too, in a process of its own.
  options.reader = {own_program, context.configuration};
  auto worst = ExitStatus::success;
  for (const std::string& path : options.paths) {
    const auto files = files_of(path);
    if (files.empty()) worst = fail(path + ": there is no .csv file in it", ExitStatus::usage);
    for (const auto& file : files) {
      const ExitStatus status = import_file(*installation, *bureau, options, file);
      // A failure stops: what is wrong with the disk is wrong for the next file too.
      if (status == ExitStatus::failure || status == ExitStatus::usage) return status;
      worst = std::max(worst, status);
    }
  }
  return worst;
}

// Asked by an import: its question comes by the standard input, and the answer, which is no text,
// goes to the standard output.
ExitStatus read_for_import(const Context& context) {
  const auto settings = context.settings();
  if (!settings) return ExitStatus::usage;
  const std::string question{std::istreambuf_iterator<char>(std::cin), {}};
  return jobs::answer_reading(*settings, question, STDOUT_FILENO) ? ExitStatus::success
                                                                  : ExitStatus::failure;
}

}  // namespace

void add_read_file(CLI::App& app, Context& context) {
  // Not for people: in no help.
  app.add_subcommand("read-file", "")->group("")->callback([&context] {
    context.chosen = [&context] { return read_for_import(context); };
  });
}

void add_read_csv(CLI::App& app, Context& context) {
  // Nor is this.
  app.add_subcommand("read-csv", "")->group("")->callback([&context] {
    context.chosen = [] {
      return jobs::answer_csv(STDIN_FILENO, STDOUT_FILENO) ? ExitStatus::success
                                                           : ExitStatus::failure;
    };
  });
}

void add_import(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("import", "Load CSV files of a bureau's (导盘)");
  auto options = std::make_shared<ImportOptions>();
  command->add_option("bureau", options->bureau, "The bureau whose files they are")->required();
  command->add_option("path", options->paths, "Files, or folders of .csv files")->required();
  command->add_option("--dataset", options->dataset, "Where the files' names do not say it");
  command->add_flag("--dry-run", options->dry_run, "Check everything, take nothing");
  command->add_flag("--no-wait", options->no_wait,
                    "Return when all is in the journal, before it is in the central store");
  command->add_flag("--json", options->json, "For machines: one line a file");
  command->callback([&context, options] {
    context.chosen = [&context, options] { return import_all(context, *options); };
  });
}

}  // namespace sluice::commands
