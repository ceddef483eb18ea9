#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "commands/commands.h"
#include "commands/publications.h"
#include "commands/room_notice.h"
#include "commands/terminal.h"
#include "jobs/reconcile_job.h"

namespace sluice::commands {
namespace {

using jobs::ReconcileProblem;
using jobs::ReconcileReport;
using reconciliation::Kind;

struct ReconcileOptions {
  std::string bureau;
  std::string dataset;
  bool repair = false;
  double delete_at_most = 10;  // percent
  std::int64_t wait = 30;      // seconds
  std::size_t show = 20;
  bool json = false;
};

// What was compared, and what came of it.
struct ReconcileSummary {
  const record::Dataset& dataset;
  const ReconcileReport& report;
  double seconds = 0;
};

bool is_same(const ReconcileReport& report) {
  if (report.unrepaired) return false;
  return (report.repair ? *report.repair->left : report.found).all() == 0;
}

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::missing:
      return "missing";
    case Kind::extra:
      return "only central";
    case Kind::different:
      return "different";
  }
  return "";
}

boost::json::object to_json(const reconciliation::DifferenceCounts& counts) {
  return {{"missing", counts.missing}, {"extra", counts.extra}, {"different", counts.different}};
}

// What was sent, what is left, and why it was not sent or what came of it is not known: `refused`
// where a person must act, `failed` where it may do later.
boost::json::object repair_json(const ReconcileReport& report) {
  boost::json::object repair;
  if (report.repair) {
    repair["sent"] = report.repair->sent;
    repair["deleted"] = report.repair->deleted;
    if (report.repair->left) repair["left"] = to_json(*report.repair->left);
  }
  if (report.unrepaired) {
    const bool is_refused = report.unrepaired->code == ReconcileProblem::refused;
    repair[is_refused ? "refused" : "failed"] = record::to_string(*report.unrepaired);
  }
  return repair;
}

void print_json(const ReconcileOptions& options, const ReconcileSummary& summary) {
  const ReconcileReport& report = summary.report;
  boost::json::object object{{"bureau", options.bureau},
                             {"dataset", summary.dataset.id.str()},
                             {"same", is_same(report)},
                             {"source_records", report.source.present},
                             {"central_records", report.central.central_records},
                             {"found", to_json(report.found)},
                             {"on_their_way", report.fleeting},
                             {"not_passing", report.source.refused + report.source.unknown},
                             {"repeated", report.source.repeated},
                             {"rows_read", report.rows_read},
                             {"ranges_asked", report.central.ranges_asked},
                             {"digests_listed", report.central.records_listed},
                             {"seconds", summary.seconds}};
  boost::json::array named;
  for (const reconciliation::Difference& difference : report.named) {
    boost::json::array key(difference.key.begin(), difference.key.end());
    named.push_back(
        {{"kind",
          difference.kind == Kind::extra ? "extra" : std::string(to_string(difference.kind))},
         {"key", std::move(key)}});
  }
  if (!named.empty()) object["differences"] = std::move(named);
  if (auto repair = repair_json(report); !repair.empty()) object["repair"] = std::move(repair);
  fmt::print("{}\n", boost::json::serialize(object));
}

// "12 records", "1 record".
std::string records(std::uint64_t count) {
  return human_count(count) + (count == 1 ? " record" : " records");
}

void print_named(const ReconcileSummary& summary) {
  const ReconcileReport& report = summary.report;
  if (report.named.empty()) return;
  std::vector<std::string> header{"difference"};
  for (const std::string& field : summary.dataset.schema.primary_key)
    header.push_back(field);
  std::vector<std::vector<std::string>> rows;
  for (const reconciliation::Difference& difference : report.named) {
    std::vector<std::string> row{std::string(to_string(difference.kind))};
    row.insert(row.end(), difference.key.begin(), difference.key.end());
    rows.push_back(std::move(row));
  }
  fmt::print("\n{}", table(header, rows));
  if (const std::uint64_t rest = report.found.all() - report.named.size(); rest > 0) {
    fmt::print("… and {} more (--show {} names them all)\n", human_count(rest), report.found.all());
  }
}

void print_remarks(const ReconcileReport& report) {
  if (report.fleeting > 0) {
    fmt::print("  {} changed while this was looked at, and {} not counted\n",
               records(report.fleeting), report.fleeting == 1 ? "is" : "are");
  }
  if (const std::uint64_t refused = report.source.refused + report.source.unknown; refused > 0) {
    fmt::print("  {} of the source {} not pass the schema (quarantine), and {} not compared\n",
               records(refused), refused == 1 ? "does" : "do", refused == 1 ? "is" : "are");
  }
  if (report.source.repeated > 0 && report.source_is_whole) {
    fmt::print("  {} of the source {} a key that another one has: the last one counts\n",
               records(report.source.repeated), report.source.repeated == 1 ? "has" : "have");
  }
  if (!report.source_is_whole) {
    fmt::print("  the source tells changes only: records that it does not name are not judged\n");
  }
}

void print_repair(const ReconcileOptions& options, const ReconcileReport& report,
                  const std::string& dataset) {
  if (report.unrepaired) {
    if (report.repair) {
      fmt::print("\n{} sent, {} deleted; what came of it is not known.\n",
                 human_count(report.repair->sent), human_count(report.repair->deleted));
    } else {
      fmt::print("\nNot repaired.\n");
    }
    return;
  }
  if (!report.repair) {
    fmt::print("\nTo send exactly these: sluice reconcile {} {} --repair\n", options.bureau,
               dataset);
    return;
  }
  fmt::print("\nRepaired: {} sent, {} deleted. ", human_count(report.repair->sent),
             human_count(report.repair->deleted));
  if (is_same(report)) {
    fmt::print("Both sides are the same now.\n");
  } else {
    const auto& left = *report.repair->left;
    fmt::print(
        "Still missing {}, only central {}, different {}: the receipts say why "
        "(`sluice batch list {}`)\n",
        human_count(left.missing), human_count(left.extra), human_count(left.different),
        options.bureau);
  }
}

void print_for_people(const ReconcileOptions& options, const ReconcileSummary& summary) {
  const ReconcileReport& report = summary.report;
  const std::string dataset = summary.dataset.id.str();
  if (report.found.all() == 0) {
    fmt::print("{}: the same on both sides, {}; {:.1f} s\n", dataset,
               records(report.source.present), summary.seconds);
    print_remarks(report);
    return;
  }
  fmt::print("{}: not the same on both sides; {:.1f} s\n\n", dataset, summary.seconds);
  fmt::print("{}", table({"", "records"},
                         {{"exchange database", human_count(report.source.present)},
                          {"central store", human_count(report.central.central_records)},
                          {"missing in the central store", human_count(report.found.missing)},
                          {"only in the central store", human_count(report.found.extra)},
                          {"different", human_count(report.found.different)}}));
  print_remarks(report);
  print_named(summary);
  print_repair(options, report, dataset);
}

ExitStatus status_of(ReconcileProblem problem) {
  return problem == ReconcileProblem::refused ? ExitStatus::refused : ExitStatus::failure;
}

// What the job is at, where somebody looks on.
class Steps {
 public:
  explicit Steps(std::string dataset) : dataset_(std::move(dataset)), line_(dataset_) {}
  void at(const std::string& step) { line_.name(dataset_ + ": " + step); }
  ProgressLine& line() { return line_; }

 private:
  std::string dataset_;
  ProgressLine line_;
};

ExitStatus reconcile_dataset(const installation::Installation& installation,
                             const settings::Bureau& bureau,
                             const settings::Publication& publication,
                             const ReconcileOptions& options) {
  const auto started = std::chrono::steady_clock::now();
  Steps steps(publication.dataset.str());
  RoomNotice notice;
  const auto report = jobs::run_reconcile(
      installation,
      {.bureau = bureau,
       .publication = publication,
       .repairs = options.repair,
       .most_deleted = options.delete_at_most / 100,
       .patience = std::chrono::seconds(options.wait),
       .named = options.show},
      {steps.line(), [&](const std::string& step) { steps.at(step); }, notice.events()});
  steps.line().clear();
  if (!report) {
    return fail(publication.dataset.str() + ": " + record::to_string(report.error()),
                status_of(report.error().code));
  }
  const ReconcileSummary summary{
      installation.catalogue.find(publication.dataset)->dataset, *report,
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count()};
  if (options.json) {
    print_json(options, summary);
    // Who reads it gets it even if the next dataset's comparison is cut off.
    std::fflush(stdout);
  } else {
    print_for_people(options, summary);
  }
  if (report->unkept) {
    fmt::print(stderr, "sluice: {}: what was found is not kept for `sluice report`: {}\n",
               publication.dataset.str(), record::to_string(*report->unkept));
  }
  if (const auto& why = report->unrepaired) {
    return fail(publication.dataset.str() + ": " + record::to_string(*why), status_of(why->code));
  }
  return is_same(*report) ? ExitStatus::success : ExitStatus::differs;
}

ExitStatus reconcile(const Context& context, const ReconcileOptions& options) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  const auto collected = collected_publications(*installation, options.bureau, options.dataset);
  if (!collected) return ExitStatus::usage;
  return for_each(*collected, [&](const settings::Publication& publication) {
    return reconcile_dataset(*installation, collected->bureau, publication, options);
  });
}

}  // namespace

void add_reconcile(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand(
      "reconcile", "Compare a bureau's exchange database with the central store (对账)");
  auto options = std::make_shared<ReconcileOptions>();
  command->add_option("bureau", options->bureau, "The bureau whose database it is")->required();
  command->add_option("dataset", options->dataset, "Only this one of its datasets");
  command->add_flag("--repair", options->repair,
                    "Send what is missing or different, delete what only the center has");
  command
      ->add_option("--delete-at-most", options->delete_at_most,
                   "Percent of the central store's records that a repair may delete")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  command
      ->add_option("--wait", options->wait,
                   "Seconds to wait for a center that takes none of the batches that are for it")
      ->capture_default_str();
  command->add_option("--show", options->show, "How many differences to name")
      ->capture_default_str();
  command->add_flag("--json", options->json, "For machines: one line a dataset");
  command->callback([&context, options] {
    context.chosen = [&context, options] { return reconcile(context, *options); };
  });
}

}  // namespace sluice::commands
