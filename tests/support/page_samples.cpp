#include "support/page_samples.h"

#include "pages/view/overview_view.h"
#include "pages/view/problem_view.h"
#include "pages/view/quarantine_entry_view.h"
#include "pages/view/quarantine_view.h"
#include "pages/view/reconciliation_view.h"
#include "pages/view/runs_view.h"
#include "pages/view/sign_in_view.h"

namespace sluice::pages {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Texts of people and of sources, as the content asks for.
class Say {
 public:
  explicit Say(Content content) : content_(content) {}
  std::string operator()(std::string text) const {
    return content_ == Content::hostile ? hostile_text : text;
  }
  [[nodiscard]] bool is_empty() const { return content_ == Content::empty; }

 private:
  Content content_;
};

record::Time ago(milliseconds length) {
  return sample_now() - length;
}

std::vector<HourTally> day(std::uint64_t rows, std::uint64_t failed_at_end) {
  std::vector<HourTally> hours_of_day;
  for (std::uint64_t hour = 0; hour < 24; ++hour) {
    const std::uint64_t daily = hour < 8 || hour > 18 ? 1 : 3 + (hour * 7) % 5;
    hours_of_day.push_back({.rows = rows * daily, .failed = hour > 20 ? failed_at_end : 0});
  }
  return hours_of_day;
}

OverviewView overview(const Say& say) {
  OverviewView view;
  view.node = {.name = say("海淀区中心"),
               .version = say("0.1.0"),
               .started = ago(hours(101)),
               .api_port = std::nullopt,
               .uplink = std::nullopt};
  if (say.is_empty()) return view;
  view.may_see_quarantine = true;
  view.may_see_runs = true;
  view.node.api_port = 8443;
  view.node.uplink = {{say("center-a.haidian.example:8443"), say("center-b.haidian.example:8443")}};
  view.alarms = {
      {.name = "stream-stopped",
       .is_bad = true,
       .whom = say("地税局"),
       .reason =
           say("the receipt of batch 4812 is not signed by the center: its certificate ended"),
       .since = ago(minutes(18))},
      {.name = "link-held-back",
       .is_bad = true,
       .whom = say("质监局"),
       .reason = say("center-a.haidian.example:8443: connection refused"),
       .since = ago(minutes(4))},
      {.name = "disk-low",
       .figure = say("9 %"),
       .since = ago(hours(2)),
       .path = say("/quarantine")},
      {.name = "run-failed",
       .whom = say("统计局"),
       .figure = say("采集"),
       .reason = say("可以连接，但表 T_ENT_REG 不存在"),
       .since = ago(hours(5)),
       .path = say("/runs/statistics")}};
  view.streams = {
      {.bureau = say("park"),
       .bureau_name = say("海淀园管委会"),
       .modes = {record::Mode::direct},
       .last_batch = 18203,
       .last_day = day(310, 0),
       .lag = milliseconds(200)},
      {.bureau = say("industry-commerce"),
       .bureau_name = say("工商分局"),
       .modes = {record::Mode::direct, record::Mode::disk},
       .last_batch = 2117,
       .quarantine_waiting = 3,
       .last_day = day(40, 1),
       .lag = milliseconds(1100)},
      {.bureau = say("local-tax"),
       .bureau_name = say("地税局"),
       .modes = {record::Mode::front_end},
       .last_batch = 4811,
       .backlog_batches = 36,
       .backlog_bytes = 48'211'333,
       .backlog_oldest = ago(minutes(18)),
       .quarantine_waiting = 2,
       .last_day = day(120, 4),
       .lag = minutes(18),
       .state = StreamState::stopped,
       .reason = say("the receipt of batch 4812 is not signed by the center")},
      {.bureau = say("statistics"),
       .bureau_name = say("北京市海淀区统计局普查与名录管理科（临时）"),
       .modes = {record::Mode::front_end},
       .last_batch = 960,
       .quarantine_waiting = 12408,
       .last_day = day(11, 0),
       .lag = seconds(4),
       .state = StreamState::attention,
       .reason = say("disk")},
      {.bureau = say("national-tax"),
       .bureau_name = say("国税局"),
       .modes = {record::Mode::disk},
       .last_batch = std::nullopt,
       .last_day = {},
       .state = StreamState::unreadable,
       .reason = say("/var/lib/sluice/national-tax/journal.db: database disk image is malformed")}};
  view.jobs = {{.bureau = say("local-tax"),
                .bureau_name = say("地税局"),
                .task = say("collect"),
                .schedule = say("*/10 8-18 * * 1-5"),
                .running_since = ago(seconds(42)),
                .outcome = "succeeded",
                .ended = ago(minutes(10))},
               {.bureau = say("statistics"),
                .bureau_name = say("统计局"),
                .task = say("collect"),
                .schedule = say("0 2 * * *"),
                .held_back = say("the backlog is full"),
                .outcome = "failed",
                .ended = ago(hours(5)),
                .next = sample_now() + hours(15)},
               {.bureau = say("statistics"),
                .bureau_name = say("统计局"),
                .task = say("reconcile"),
                .schedule = say("0 4 * * 0"),
                .is_paused = true}};
  view.links = {
      {.bureau = say("park"), .bureau_name = say("海淀园管委会"), .last_receipt = ago(seconds(3))},
      {.bureau = say("quality"),
       .bureau_name = say("质监局"),
       .held_back_since = ago(minutes(4)),
       .reason = say("center-a.haidian.example:8443: connection refused"),
       .last_receipt = ago(minutes(6))},
      {.bureau = say("portal"), .bureau_name = say("网上申报平台")}};
  view.more_path = say("/?after=statistics");
  return view;
}

QuarantineView quarantine(const Say& say) {
  if (say.is_empty()) return {};
  return {.groups = {{.bureau = say("statistics"),
                      .bureau_name = say("统计局"),
                      .dataset = say("enterprise_registration"),
                      .rule = say("uscc"),
                      .waiting = 12406,
                      .oldest = ago(hours(50))},
                     {.bureau = say("statistics"),
                      .bureau_name = say("统计局"),
                      .dataset = say("enterprise_registration"),
                      .rule = say("required"),
                      .waiting = 2,
                      .oldest = ago(minutes(90))},
                     {.bureau = say("industry-commerce"),
                      .bureau_name = say("工商分局"),
                      .dataset = say("licence"),
                      .rule = say("ragged"),
                      .waiting = 3,
                      .oldest = ago(minutes(12))}},
          .turning = {.previous_path = std::nullopt, .next_path = say("/quarantine?after=7")}};
}

QuarantineListView quarantine_list(const Say& say) {
  QuarantineListView view;
  view.bureau = say("statistics");
  view.bureau_name = say("统计局");
  view.datasets = {{.value = ""}};
  view.rules = {{.value = ""}};
  view.states = {{.value = ""},
                 {.value = "waiting", .is_chosen = true},
                 {.value = "replayed"},
                 {.value = "discarded"}};
  if (say.is_empty()) return view;
  view.datasets.push_back({.value = say("enterprise_registration"), .is_chosen = true});
  view.rules.push_back({.value = say("uscc")});
  view.rules.push_back({.value = say("required")});
  view.rows = {{.id = 12408,
                .at = ago(minutes(3)),
                .dataset = say("enterprise_registration"),
                .source = say("T_ENT_REG"),
                .place = 88213,
                .field = say("uscc"),
                .rule = say("uscc")},
               {.id = 12407,
                .at = ago(hours(30)),
                .dataset = say("enterprise_registration"),
                .source = say("统计局-企业登记-2026年第47周-补报（第二次）-20261128T093000.csv"),
                .place = 17,
                .field = say("registered_capital"),
                .rule = say("amount"),
                .state = EntryState::replayed},
               {.id = 12400,
                .at = ago(hours(24 * 340)),
                .dataset = say("enterprise_registration"),
                .source = say("2025.csv"),
                .place = 3,
                .rule = say("ragged"),
                .state = EntryState::discarded}};
  view.turning = {.previous_path = say("/quarantine/statistics?before=12408"),
                  .next_path = say("/quarantine/statistics?after=12400")};
  return view;
}

QuarantineEntryView entry(const Say& say) {
  QuarantineEntryView view;
  view.bureau = say("statistics");
  view.bureau_name = say("统计局");
  view.id = 12408;
  view.at = ago(minutes(3));
  view.dataset = say("enterprise_registration");
  view.mode = record::Mode::disk;
  view.source = say("统计局-企业登记-2026年第47周-补报（第二次）-20261128T093000.csv");
  view.place = 88213;
  view.field = say("uscc");
  view.rule = say("uscc");
  view.sentence = say("the check character of 91110108MA000016X1 should be 0");
  view.columns = R"(["uscc","name","registered_capital","address","note"])";
  view.original =
      say("91110108MA000016X1,北京海淀智芯科技有限公司,\"1,000 万元\","
          "北京市海淀区中关村大街 1 号,\n");
  view.original_bytes = view.original.size();
  view.may_settle = true;
  if (say.is_empty()) {
    view.field.clear();
    view.sentence.clear();
    view.original.clear();
    view.original_bytes = 0;
    view.may_settle = false;
  }
  return view;
}

QuarantineEntryView refused_entry(const Say& say) {
  QuarantineEntryView view = entry(say);
  view.refused = {.form = RefusedForm::Form::replay,
                  .sentence = say("uscc: 仍然不符：第 18 位应为 0"),
                  .typed = say("91110108MA000016X2,北京海淀智芯科技有限公司,1000,,\n")};
  return view;
}

QuarantineEntryView binary_entry(const Say& say) {
  QuarantineEntryView view = entry(say);
  view.rule = say("encoding");
  view.field.clear();
  view.columns.clear();
  view.original.clear();
  for (int byte = 0; byte < 400; ++byte)
    view.original += static_cast<char>(byte % 256);
  view.original_bytes = 1'048'576;
  return view;
}

QuarantineEntryView discarded_entry(const Say& say) {
  QuarantineEntryView view = entry(say);
  view.state = EntryState::discarded;
  view.columns = "";
  view.original = R"({"uscc":"91110108MA000016X1","name":")" + say("某㼆") +
                  R"(","capital":{"amount":1000,"unit":"万元"},"long":")" + std::string(5000, 'x') +
                  "\"}";
  if (view.original.contains("script"))
    view.original = R"({"<b onclick=x>":"<script>{{csrf}}</script>"})";
  view.original_bytes = view.original.size();
  view.settled = {
      .by = say("值班员 甲"), .at = ago(minutes(1)), .reason = say("重复报送，与 12401 相同")};
  return view;
}

RunsView runs(const Say& say) {
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
       .reason = "scheduled",
       .started = ago(seconds(42))},
      {.bureau = say("local-tax"),
       .bureau_name = say("地税局"),
       .task = say("collect"),
       .reason = "retry",
       .started = ago(minutes(20)),
       .ended = ago(minutes(18)),
       .rows = 18213,
       .failed = 3,
       .outcome = "quarantined"},
      {.bureau = say("local-tax"),
       .bureau_name = say("地税局"),
       .task = say("reconcile"),
       .reason = "by-hand",
       .started = ago(hours(30)),
       .ended = ago(hours(29)),
       .outcome = "failed",
       .sentence = say("the exchange database can not be reached: [unixODBC] connection to server "
                       "at \"10.3.4.5\", port 5432 failed: Connection refused")},
      {.bureau = say("local-tax"),
       .bureau_name = say("地税局"),
       .task = say("collect"),
       .reason = "missed",
       .started = ago(hours(31)),
       .ended = ago(hours(31) - seconds(3)),
       .rows = 0,
       .failed = 0,
       .outcome = "succeeded"}};
  for (std::uint64_t run = 0; run < 30; ++run) {
    const char* outcome = run == 11 ? "failed" : run % 9 == 4 ? "quarantined" : "succeeded";
    view.charted.push_back({.started = ago(hours(30 - run)),
                            .duration = milliseconds(20'000 + (run * 7919) % 70'000),
                            .rows = run == 11 ? 0 : 1000 + (run * 104729) % 17'000,
                            .outcome = outcome});
  }
  view.turning = {.previous_path = std::nullopt, .next_path = say("/runs?before=812")};
  return view;
}

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

ReconciliationView reconciliation(const Say& say) {
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

DifferencesView differences(const Say& say) {
  DifferencesView view;
  view.report = report(say);
  if (say.is_empty()) return view;
  view.rows = {{.key = say("91110108MA000016X0"), .kind = DifferenceKind::missing},
               {.key = say("91110108MA01ABCD2K, 2026-11"), .kind = DifferenceKind::extra},
               {.key = say("某㼆"), .kind = DifferenceKind::different}};
  view.turning = {.previous_path = std::nullopt, .next_path = say("/reconciliation/x?after=y")};
  return view;
}

SignInView sign_in(const Say& say) {
  if (say.is_empty()) return {};
  return {.name = say("zhang.wei"),
          .next = say("/quarantine/statistics?state=waiting"),
          .problem = SignInProblem::wrong};
}

PasswordView password(const Say& say) {
  if (say.is_empty()) return {};
  return {.name = say("zhang.wei"),
          .is_first = true,
          .current_error = say("wrong"),
          .new_error = say("too-short"),
          .again_error = say("different")};
}

Frame at_the_door(Content content, Language language) {
  Frame frame = sample_frame(content, language, "");
  frame.navigation.clear();
  frame.person.reset();
  frame.notice.reset();
  return frame;
}

}  // namespace

record::Time sample_now() {
  return *record::parse_time("2026-11-29T02:42:07.000Z");
}

Frame sample_frame(Content content, Language language, const std::string& current) {
  const Say say(content);
  Frame frame{.language = language,
              .node = say("海淀区中心"),
              .now = sample_now(),
              .path = say("/" + current),
              .csrf_token = say("csrf-of-this-session")};
  const std::pair<const char*, const char*> places[] = {{"overview", "/"},
                                                        {"quarantine", "/quarantine"},
                                                        {"runs", "/runs"},
                                                        {"reconciliation", "/reconciliation"}};
  for (const auto& [name, path] : places)
    frame.navigation.push_back({.name = name, .path = say(path), .is_current = current == name});
  if (!say.is_empty()) frame.navigation[1].count = 12411;
  frame.person = {.display_name = say("张伟"), .roles = {say("administrator")}};
  if (say.is_empty()) frame.person->roles.clear();
  if (content == Content::hostile)
    frame.notice = {.name = say("saved"), .is_bad = true, .sentence = say("x")};
  return frame;
}

std::vector<PageSample> page_samples(const Pages& pages, Content content, Language language) {
  const Say say(content);
  const auto frame = [&](const std::string& current) {
    return sample_frame(content, language, current);
  };
  Frame noticed = frame("quarantine");
  noticed.notice = {.name = say("discarded"), .is_bad = false, .sentence = {}};
  const Frame door = at_the_door(content, language);
  return {
      {"overview", overview_page(pages, frame("overview"), overview(say))},
      {"quarantine", quarantine_page(pages, frame("quarantine"), quarantine(say))},
      {"quarantine_list", quarantine_list_page(pages, noticed, quarantine_list(say))},
      {"quarantine_entry", quarantine_entry_page(pages, frame("quarantine"), entry(say))},
      {"quarantine_refused", quarantine_entry_page(pages, frame("quarantine"), refused_entry(say))},
      {"quarantine_bytes", quarantine_entry_page(pages, frame("quarantine"), binary_entry(say))},
      {"quarantine_discarded",
       quarantine_entry_page(pages, frame("quarantine"), discarded_entry(say))},
      {"runs", runs_page(pages, frame("runs"), runs(say))},
      {"reconciliation", reconciliation_page(pages, frame("reconciliation"), reconciliation(say))},
      {"differences", differences_page(pages, frame("reconciliation"), differences(say))},
      {"sign_in", sign_in_page(pages, door, sign_in(say))},
      {"password", password_page(pages, frame(""), password(say))},
      {"problem_signed_in",
       problem_page(pages, frame(""),
                    {.status = 403, .sentence = say(""), .reference = say("7f3a-1182")})},
      {"problem_at_the_door", problem_page(pages, door, {.status = 404})}};
}

}  // namespace sluice::pages
