#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "commands/applied.h"
#include "commands/commands.h"
#include "commands/import_files.h"
#include "commands/import_summary.h"
#include "commands/terminal.h"
#include "jobs/confined_csv.h"
#include "jobs/import_job.h"

namespace sluice::commands {
namespace {

struct ImportOptions {
  std::string bureau;
  std::vector<std::string> paths;
  std::string dataset;
  std::string below;
  std::optional<std::uint32_t> wait_seconds;
  bool dry_run = false;
  bool no_wait = false;
  bool json = false;
  jobs::ReaderProgram reader;
};

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

// One run of the command: the files one after the other.
class ImportRun {
 public:
  ImportRun(const installation::Installation& installation, const settings::Bureau& bureau,
            const ImportOptions& options)
      : installation_(installation), bureau_(bureau), options_(options) {
    if (options.wait_seconds) patience_ = std::chrono::seconds(*options.wait_seconds);
  }

  ExitStatus all();

 private:
  // All that was given; what it passes over is told. Nothing where a folder can not be listed.
  [[nodiscard]] std::optional<std::vector<std::filesystem::path>> files();
  [[nodiscard]] ExitStatus one(const std::filesystem::path& file);
  [[nodiscard]] adapters::Result<jobs::ImportReport> load(const settings::Publication& publication,
                                                          const std::filesystem::path& file) const;
  // What the center makes of it, as far as it is waited for.
  [[nodiscard]] std::expected<Applied, std::string> applied(const jobs::ImportReport& report);
  [[nodiscard]] ExitStatus refused(const std::filesystem::path& file, const std::string& place,
                                   const std::string& reason, ExitStatus status) const;

  const installation::Installation& installation_;
  const settings::Bureau& bureau_;
  const ImportOptions& options_;
  Patience patience_;
  ExitStatus worst_ = ExitStatus::success;
};

std::optional<std::vector<std::filesystem::path>> ImportRun::files() {
  std::vector<std::filesystem::path> all;
  for (const std::string& path : options_.paths) {
    auto found = files_of(path);
    if (!found) {
      static_cast<void>(fail(found.error()));
      return std::nullopt;
    }
    for (const PassedOverFile& passed : found->passed_over) {
      fmt::print(stderr, "sluice: passed over: {}: {}\n", printable(passed.path.string()),
                 passed.reason);
      if (options_.json) print_json(options_.bureau, passed);
    }
    if (found->files.empty()) {
      worst_ = std::max(worst_, fail(path + ": there is no .csv file in it", ExitStatus::usage));
    }
    std::ranges::move(found->files, std::back_inserter(all));
  }
  return all;
}

ExitStatus ImportRun::all() {
  const auto files = this->files();
  if (!files) return ExitStatus::failure;
  bool was_refused = false;
  for (std::size_t i = 0; i < files->size(); ++i) {
    const ExitStatus status = one((*files)[i]);
    worst_ = std::max(worst_, status);
    was_refused = was_refused || status == ExitStatus::refused;
    if (status != ExitStatus::failure && status != ExitStatus::usage) continue;
    // A failure stops: what is wrong with the disk is wrong for the next file too.
    const std::size_t left = files->size() - i - 1;
    if (left == 0) return status;
    return fail(
        fmt::format("what was to follow was not looked at, from {} on (files: {}); bring it "
                    "again",
                    printable(name_of((*files)[i + 1], options_.below)), left),
        status);
  }
  // What is not in the journal comes before what is there and waits.
  return was_refused ? ExitStatus::refused : worst_;
}

ExitStatus ImportRun::refused(const std::filesystem::path& file, const std::string& place,
                              const std::string& reason, ExitStatus status) const {
  if (options_.json)
    print_json(ImportRefusal{options_.bureau, file.string(), place, reason, status});
  return fail(place.empty() ? reason : place + ": " + reason, status);
}

adapters::Result<jobs::ImportReport> ImportRun::load(const settings::Publication& publication,
                                                     const std::filesystem::path& file) const {
  ProgressLine digesting("reading ");
  ProgressLine loading(options_.dry_run ? "checking" : "loading ");
  bool told = false;
  const jobs::ImportEvents events{digesting, loading, [&](const std::string& reason) {
                                    if (told) return;
                                    told = true;
                                    fmt::print(stderr, "sluice: waiting for room: {}\n", reason);
                                  }};
  const jobs::ImportRequest request{bureau_, publication, file, name_of(file, options_.below),
                                    options_.reader};
  return options_.dry_run ? jobs::dry_run_import(request, events)
                          : jobs::run_import(installation_, request, events);
}

std::expected<Applied, std::string> ImportRun::applied(const jobs::ImportReport& report) {
  if (options_.dry_run || options_.no_wait) return Applied{};
  if (!report.loaded_before) {
    return await_receipts(installation_, bureau_.id, report.batches, patience_);
  }
  if (!report.waits_for) return Applied{};
  return await_receipts(installation_, bureau_.id, {*report.waits_for}, patience_);
}

ExitStatus ImportRun::one(const std::filesystem::path& file) {
  const auto publication = jobs::publication_for(bureau_, file, options_.dataset);
  if (!publication) {
    return refused(file, file.string(), publication.error().sentence, ExitStatus::usage);
  }
  const auto started = std::chrono::steady_clock::now();
  const auto report = load(**publication, file);
  if (!report) {
    return refused(file, report.error().place, report.error().sentence,
                   status_of_import(report.error()));
  }
  const auto applied = this->applied(*report);
  if (!applied) return fail(applied.error());
  const ImportSummary summary{
      *report,
      *applied,
      options_.bureau,
      (*publication)->dataset.str(),
      file.string(),
      options_.dry_run,
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count()};
  if (options_.json) {
    print_json(summary);
  } else {
    print_for_people(summary);
  }
  if (applied->in_vain) return ExitStatus::not_applied;
  const bool all_good = report->quarantined == 0 && applied->rows.rejected.value == 0;
  return all_good ? ExitStatus::success : ExitStatus::some_quarantined;
}

ExitStatus import_all(const Context& context, ImportOptions options) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  const settings::Bureau* bureau = find_bureau(installation->settings, options.bureau);
  if (bureau == nullptr) return ExitStatus::usage;
  // Files are read by this program, too, in a process of its own.
  options.reader = {own_program, context.configuration};
  return ImportRun(*installation, *bureau, options).all();
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
  command
      ->add_option("path", options->paths,
                   "Files, or folders of .csv files; what else is in a folder is named")
      ->required();
  command->add_option("--dataset", options->dataset, "Where the files' names do not say it");
  command->add_option("--below", options->below,
                      "The folder below whose path the files are named, in messages and in the "
                      "quarantine; else they are named as they are given");
  command->add_flag("--dry-run", options->dry_run, "Check everything, take nothing");
  auto* no_wait =
      command->add_flag("--no-wait", options->no_wait,
                        "Return when all is in the journal, before it is in the central store");
  command
      ->add_option("--wait", options->wait_seconds,
                   "Seconds to wait for the central store, of all files together; else as long as "
                   "`sluiced` runs")
      ->check(CLI::Range(0, 1'000'000'000))
      ->excludes(no_wait);
  command->add_flag("--json", options->json, "For machines: one line a file");
  command->callback([&context, options] {
    context.chosen = [&context, options] { return import_all(context, *options); };
  });
}

}  // namespace sluice::commands
