#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "commands/applied.h"
#include "commands/commands.h"
#include "commands/publications.h"
#include "commands/room_notice.h"
#include "commands/terminal.h"
#include "jobs/collect_job.h"

namespace sluice::commands {
namespace {

struct CollectOptions {
  std::string bureau;
  std::string dataset;
  bool accept_columns = false;
  bool anew = false;
  bool delete_anyway = false;
  bool no_wait = false;
  std::optional<std::uint32_t> wait_seconds;
  bool json = false;
};

struct CollectSummary {
  const jobs::CollectReport& report;
  const Applied& applied;
  std::string dataset;
  double seconds = 0;
};

void print_json(const CollectOptions& options, const CollectSummary& summary) {
  const jobs::CollectReport& report = summary.report;
  const record::RowOutcomes& rows = summary.applied.rows;
  boost::json::object reasons;
  for (const auto& [reason, count] : report.reasons)
    reasons[reason] = count;
  fmt::print("{}\n",
             boost::json::serialize(boost::json::object{{"bureau", options.bureau},
                                                        {"dataset", summary.dataset},
                                                        {"mode", "front-end"},
                                                        {"collected", report.rows},
                                                        {"upserts", report.upserts},
                                                        {"deletes", report.deletes},
                                                        {"quarantined", report.quarantined},
                                                        {"held_back", report.held_back.deletes},
                                                        {"held_back_of", report.held_back.of},
                                                        {"reasons", reasons},
                                                        {"batches", report.batches.size()},
                                                        {"applied", summary.applied.complete},
                                                        {"inserted", rows.inserted.value},
                                                        {"updated", rows.updated.value},
                                                        {"unchanged", rows.unchanged.value},
                                                        {"deleted", rows.deleted.value},
                                                        {"rejected", rows.rejected.value},
                                                        {"seconds", summary.seconds}}));
}

void print_for_people(const CollectOptions& options, const CollectSummary& summary) {
  const jobs::CollectReport& report = summary.report;
  if (report.rows == 0 && report.held_back.deletes == 0) {
    fmt::print("{}: nothing has changed; {:.2f} s\n", summary.dataset, summary.seconds);
    return;
  }
  fmt::print("{}: {} new or changed, {} deleted, {} quarantined", summary.dataset,
             human_count(report.upserts), human_count(report.deletes),
             human_count(report.quarantined));
  if (summary.applied.complete) {
    const record::RowOutcomes& rows = summary.applied.rows;
    fmt::print("; applied: {} new, {} changed, {} deleted, {} unchanged, {} rejected",
               human_count(rows.inserted.value), human_count(rows.updated.value),
               human_count(rows.deleted.value), human_count(rows.unchanged.value),
               human_count(rows.rejected.value));
  }
  fmt::print("; {:.2f} s\n", summary.seconds);
  for (const auto& [reason, count] : report.reasons) {
    fmt::print("  quarantined for {}: {}\n", reason, human_count(count));
  }
  if (report.quarantined > 0) {
    fmt::print("  see them with: sluice quarantine list {}\n", options.bureau);
  }
  if (summary.applied.waited && !summary.applied.complete) {
    fmt::print("  {}\n", why_not_applied(summary.applied));
  }
}

std::string sentence_of(const adapters::front_end::HeldBack& held_back,
                        const settings::Bureau& bureau, const settings::Publication& publication) {
  namespace capture = adapters::front_end::capture;
  const auto& way = std::get<capture::BySnapshot>(publication.front_end.capture);
  return fmt::format(
      "{0}: {1} of {2} records are gone from the table, more than delete_at_most lets go at once "
      "(share {3:g} %, rows {4}; never all): their deletes are held back; if they are to be "
      "deleted, say `sluice collect {5} --dataset {0} --delete-anyway`, else have them put back",
      publication.dataset.str(), human_count(held_back.deletes), human_count(held_back.of),
      100 * way.delete_at_most.share, way.delete_at_most.rows, bureau.id.str());
}

ExitStatus status_of_collection(const adapters::CollectionFailure& failure) {
  using enum adapters::CollectionProblem;
  switch (failure.code) {
    case refused:
    case bad_columns:
      return ExitStatus::refused;
    default:
      return ExitStatus::failure;
  }
}

ExitStatus collect_dataset(const installation::Installation& installation,
                           const settings::Bureau& bureau, const settings::Publication& publication,
                           const CollectOptions& options, Patience& patience) {
  const auto started = std::chrono::steady_clock::now();
  ProgressLine reading("collecting " + publication.dataset.str());
  RoomNotice notice;
  const jobs::CollectEvents events{reading, notice.events()};
  const auto collected = jobs::run_collect(
      installation,
      {bureau, publication, options.accept_columns, options.anew, options.delete_anyway}, events);
  reading.clear();
  if (!collected) {
    const jobs::CollectReport& report = collected.error().report;
    // One line: the last one is what the history of runs keeps.
    return fail(fmt::format("{}: {}{}", publication.dataset.str(),
                            record::to_string(collected.error().failure),
                            report.batches.empty()
                                ? ""
                                : fmt::format("; what was read before that is in the journal "
                                              "(batches: {}), the next run goes on behind it",
                                              human_count(report.batches.size()))),
                status_of_collection(collected.error().failure));
  }
  Applied applied;
  if (!options.no_wait && !collected->batches.empty()) {
    auto waited = await_receipts(installation, bureau.id, collected->batches, patience);
    if (!waited) return fail(waited.error());
    applied = *waited;
  }
  const CollectSummary summary{
      *collected, applied, publication.dataset.str(),
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count()};
  if (options.json) {
    print_json(options, summary);
  } else {
    print_for_people(options, summary);
  }
  if (collected->held_back.deletes > 0) {
    return fail(sentence_of(collected->held_back, bureau, publication), ExitStatus::held_back);
  }
  if (applied.in_vain) return ExitStatus::not_applied;
  const bool all_good = collected->quarantined == 0 && applied.rows.rejected.value == 0;
  return all_good ? ExitStatus::success : ExitStatus::some_quarantined;
}

ExitStatus collect_all(const Context& context, const CollectOptions& options) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  const auto collected = collected_publications(*installation, options.bureau, options.dataset);
  if (!collected) return ExitStatus::usage;
  Patience patience;
  if (options.wait_seconds) patience = std::chrono::seconds(*options.wait_seconds);
  return for_each(*collected, [&](const settings::Publication& publication) {
    return collect_dataset(*installation, collected->bureau, publication, options, patience);
  });
}

}  // namespace

void add_collect(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand(
      "collect", "Collect what has changed in a bureau's exchange database (前置机)");
  auto options = std::make_shared<CollectOptions>();
  command->add_option("bureau", options->bureau, "The bureau whose database it is")->required();
  command->add_option("--dataset", options->dataset, "Only this one of its datasets");
  command->add_flag("--accept-columns", options->accept_columns,
                    "After a run was refused because types of columns have changed: take them as "
                    "they are now");
  command->add_flag(
      "--anew", options->anew,
      "Read the whole table as if for the first time; what was deleted since the last "
      "run is then not found");
  command->add_flag("--delete-anyway", options->delete_anyway,
                    "After deletes were held back because more records were gone from a table than "
                    "`delete_at_most` lets go at once: delete them");
  auto* no_wait =
      command->add_flag("--no-wait", options->no_wait,
                        "Return when all is in the journal, before it is in the central store");
  command
      ->add_option("--wait", options->wait_seconds,
                   "Seconds to wait for the central store, of all datasets together; else as long "
                   "as `sluiced` runs")
      ->check(CLI::Range(0, 1'000'000'000))
      ->excludes(no_wait);
  command->add_flag("--json", options->json, "For machines: one line a dataset");
  command->footer(
      "Exit status: 0 all taken, or nothing has changed; 1 database, network or disk; 2 command "
      "line\n"
      "or configuration; 3 taken, but rows are in the quarantine; 4 refused, the table does not "
      "fit;\n"
      "6 taken, but more records are gone than may be deleted unasked; 7 taken, and not in the "
      "central\n"
      "store when the time of --wait had passed, or no sluiced runs that would bring it there");
  command->callback([&context, options] {
    context.chosen = [&context, options] { return collect_all(context, *options); };
  });
}

}  // namespace sluice::commands
