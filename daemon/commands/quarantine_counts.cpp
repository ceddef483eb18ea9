#include "commands/quarantine_counts.h"

#include <algorithm>
#include <chrono>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "commands/terminal.h"
#include "edges/kept_reports.h"
#include "installation/system_clock.h"

namespace sluice::commands {
namespace {

struct CountsOptions {
  std::string bureau;  // empty: all
  bool json = false;
};

// What is told of one bureau.
struct BureauCounts {
  record::BureauId bureau;
  std::vector<journal::QuarantineCount> waiting;
  // Of a bureau whose stream begins on another node: which, and when that told, if it did.
  struct Elsewhere {
    record::NodeId node;
    std::optional<record::Time> as_of;
    bool is_old = false;
  };
  std::optional<Elsewhere> elsewhere;
};

std::string ago(record::Time moment) {
  const auto age =
      std::chrono::duration_cast<std::chrono::seconds>(installation::system_now() - moment);
  return human_age(age) + " ago";
}

// An object a line. Of a bureau of another node of which nothing is known to wait there is a line
// too, without a dataset: it says since when.
void print_counts_as_json(const BureauCounts& counts) {
  boost::json::object about{{"bureau", counts.bureau.str()}};
  if (counts.elsewhere) {
    const auto& [node, as_of, is_old] = *counts.elsewhere;
    about["node"] = node.str();
    about["as_of"] = as_of ? boost::json::value(record::to_string(*as_of)) : nullptr;
    about["old"] = is_old;
  }
  for (const journal::QuarantineCount& count : counts.waiting) {
    boost::json::object line = about;
    line["dataset"] = count.dataset.str();
    line["rule"] = count.rule;
    line["waiting"] = count.waiting;
    line["oldest"] = record::to_string(count.oldest);
    fmt::print("{}\n", boost::json::serialize(line));
  }
  if (!counts.elsewhere || !counts.waiting.empty()) return;
  if (counts.elsewhere->as_of) about["waiting"] = 0;
  fmt::print("{}\n", boost::json::serialize(about));
}

std::string as_of_words(const std::optional<BureauCounts::Elsewhere>& elsewhere) {
  if (!elsewhere) return "";
  if (!elsewhere->as_of) return fmt::format("{} has not told yet", elsewhere->node.str());
  return fmt::format("{}, by {}{}", ago(*elsewhere->as_of), elsewhere->node.str(),
                     elsewhere->is_old ? " (old)" : "");
}

void print_counts(const std::vector<BureauCounts>& all) {
  std::vector<std::vector<std::string>> rows;
  for (const BureauCounts& counts : all) {
    const std::string as_of = as_of_words(counts.elsewhere);
    for (const journal::QuarantineCount& count : counts.waiting) {
      rows.push_back({counts.bureau.str(), count.dataset.str(), count.rule,
                      human_count(count.waiting), ago(count.oldest), as_of});
    }
    if (!counts.waiting.empty()) continue;
    const bool is_known = !counts.elsewhere || counts.elsewhere->as_of;
    rows.push_back({counts.bureau.str(), "", "", is_known ? "0" : "?", "", as_of});
  }
  std::vector<std::string> header{"bureau", "dataset", "rule", "waiting", "since", "as of"};
  const bool is_all_here = std::ranges::none_of(
      all, [](const BureauCounts& counts) { return counts.elsewhere.has_value(); });
  if (is_all_here) {
    header.pop_back();
    for (std::vector<std::string>& row : rows)
      row.pop_back();
  }
  fmt::print("{}", table(header, rows));
  if (!is_all_here) fmt::print("\nRows of another node are seen and settled there.\n");
}

std::expected<BureauCounts, std::string> counts_here(const installation::Installation& installation,
                                                     const record::BureauId& bureau) {
  const auto had = installation.has_journal(bureau);
  if (!had) return std::unexpected(record::to_string(had.error()));
  if (!*had) return BureauCounts{bureau, {}, {}};
  auto journal = installation.open_journal(bureau);
  if (!journal) return std::unexpected(record::to_string(journal.error()));
  auto waiting = journal->quarantine_counts();
  if (!waiting) return std::unexpected(record::to_string(waiting.error()));
  return BureauCounts{bureau, std::move(*waiting), std::nullopt};
}

BureauCounts counts_elsewhere(const record::BureauId& bureau, const settings::CarryingNode& carrier,
                              const std::vector<edges::KeptReport>& reports) {
  const auto kept = std::ranges::find(reports, bureau, &edges::KeptReport::bureau);
  if (kept == reports.end()) return {bureau, {}, BureauCounts::Elsewhere{carrier.name, {}, false}};
  return {bureau, edges::waiting_in(kept->report),
          BureauCounts::Elsewhere{kept->node, kept->report.as_of,
                                  edges::is_old(*kept, installation::system_now())}};
}

// The bureaus that are asked for and have a stream; nothing after printing why.
std::optional<std::vector<record::BureauId>> bureaus_asked_for(const settings::Settings& settings,
                                                               const std::string& name) {
  const record::BureauId asked(name);
  if (!name.empty() && settings.carrier(asked) == nullptr) {
    if (find_bureau(settings, name) == nullptr) return std::nullopt;
  }
  std::vector<record::BureauId> bureaus;
  for (const auto& [id, bureau] : settings.bureaus) {
    const bool has_stream = !bureau.publishes.empty() || settings.carrier(id) != nullptr;
    if (name.empty() ? has_stream : id == asked) bureaus.push_back(id);
  }
  return bureaus;
}

ExitStatus count_rows(const Context& context, const CountsOptions& options) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  const settings::Settings& settings = installation->settings;
  const auto bureaus = bureaus_asked_for(settings, options.bureau);
  if (!bureaus) return ExitStatus::usage;
  std::vector<edges::KeptReport> reports;
  if (settings.node.store && !settings.node.nodes.empty()) {
    auto kept = installation::open_kept_reports(settings);
    if (!kept) return fail(record::to_string(kept.error()));
    auto last = (*kept)->all();
    if (!last) return fail(record::to_string(last.error()));
    reports = std::move(*last);
  }
  std::vector<BureauCounts> all;
  for (const record::BureauId& bureau : *bureaus) {
    if (const settings::CarryingNode* carrier = settings.carrier(bureau)) {
      all.push_back(counts_elsewhere(bureau, *carrier, reports));
      continue;
    }
    auto counts = counts_here(*installation, bureau);
    if (!counts) return fail(counts.error());
    all.push_back(std::move(*counts));
  }
  if (options.json) {
    std::ranges::for_each(all, print_counts_as_json);
  } else {
    print_counts(all);
  }
  return ExitStatus::success;
}

}  // namespace

void add_quarantine_counts(CLI::App& quarantine, Context& context) {
  auto options = std::make_shared<CountsOptions>();
  auto* command = quarantine.add_subcommand(
      "counts",
      "How many wait, by dataset and rule, and since when the first; at a center also "
      "what other nodes told");
  command->add_option("bureau", options->bureau, "Of this one only");
  command->add_flag("--json", options->json, "For machines: an object a line");
  command->callback([&context, options] {
    context.chosen = [&context, options] { return count_rows(context, *options); };
  });
}

}  // namespace sluice::commands
