#include "pages/view/reconciliation_view.h"

#include "pages/view/paths.h"

namespace sluice::pages {
namespace {

std::uint64_t differing(const ReconciliationRow& row) {
  return row.missing + row.extra + row.different;
}

struct Verdict {
  std::string_view name;
  std::string_view mark;
};
Verdict verdict_of(const ReconciliationRow& row) {
  if (!row.failure.empty()) return {"failed", "stopped"};
  if (!row.at) return {"never", "none"};
  if (differing(row) == 0) return {"same", "good"};
  if (row.repaired) return {"repaired", "good"};
  return {"differs", "held"};
}

Values report_values(const ReconciliationRow& row, const Wording& words) {
  const Verdict verdict = verdict_of(row);
  const auto count = [&](std::uint64_t number) { return words.number(number); };
  Values values;
  values.text("bureau", row.bureau)
      .text("bureau_name", row.bureau_name)
      .text("dataset", row.dataset)
      .part("at", words.since(row.at))
      .when("is_compared", row.at.has_value())
      .text("source_records", count(row.source_records))
      .text("central_records", count(row.central_records))
      .text("missing", count(row.missing))
      .text("extra", count(row.extra))
      .text("different", count(row.different))
      .text("differences_path", row.at && differing(row) > 0
                                    ? std::optional(reconciliation_path_of(row.bureau, row.dataset))
                                    : std::nullopt)
      .text("differing", count(differing(row)))
      .text("repaired", row.repaired ? std::optional(count(*row.repaired)) : std::nullopt)
      .text("verdict", words.word("verdict.", verdict.name))
      .text("verdict_mark", verdict.mark)
      .said("failure", {{}, row.failure});
  return values;
}

std::string_view kind_name(DifferenceKind kind) {
  switch (kind) {
    case DifferenceKind::missing:
      return "missing";
    case DifferenceKind::extra:
      return "extra";
    case DifferenceKind::different:
      return "different";
  }
  return {};
}

}  // namespace

std::string reconciliation_page(const Pages& pages, const Frame& frame,
                                const ReconciliationView& view) {
  const Wording words = pages.wording(frame);
  Values values;
  values
      .list(
          "reports",
          each(view.rows, [&](const ReconciliationRow& row) { return report_values(row, words); }))
      .when("has_reports", !view.rows.empty())
      .part("turning", turning_values(view.turning));
  return pages.document("reconciliation", frame, words.text("reconciliation.title"), values);
}

std::string differences_page(const Pages& pages, const Frame& frame, const DifferencesView& view) {
  const Wording words = pages.wording(frame);
  Values values;
  values.text("up_path", reconciliation_path)
      .text("dataset", view.report.dataset)
      .text("bureau_name", view.report.bureau_name)
      .part("report", report_values(view.report, words))
      .list("differences", each(view.rows,
                                [&](const DifferenceRow& row) {
                                  return Values()
                                      .text("key", row.key)
                                      .text("kind", words.word("difference.", kind_name(row.kind)));
                                }))
      .when("has_differences", !view.rows.empty())
      .part("turning", turning_values(view.turning));
  return pages.document("differences", frame,
                        words.text("differences.title", {{"bureau_name", view.report.bureau_name},
                                                         {"dataset", view.report.dataset}}),
                        values);
}

}  // namespace sluice::pages
