#include "pages/reconciliation_pages.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pages/answer.h"
#include "pages/view/paths.h"
#include "reconciliation/reports.h"
#include "record/try.h"

namespace sluice::pages {
namespace {

using reconciliation::KeptReport;
using reconciliation::Reports;
using server::Response;
using trust::PersonalRight;

constexpr std::size_t differences_a_page = 100;

ReconciliationRow compared_row(const KeptReport& report, const std::string& bureau_name) {
  ReconciliationRow row{.bureau = report.bureau.str(),
                        .bureau_name = bureau_name,
                        .dataset = report.dataset.str(),
                        .at = report.at,
                        .source_records = report.source_records,
                        .central_records = report.central_records,
                        .missing = report.found.missing,
                        .extra = report.found.extra,
                        .different = report.found.different,
                        .repaired = std::nullopt,
                        .failure = report.unrepaired};
  if (report.repair) row.repaired = report.repair->sent + report.repair->deleted;
  return row;
}

// Compared by a schedule or by hand, and not yet.
ReconciliationRow uncompared_row(const settings::Bureau& bureau, const record::DatasetId& dataset) {
  ReconciliationRow row;
  row.bureau = bureau.id.str();
  row.bureau_name = bureau.name;
  row.dataset = dataset.str();
  return row;
}

DifferenceKind kind_of(reconciliation::Kind kind) {
  switch (kind) {
    case reconciliation::Kind::missing:
      return DifferenceKind::missing;
    case reconciliation::Kind::extra:
      return DifferenceKind::extra;
    case reconciliation::Kind::different:
      return DifferenceKind::different;
  }
  return DifferenceKind::different;
}

reconciliation::Result<std::vector<KeptReport>> latest(const std::filesystem::path& file) {
  auto reports = SLUICE_TRY(Reports::open_if_there(file));
  if (!reports) return std::vector<KeptReport>();
  return reports->latest(std::nullopt);
}

// The last report of a dataset, and a page of what differed.
struct Found {
  std::optional<KeptReport> report;
  std::vector<reconciliation::KeptDifference>
      differences;  // one more than a page, if there is more
};
reconciliation::Result<Found> find(const std::filesystem::path& file,
                                   const record::BureauId& bureau, const record::DatasetId& dataset,
                                   std::uint64_t after) {
  auto reports = SLUICE_TRY(Reports::open_if_there(file));
  if (!reports) return Found{};
  auto all = SLUICE_TRY(reports->all_of(bureau, dataset));
  if (all.empty()) return Found{};
  Found found{std::move(all.front()), {}};
  found.differences =
      SLUICE_TRY(reports->differences(found.report->id, after, differences_a_page + 1));
  return found;
}

}  // namespace

std::vector<Page> ReconciliationPages::routes() {
  return {{.path = std::string(reconciliation_path),
           .access = {.rights = {PersonalRight::see_comparisons}},
           .answer = [this](const Visit& visit) { return show(visit); }},
          {.path = std::string(reconciliation_path) + "/{bureau}/{dataset}",
           .access = {.rights = {PersonalRight::see_differing_keys}},
           .answer = [this](const Visit& visit) { return show_differences(visit); }}};
}

Response ReconciliationPages::show(const Visit& visit) const {
  const auto reports = latest(surroundings_.installation.paths.reconciliation_reports());
  if (!reports) return entrance_.failed(visit, record::to_string(reports.error()));
  ReconciliationView view;
  for (const record::BureauId& id :
       entrance_.bureaus_for(visit.account().assignment, PersonalRight::see_comparisons)) {
    const settings::Bureau& bureau = surroundings_.installation.settings.bureaus.at(id);
    for (const settings::Publication& publication : bureau.publishes) {
      const auto report = std::ranges::find_if(*reports, [&](const KeptReport& kept) {
        return kept.bureau == id && kept.dataset == publication.dataset;
      });
      if (report != reports->end()) {
        view.rows.push_back(compared_row(*report, bureau.name));
      } else if (bureau.front_end && entrance_.begins_here(id)) {
        view.rows.push_back(uncompared_row(bureau, publication.dataset));
      }
    }
  }
  return document(visit.request,
                  reconciliation_page(pages_, entrance_.frame(visit, "reconciliation"), view));
}

Response ReconciliationPages::show_differences(const Visit& visit) const {
  const settings::Bureau& bureau = surroundings_.installation.settings.bureaus.at(
      record::BureauId{std::string(visit.request.parameter("bureau"))});
  const record::DatasetId dataset{std::string(visit.request.parameter("dataset"))};
  const auto after =
      static_cast<std::uint64_t>(whole_number(visit.query.value("after")).value_or(0));
  auto found =
      find(surroundings_.installation.paths.reconciliation_reports(), bureau.id, dataset, after);
  if (!found) return entrance_.failed(visit, record::to_string(found.error()));
  if (!found->report) return entrance_.missing(visit);
  const auto noted = surroundings_.audit.append(
      {"differences-viewed",
       {{"actor", account_actor(visit)}, {"bureau", bureau.id.str()}, {"dataset", dataset.str()}}});
  if (!noted) return entrance_.failed(visit, record::to_string(noted.error()));
  DifferencesView view{
      .report = compared_row(*found->report, bureau.name), .rows = {}, .turning = {}};
  const std::string here = reconciliation_path_of(bureau.id.str(), dataset.str());
  if (after > 0) view.turning.previous_path = here;
  if (found->differences.size() > differences_a_page) {
    found->differences.pop_back();
    view.turning.next_path = fmt::format("{}?after={}", here, found->differences.back().number);
  }
  for (const auto& difference : found->differences) {
    view.rows.push_back({.key = fmt::format("{}", fmt::join(difference.key, ", ")),
                         .kind = kind_of(difference.kind)});
  }
  return document(visit.request,
                  differences_page(pages_, entrance_.frame(visit, "reconciliation"), view));
}

}  // namespace sluice::pages
