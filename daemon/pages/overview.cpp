#include "pages/overview.h"

#include <algorithm>
#include <ranges>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "pages/answer.h"
#include "pages/view/paths.h"
#include "runs/run_summary.h"

namespace sluice::pages {
namespace {

using trust::PersonalRight;

// A day of it would be a picture of nothing.
constexpr std::size_t most_streams = 200;
// From here on a person should look.
constexpr double high_backlog = 0.5;
constexpr double low_disk = 0.10;
constexpr double stopping_disk = 0.05;
constexpr std::chrono::days soon{30};
constexpr std::chrono::days very_soon{3};

std::string percent(double share) {
  return fmt::format("{:.0f} %", share * 100);
}

std::vector<record::Mode> modes_of(const settings::Bureau& bureau) {
  std::set<record::Mode> modes;
  for (const settings::Publication& publication : bureau.publishes)
    modes.insert(publication.channels.begin(), publication.channels.end());
  return {modes.begin(), modes.end()};
}

// Hour by hour, over all datasets of the bureau.
std::vector<HourTally> last_day(const settings::Bureau& bureau, const LatelyApplied::Days& days,
                                record::Time begin) {
  std::vector<HourTally> hours(LatelyApplied::spans);
  for (const settings::Publication& publication : bureau.publishes) {
    const auto day = days.find(publication.dataset);
    if (day == days.end()) continue;
    for (const store::Activity::Span& span : day->second.spans) {
      const auto hour = static_cast<std::size_t>((span.from - begin) / LatelyApplied::span);
      if (hour < hours.size()) hours[hour].rows += span.rows;
    }
  }
  return hours;
}

// Of the batch that came last, of whatever dataset.
std::optional<std::chrono::milliseconds> lag(const settings::Bureau& bureau,
                                             const LatelyApplied::Days& days) {
  std::optional<store::Activity::Newest> newest;
  for (const settings::Publication& publication : bureau.publishes) {
    const auto day = days.find(publication.dataset);
    if (day == days.end() || !day->second.newest) continue;
    if (!newest || newest->applied_at < day->second.newest->applied_at) newest = day->second.newest;
  }
  return newest ? newest->took : std::nullopt;
}

// What the journal and the link of a stream say of it, with the alarm where that is one.
void note_stream(StreamRow& row, const api::StreamStatus& stream, std::vector<Alarm>& alarms) {
  const auto alarm = [&](const char* name, bool is_bad, std::optional<record::Time> since) {
    row.state = is_bad ? StreamState::stopped : StreamState::attention;
    alarms.push_back({.name = name,
                      .is_bad = is_bad,
                      .whom = row.bureau_name,
                      .figure = {},
                      .reason = row.reason,
                      .since = since,
                      .path = std::nullopt});
  };
  if (!stream.journal) {
    row.reason = record::to_string(stream.journal.error());
    alarm("journal-unreadable", true, std::nullopt);
    row.state = StreamState::unreadable;
    return;
  }
  row.last_batch = stream.journal->head.sequence.value;
  row.acknowledged = stream.journal->acknowledged.value;
  row.epoch = record::Time(
      record::Time::duration(static_cast<record::Time::rep>(stream.journal->stream.epoch.value)));
  row.backlog_batches = stream.journal->backlog.batches;
  row.backlog_bytes = stream.journal->backlog.bytes;
  row.backlog_oldest = stream.journal->backlog.oldest;
  row.quarantine_waiting = stream.journal->quarantine_waiting;
  row.reason = stream.link.reason;
  if (stream.is_stopped) return alarm("stream-stopped", true, stream.link.last_receipt);
  if (stream.link.held_back_since) alarm("link-held-back", false, stream.link.held_back_since);
}

// What the node on which the stream begins told of it.
void note_report(StreamRow& row, const edges::KeptReport& kept, record::Time now) {
  row.quarantine_waiting = 0;
  for (const journal::QuarantineCount& count : edges::waiting_in(kept.report))
    *row.quarantine_waiting += count.waiting;
  row.quarantine_as_of = kept.report.as_of;
  row.is_quarantine_old = edges::is_old(kept, now);
}

std::optional<DiskFacts> disk_of(const api::NodeStatus& status) {
  if (!status.room) return std::nullopt;
  using State = DiskFacts::State;
  const State room = status.room->is_short ? State::is_short : State::good;
  return DiskFacts{.state = status.distrusted_disk ? State::not_trusted : room,
                   .free_bytes = status.room->space.free,
                   .reserve_bytes = status.room->reserve};
}

Alarm alarm_of_node(std::string name, bool is_bad, std::string figure) {
  return {.name = std::move(name),
          .is_bad = is_bad,
          .whom = {},
          .figure = std::move(figure),
          .reason = {},
          .since = std::nullopt,
          .path = std::nullopt};
}

}  // namespace

Overview::Overview(const Surroundings& surroundings, const Pages& pages, const Entrance& entrance,
                   ReportedQuarantines& reported)
    : surroundings_(surroundings),
      pages_(pages),
      entrance_(entrance),
      reported_(reported),
      lately_(
          [&] {
            std::vector<record::DatasetId> datasets;
            for (const auto& [id, bureau] : surroundings.installation.settings.bureaus)
              for (const auto& publication : bureau.publishes)
                datasets.push_back(publication.dataset);
            return datasets;
          }(),
          [&installation = surroundings.installation] { return installation.open_store(); }) {}

std::vector<Page> Overview::routes() {
  return {{.path = std::string(overview_path),
           .access = {.rights = {PersonalRight::see_streams}},
           .answer = [this](const Visit& visit) { return show(visit); }}};
}

server::Response Overview::show(const Visit& visit) {
  const Frame frame = entrance_.frame(visit, "overview");
  return document(visit.request, overview_page(pages_, frame, view(visit, pages_.wording(frame))));
}

StreamRow Overview::row_of(const settings::Bureau& bureau, const LatelyApplied::Days& days) const {
  StreamRow row;
  row.bureau = bureau.id.str();
  row.bureau_name = bureau.name;
  row.modes = modes_of(bureau);
  row.last_day = last_day(bureau, days, LatelyApplied::begin(surroundings_.clock()));
  row.lag = lag(bureau, days);
  return row;
}

void Overview::add_streams(OverviewView& view, const api::NodeStatus& status,
                           const std::vector<record::BureauId>& bureaus) {
  const auto days = lately_.days(surroundings_.clock());
  if (!days) view.alarms.push_back(alarm_of_node("store-unavailable", true, {}));
  static const LatelyApplied::Days none;
  const auto reports = reported_.last(surroundings_.clock());
  const auto& limits = surroundings_.installation.settings.node.journal;
  for (const record::BureauId& id : bureaus | std::views::take(most_streams)) {
    const settings::Bureau& bureau = surroundings_.installation.settings.bureaus.at(id);
    if (bureau.publishes.empty()) continue;
    StreamRow row = row_of(bureau, days ? *days : none);
    const auto stream = std::ranges::find(status.streams, id, &api::StreamStatus::bureau);
    if (stream != status.streams.end()) {
      note_stream(row, *stream, view.alarms);
      view.links.push_back({row.bureau, row.bureau_name, stream->link.held_back_since,
                            stream->link.reason, stream->link.last_receipt});
    } else if (reports && reports->contains(id)) {
      note_report(row, reports->at(id), surroundings_.clock());
    }
    const double backlog =
        static_cast<double>(row.backlog_bytes) / static_cast<double>(limits.backlog_bytes);
    if (backlog >= high_backlog) {
      Alarm alarm = alarm_of_node("backlog-high", false, percent(backlog));
      alarm.whom = row.bureau_name;
      alarm.since = row.backlog_oldest;
      view.alarms.push_back(std::move(alarm));
    }
    view.streams.push_back(std::move(row));
  }
}

void Overview::add_jobs(OverviewView& view, const Visit& visit, const Wording& words) const {
  const auto& bureaus = surroundings_.installation.settings.bureaus;
  for (const runs::JobStatus& job : surroundings_.scheduler.status()) {
    const record::BureauId& id = job.name.bureau;
    if (!surroundings_.policy.may(visit.account().assignment, PersonalRight::see_runs, id))
      continue;
    JobRow row{.bureau = id.str(),
               .bureau_name = bureaus.at(id).name,
               .task = job.name.task,
               .schedule = job.schedule,
               .is_paused = job.is_paused,
               .running_since = job.running_since,
               .held_back = job.held_back,
               .outcome = job.last ? job.last->outcome : "",
               .ended = job.last ? job.last->ended : std::nullopt,
               .next = job.next};
    if (runs::is_failure(row.outcome)) {
      view.alarms.push_back({.name = "run-failed",
                             .is_bad = false,
                             .whom = row.bureau_name,
                             .figure = words.word("task.", row.task),
                             .reason = job.last->sentence,
                             .since = row.ended,
                             .path = runs_path_of(row.bureau)});
    } else if (row.outcome == "differs") {
      view.alarms.push_back({.name = "differs",
                             .is_bad = false,
                             .whom = row.bureau_name,
                             .figure = words.number(runs::figures_of(*job.last).differences),
                             .reason = {},
                             .since = row.ended,
                             .path = std::string(reconciliation_path)});
    }
    view.jobs.push_back(std::move(row));
  }
}

void Overview::add_alarms_of_node(OverviewView& view, const api::NodeStatus& status,
                                  const Wording& words) const {
  if (const auto ends = status.certificate_ends; ends && *ends - status.now < soon) {
    const auto left = std::max(*ends - status.now, std::chrono::milliseconds(0));
    Alarm alarm = alarm_of_node("certificate-ends", left < very_soon, words.duration(left));
    alarm.whom = status.name.str();
    view.alarms.push_back(std::move(alarm));
  }
  if (status.distrusted_disk) {
    Alarm alarm = alarm_of_node("disk-not-trusted", true, {});
    alarm.reason = *status.distrusted_disk;
    view.alarms.push_back(std::move(alarm));
  }
  if (!status.room || status.room->space.total == 0) return;
  const auto& space = status.room->space;
  const double free = static_cast<double>(space.free) / static_cast<double>(space.total);
  if (status.room->is_short) {
    view.alarms.push_back(alarm_of_node("disk-short", true, words.bytes(space.free)));
  } else if (free < low_disk) {
    view.alarms.push_back(alarm_of_node("disk-low", free < stopping_disk, percent(free)));
  }
}

OverviewView Overview::view(const Visit& visit, const Wording& words) {
  const api::NodeStatus status = surroundings_.status();
  const people::Assignment& person = visit.account().assignment;
  const auto bureaus = entrance_.bureaus_for(person, PersonalRight::see_streams);
  OverviewView view;
  add_streams(view, status, bureaus);
  add_jobs(view, visit, words);
  view.node = {.name = status.name.str(),
               .version = SLUICE_VERSION,
               .started = status.started_at,
               .api_port = status.port,
               .pages_port = status.pages_port,
               .certificate_ends = status.certificate_ends,
               .uplink = status.uplink,
               .disk = disk_of(status)};
  if (std::ranges::any_of(person.roles, people::is_of_node))
    add_alarms_of_node(view, status, words);
  std::ranges::stable_sort(view.alarms, std::ranges::greater(), &Alarm::is_bad);
  view.may_see_quarantine =
      !entrance_.bureaus_for(person, PersonalRight::handle_refused_rows).empty();
  view.may_see_runs = !entrance_.bureaus_for(person, PersonalRight::see_runs).empty();
  return view;
}

}  // namespace sluice::pages
