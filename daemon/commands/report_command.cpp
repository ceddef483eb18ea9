#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "commands/commands.h"
#include "commands/terminal.h"
#include "installation/paths.h"
#include "reconciliation/reports.h"

namespace sluice::commands {
namespace {

using reconciliation::KeptDifference;
using reconciliation::KeptReport;
using reconciliation::Reports;

struct ReportOptions {
  std::string bureau;
  std::string dataset;
  std::int64_t id = 0;
  std::uint64_t after = 0;
  std::size_t limit = 20;
  bool json = false;
};

// What came of it, in a word or two.
std::string_view state_of(const KeptReport& report) {
  if (!report.unrepaired.empty()) return "not repaired";
  if (report.is_same()) return report.repair ? "repaired" : "same";
  return report.repair ? "differs still" : "differs";
}

// By the names that `sluice reconcile --json` has.
std::string_view kind_name(reconciliation::Kind kind) {
  switch (kind) {
    case reconciliation::Kind::missing:
      return "missing";
    case reconciliation::Kind::extra:
      return "extra";
    case reconciliation::Kind::different:
      return "different";
  }
  return "";
}

boost::json::object counts_json(const reconciliation::DifferenceCounts& counts) {
  return {{"missing", counts.missing}, {"extra", counts.extra}, {"different", counts.different}};
}

boost::json::object report_json(const KeptReport& report) {
  boost::json::object object{{"id", report.id},
                             {"bureau", report.bureau.str()},
                             {"dataset", report.dataset.str()},
                             {"at", record::to_string(report.at)},
                             {"same", report.is_same()},
                             {"source_records", report.source_records},
                             {"central_records", report.central_records},
                             {"found", counts_json(report.found)},
                             {"on_their_way", report.fleeting},
                             {"not_passing", report.not_passing},
                             {"rows_read", report.rows_read},
                             {"named", report.named}};
  if (report.repair) {
    boost::json::object repair{{"sent", report.repair->sent}, {"deleted", report.repair->deleted}};
    if (report.repair->left) repair["left"] = counts_json(*report.repair->left);
    object["repair"] = std::move(repair);
  }
  if (!report.unrepaired.empty()) object["unrepaired"] = report.unrepaired;
  return object;
}

// Does it with the reports of this node, or with none where no comparison was ever kept.
template <class Done>
ExitStatus with_reports(const Context& context, Done done) {
  const auto settings = context.settings();
  if (!settings) return ExitStatus::usage;
  const installation::Paths paths(settings->node.state_directory);
  auto reports = Reports::open_if_there(paths.reconciliation_reports());
  if (!reports) return fail(record::to_string(reports.error()));
  return done(*reports);
}

reconciliation::Result<std::vector<KeptReport>> asked_for(Reports& reports,
                                                          const ReportOptions& options) {
  if (!options.dataset.empty()) {
    return reports.all_of(record::BureauId(options.bureau), record::DatasetId(options.dataset));
  }
  return reports.latest(options.bureau.empty() ? std::nullopt
                                               : std::optional(record::BureauId(options.bureau)));
}

ExitStatus list_reports(const Context& context, const ReportOptions& options) {
  return with_reports(context, [&](std::optional<Reports>& reports) {
    std::vector<KeptReport> found;
    if (reports) {
      auto asked = asked_for(*reports, options);
      if (!asked) return fail(record::to_string(asked.error()));
      found = std::move(*asked);
    }
    std::vector<std::vector<std::string>> rows;
    for (const KeptReport& report : found) {
      if (options.json) fmt::print("{}\n", boost::json::serialize(report_json(report)));
      rows.push_back({std::to_string(report.id), report.bureau.str(), report.dataset.str(),
                      record::to_string(report.at), human_count(report.source_records),
                      human_count(report.central_records), human_count(report.found.missing),
                      human_count(report.found.extra), human_count(report.found.different),
                      std::string(state_of(report))});
    }
    if (options.json) return ExitStatus::success;
    if (rows.empty()) {
      fmt::print("no comparison of that kind is kept here: sluice reconcile BUREAU makes one\n");
      return ExitStatus::success;
    }
    fmt::print("{}\nWhat differed: sluice report show ID\n",
               table({"id", "bureau", "dataset", "at", "source", "center", "missing",
                      "only central", "different", "state"},
                     rows));
    return ExitStatus::success;
  });
}

void print_report(const KeptReport& report, const std::vector<KeptDifference>& differences,
                  const ReportOptions& options) {
  fmt::print("{}: {}, compared at {}\n\n", report.dataset.str(), state_of(report),
             record::to_string(report.at));
  fmt::print("{}", table({"", "records"},
                         {{"exchange database", human_count(report.source_records)},
                          {"central store", human_count(report.central_records)},
                          {"missing in the central store", human_count(report.found.missing)},
                          {"only in the central store", human_count(report.found.extra)},
                          {"different", human_count(report.found.different)},
                          {"changes on their way", human_count(report.fleeting)},
                          {"rows that do not pass", human_count(report.not_passing)}}));
  if (!report.unrepaired.empty()) fmt::print("\nNot repaired: {}\n", report.unrepaired);
  if (differences.empty()) return;
  std::vector<std::string> header{"", "difference"};
  header.insert(header.end(), report.key_fields.begin(), report.key_fields.end());
  std::vector<std::vector<std::string>> rows;
  for (const KeptDifference& difference : differences) {
    std::vector<std::string> row{std::to_string(difference.number),
                                 std::string(kind_name(difference.kind))};
    row.insert(row.end(), difference.key.begin(), difference.key.end());
    row.resize(header.size());
    rows.push_back(std::move(row));
  }
  fmt::print("\n{}", table(header, rows));
  const std::uint64_t last = differences.back().number;
  if (last < report.named) {
    fmt::print("… and {} more: sluice report show {} --after {} --limit {}\n",
               human_count(report.named - last), report.id, last, options.limit);
  } else if (report.named < report.found.all()) {
    fmt::print("… and {} more, which are not kept\n",
               human_count(report.found.all() - report.named));
  }
}

ExitStatus show_report(const Context& context, const ReportOptions& options) {
  return with_reports(context, [&](std::optional<Reports>& reports) {
    std::optional<KeptReport> report;
    if (reports) {
      auto found = reports->find(options.id);
      if (!found) return fail(record::to_string(found.error()));
      report = std::move(*found);
    }
    if (!report) {
      return fail(
          fmt::format("there is no report {}; `sluice report list` names them", options.id));
    }
    const auto differences = reports->differences(options.id, options.after, options.limit);
    if (!differences) return fail(record::to_string(differences.error()));
    if (!options.json) {
      print_report(*report, *differences, options);
      return ExitStatus::success;
    }
    boost::json::object object = report_json(*report);
    object["key_fields"] = boost::json::array(report->key_fields.begin(), report->key_fields.end());
    boost::json::array named;
    for (const KeptDifference& difference : *differences) {
      named.push_back({{"number", difference.number},
                       {"kind", std::string(kind_name(difference.kind))},
                       {"key", boost::json::array(difference.key.begin(), difference.key.end())}});
    }
    object["differences"] = std::move(named);
    fmt::print("{}\n", boost::json::serialize(object));
    return ExitStatus::success;
  });
}

}  // namespace

void add_report(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("report", "Look at what comparisons found (对账结果)");
  group->require_subcommand(1);
  auto options = std::make_shared<ReportOptions>();
  const auto add = [&](const char* name, const char* what, auto run) {
    auto* command = group->add_subcommand(name, what);
    command->callback([&context, options, run] {
      context.chosen = [&context, options, run] { return run(context, *options); };
    });
    return command;
  };
  auto* listing = add("list", "The last report of each dataset, one line each", list_reports);
  auto* bureau = listing->add_option("bureau", options->bureau, "Only of this bureau");
  listing->add_option("--dataset", options->dataset, "All that are kept of this dataset of it")
      ->needs(bureau);
  listing->add_flag("--json", options->json, "For machines: an object a line");
  auto* showing = add("show", "One report, and the keys of the records that differed", show_report);
  showing->add_option("id", options->id)->required();
  showing->add_option("--after", options->after, "Only differences behind this number");
  showing->add_option("--limit", options->limit, "At most so many differences")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  showing->add_flag("--json", options->json, "For machines");
}

}  // namespace sluice::commands
