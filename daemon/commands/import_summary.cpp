#include "commands/import_summary.h"

#include <algorithm>
#include <cstdio>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "commands/terminal.h"

namespace sluice::commands {
namespace {

void print_line(const boost::json::object& object) {
  fmt::print("{}\n", boost::json::serialize(object));
}

// Never "nothing to do" while the rows are on their way.
void print_loaded_before(const ImportSummary& summary) {
  const jobs::ImportReport& report = summary.report;
  const std::string file = printable(summary.file);
  const std::string rows = human_count(report.rows);
  if (report.is_sent_again) {
    fmt::print(
        "{}: loaded before ({} rows), and not in the central store: the center has lost them, and "
        "gets them from this node again by itself; `sluice status` says how that gets on\n",
        file, rows);
  } else if (summary.is_applied()) {
    fmt::print("{}: loaded before ({} rows); nothing to do\n", file, rows);
  } else if (summary.applied.waited) {
    fmt::print("{}: loaded before ({} rows), {}\n", file, rows, why_not_applied(summary.applied));
  } else {
    fmt::print(
        "{}: loaded before ({} rows), durable in the journal, and not yet in the central store: "
        "they are sent by themselves\n",
        file, rows);
  }
  if (!report.not_asked.empty()) {
    fmt::print("  as this node has it: the center's ledger could not be asked ({})\n",
               report.not_asked);
  }
}

void print_rows(const ImportSummary& summary) {
  const jobs::ImportReport& report = summary.report;
  fmt::print("{}: {} rows, {} accepted, {} quarantined", printable(summary.file),
             human_count(report.rows), human_count(report.accepted),
             human_count(report.quarantined));
  if (report.copies > 0) fmt::print(", {} copies of other rows", human_count(report.copies));
  if (summary.is_dry_run) {
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
}

}  // namespace

bool ImportSummary::is_applied() const {
  if (is_dry_run || report.is_sent_again) return false;
  if (applied.waited) return applied.complete;
  return report.loaded_before && !report.waits_for;
}

void print_json(const ImportSummary& summary) {
  const record::RowOutcomes& rows = summary.applied.rows;
  boost::json::object reasons;
  for (const auto& [reason, count] : summary.report.reasons)
    reasons[reason] = count;
  print_line({{"bureau", summary.bureau},
              {"dataset", summary.dataset},
              {"file", summary.file},
              {"mode", "disk"},
              {"dry_run", summary.is_dry_run},
              {"loaded_before", summary.report.loaded_before},
              {"ledger_asked", summary.report.not_asked.empty()},
              {"resumed_after", summary.report.resumed_after},
              {"bytes", summary.report.bytes},
              {"collected", summary.report.rows},
              {"accepted", summary.report.accepted},
              {"quarantined", summary.report.quarantined},
              {"copies", summary.report.copies},
              {"reasons", std::move(reasons)},
              {"batches", summary.report.batches.size()},
              {"applied", summary.is_applied()},
              {"waits_for", summary.applied.reason},
              {"inserted", rows.inserted.value},
              {"updated", rows.updated.value},
              {"unchanged", summary.unchanged()},
              {"rejected", rows.rejected.value},
              {"seconds", summary.seconds}});
}

void print_for_people(const ImportSummary& summary) {
  const jobs::ImportReport& report = summary.report;
  if (report.loaded_before) return print_loaded_before(summary);
  print_rows(summary);
  if (report.resumed_after > 0) {
    fmt::print("  went on after row {}, where an earlier run was cut off\n",
               human_count(report.resumed_after));
  }
  for (const auto& [reason, count] : report.reasons) {
    fmt::print("  quarantined for {}: {}\n", reason, human_count(count));
  }
  if (report.quarantined > 0 && !summary.is_dry_run) {
    fmt::print("  see them with: sluice quarantine list {}\n", summary.bureau);
  }
  if (!summary.is_dry_run && summary.applied.waited && !summary.applied.complete) {
    fmt::print("  {}\n", why_not_applied(summary.applied));
  }
}

void print_json(const ImportRefusal& refusal) {
  print_line({{"bureau", refusal.bureau},
              {"file", refusal.file},
              {"mode", "disk"},
              {"applied", false},
              {"refused", boost::json::object{{"place", refusal.place},
                                              {"reason", refusal.reason},
                                              {"status", static_cast<int>(refusal.status)}}}});
}

void print_json(const std::string& bureau, const PassedOverFile& passed_over) {
  print_line({{"bureau", bureau},
              {"file", passed_over.path.string()},
              {"mode", "disk"},
              {"applied", false},
              {"passed_over", passed_over.reason}});
}

}  // namespace sluice::commands
