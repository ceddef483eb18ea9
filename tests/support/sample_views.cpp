#include "support/sample_views.h"

namespace sluice::pages {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

ReconciliationRow report(const Say& say) {
  return {.bureau = say("local-tax"),
          .bureau_name = say("地税局"),
          .dataset = say("taxpayer"),
          .at = ago(hours(6)),
          .source_records = 1'204'331,
          .central_records = 1'204'329,
          .missing = 3,
          .extra = 1,
          .different = 12,
          .repaired = std::nullopt,
          .failure = {}};
}

}  // namespace

RunsView runs_sample(const Say& say) {
  RunsView view;
  view.tasks = {{.value = "", .is_chosen = true}};
  view.outcomes = {{.value = "", .is_chosen = true}, {.value = "failed"}};
  if (say.is_empty()) return view;
  view.bureau = say("local-tax");
  view.bureaus = {{.value = ""},
                  {.value = say("local-tax"), .label = say("地税局"), .is_chosen = true}};
  view.tasks.push_back({.value = say("collect")});
  view.steered = {{.bureau = say("local-tax"), .bureau_name = say("地税局")},
                  {.bureau = say("statistics"), .bureau_name = say("统计局"), .is_paused = true}};
  view.rows = {
      {.bureau = say("local-tax"),
       .bureau_name = say("地税局"),
       .task = say("collect"),
       .reason = say("scheduled"),
       .started = ago(seconds(42))},
      {.bureau = say("local-tax"),
       .bureau_name = say("地税局"),
       .task = say("collect"),
       .reason = say("retry"),
       .started = ago(minutes(20)),
       .ended = ago(minutes(18)),
       .rows = 18213,
       .failed = 3,
       .outcome = say("quarantined")},
      {.bureau = say("local-tax"),
       .bureau_name = say("地税局"),
       .task = say("reconcile"),
       .reason = say("by-hand"),
       .started = ago(hours(30)),
       .ended = ago(hours(29)),
       .outcome = say("failed"),
       .sentence = say("the exchange database can not be reached: [unixODBC] connection to server "
                       "at \"10.3.4.5\", port 5432 failed: Connection refused")},
      {.bureau = say("local-tax"),
       .bureau_name = say("地税局"),
       .task = say("collect"),
       .reason = say("missed"),
       .started = ago(hours(31)),
       .ended = ago(hours(31) - seconds(3)),
       .rows = 0,
       .failed = 0,
       .outcome = say("succeeded")}};
  for (std::uint64_t run = 0; run < 30; ++run) {
    const char* outcome = run == 11 ? "failed" : run % 9 == 4 ? "quarantined" : "succeeded";
    view.charted.push_back({.started = ago(hours(30 - run)),
                            .duration = milliseconds(20'000 + (run * 7919) % 70'000),
                            .rows = run == 11 ? 0 : 1000 + (run * 104729) % 17'000,
                            .outcome = say(outcome)});
  }
  view.turning = {.previous_path = std::nullopt, .next_path = say("/runs?before=812")};
  return view;
}

ReconciliationView reconciliation_sample(const Say& say) {
  if (say.is_empty()) return {};
  ReconciliationRow repaired = report(say);
  repaired.dataset = say("tax_payment");
  repaired.repaired = 16;
  ReconciliationRow failed = report(say);
  failed.bureau = say("statistics");
  failed.bureau_name = say("统计局");
  failed.failure = say("the repair would delete 14 % of the central store's records");
  ReconciliationRow same = report(say);
  same.missing = same.extra = same.different = 0;
  same.bureau = say("national-tax");
  same.bureau_name = say("国税局");
  ReconciliationRow never = same;
  never.at = std::nullopt;
  never.dataset = say("invoice");
  return {.rows = {report(say), repaired, failed, same, never},
          .turning = {.previous_path = say("/reconciliation"), .next_path = std::nullopt}};
}

DifferencesView differences_sample(const Say& say) {
  DifferencesView view;
  view.report = report(say);
  if (say.is_empty()) return view;
  view.rows = {{.key = say("91110108MA000016X0"), .kind = DifferenceKind::missing},
               {.key = say("91110108MA01ABCD2K, 2026-11"), .kind = DifferenceKind::extra},
               {.key = say("某㼆"), .kind = DifferenceKind::different}};
  view.turning = {.previous_path = std::nullopt, .next_path = say("/reconciliation/x?after=y")};
  return view;
}

SignInView sign_in_sample(const Say& say) {
  if (say.is_empty()) return {};
  return {.name = say("zhang.wei"),
          .next = say("/quarantine/statistics?state=waiting"),
          .problem = SignInProblem::wrong,
          .certificate =
              ShownCertificate{.subject = say("CN=张伟,O=海淀区统计局"), .fault = say("expired")}};
}

PasswordView password_sample(const Say& say) {
  if (say.is_empty()) return {};
  return {.name = say("zhang.wei"),
          .is_first = true,
          .current_error = say("wrong"),
          .new_error = say("too-short"),
          .again_error = say("different")};
}

}  // namespace sluice::pages
