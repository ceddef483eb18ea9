#include "jobs/kept_report.h"

#include "installation/system_clock.h"
#include "reconciliation/reports.h"

namespace sluice::jobs {
namespace {

using reconciliation::KeptReport;
using reconciliation::Reports;

KeptReport kept_report_of(const installation::Installation& installation,
                          const ReconcileRequest& request, const ReconcileReport& report) {
  const record::DatasetId& dataset = request.publication.dataset;
  KeptReport kept{.bureau = request.bureau.id,
                  .dataset = dataset,
                  .at = installation::system_now(),
                  .key_fields = installation.catalogue.find(dataset)->dataset.schema.primary_key,
                  .source_records = report.source.present,
                  .central_records = report.central.central_records,
                  .found = report.found,
                  .fleeting = report.fleeting,
                  .not_passing = report.source.refused + report.source.unknown,
                  .rows_read = report.rows_read};
  if (report.repair) {
    kept.repair = reconciliation::KeptRepair{report.repair->sent, report.repair->deleted,
                                             report.repair->left};
  }
  if (report.unrepaired) kept.unrepaired = record::to_string(*report.unrepaired);
  return kept;
}

}  // namespace

std::expected<void, ReconcileFailure> keep_report(
    const installation::Installation& installation, const ReconcileRequest& request,
    const ReconcileReport& report, const std::vector<reconciliation::Difference>& differences) {
  const auto ours = [](const reconciliation::Failure& failure) {
    return std::unexpected(
        ReconcileFailure{ReconcileProblem::failed, failure.place, failure.sentence});
  };
  auto reports = Reports::open(installation.paths.reconciliation_reports());
  if (!reports) return ours(reports.error());
  const auto kept = reports->keep(kept_report_of(installation, request, report), differences);
  if (!kept) return ours(kept.error());
  return {};
}

}  // namespace sluice::jobs
