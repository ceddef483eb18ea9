#include "support/sample_views.h"

namespace sluice::pages {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

std::vector<HourTally> day(std::uint64_t rows, std::uint64_t failed_at_end) {
  std::vector<HourTally> hours_of_day;
  for (std::uint64_t hour = 0; hour < 24; ++hour) {
    const std::uint64_t daily = hour < 8 || hour > 18 ? 1 : 3 + (hour * 7) % 5;
    hours_of_day.push_back({.rows = rows * daily, .failed = hour > 20 ? failed_at_end : 0});
  }
  return hours_of_day;
}

}  // namespace

OverviewView overview_sample(const Say& say) {
  OverviewView view;
  view.node = {.name = say("海淀区中心"),
               .version = say("0.1.0"),
               .started = ago(hours(101)),
               .api_port = std::nullopt,
               .pages_port = std::nullopt,
               .certificate_ends = std::nullopt,
               .uplink = std::nullopt};
  if (say.is_empty()) return view;
  view.may_see_quarantine = true;
  view.may_see_runs = true;
  view.node.api_port = 8443;
  view.node.pages_port = 8444;
  view.node.certificate_ends = sample_now() + hours(24 * 211);
  view.node.disk = {.state = DiskFacts::State::is_short,
                    .free_bytes = std::uint64_t{170} << 20,
                    .reserve_bytes = std::uint64_t{200} << 20};
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
       .quarantine_waiting = 4,
       .quarantine_as_of = ago(hours(2)),
       .is_quarantine_old = true,
       .last_day = day(310, 0),
       .lag = milliseconds(200)},
      {.bureau = say("industry-commerce"),
       .bureau_name = say("工商分局"),
       .modes = {record::Mode::direct, record::Mode::disk},
       .last_batch = 2117,
       .acknowledged = 2117,
       .epoch = ago(hours(24 * 40)),
       .quarantine_waiting = 3,
       .last_day = day(40, 1),
       .lag = milliseconds(1100)},
      {.bureau = say("local-tax"),
       .bureau_name = say("地税局"),
       .modes = {record::Mode::front_end},
       .last_batch = 4847,
       .acknowledged = 4811,
       .epoch = ago(hours(24 * 400)),
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
       .acknowledged = 960,
       .epoch = ago(hours(3)),
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
                .outcome = say("succeeded"),
                .ended = ago(minutes(10))},
               {.bureau = say("statistics"),
                .bureau_name = say("统计局"),
                .task = say("collect"),
                .schedule = say("0 2 * * *"),
                .held_back = say("the backlog is full"),
                .outcome = say("failed"),
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

}  // namespace sluice::pages
