#include "pages/overview.h"

#include <algorithm>
#include <ranges>
#include <set>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "api/troubles.h"
#include "pages/answer.h"
#include "pages/view/paths.h"

namespace sluice::pages {
namespace {

using trust::PersonalRight;

// A day of it would be a picture of nothing.
constexpr std::size_t most_streams = 200;
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

// What the journal of a stream says of it.
void note_stream(StreamRow& row, const api::StreamStatus& stream) {
  if (!stream.journal) {
    row.state = StreamState::unreadable;
    row.reason = record::to_string(stream.journal.error());
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
  if (stream.is_stopped) {
    row.state = StreamState::stopped;
  } else if (stream.link.held_back_since) {
    row.state = StreamState::attention;
  }
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

std::string worded(const api::Figure& figure, const Wording& words) {
  if (const auto* share = std::get_if<double>(&figure)) return percent(*share);
  if (const auto* left = std::get_if<std::chrono::milliseconds>(&figure)) {
    return words.duration(*left);
  }
  if (const auto* count = std::get_if<std::uint64_t>(&figure)) return words.number(*count);
  const auto* name = std::get_if<std::string>(&figure);
  return name == nullptr ? "" : words.word("task.", *name);
}

// Where more of it is to be seen.
std::optional<std::string> path_of(const api::Trouble& trouble) {
  const std::string_view name = trouble.kind->name;
  if (name == "run-failed" || name == "deletes-held-back") {
    return runs_path_of(trouble.bureau->str());
  }
  return name == "differs" ? std::optional(std::string(reconciliation_path)) : std::nullopt;
}

// Whether it is of a job, which not everybody may see who sees the stream.
bool is_of_job(const api::Trouble& trouble) {
  const std::string_view name = trouble.kind->name;
  return name == "run-failed" || name == "deletes-held-back" || name == "differs";
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

bool Overview::add_streams(OverviewView& view, const api::NodeStatus& status,
                           const std::vector<record::BureauId>& bureaus) {
  const auto days = lately_.days(surroundings_.clock());
  static const LatelyApplied::Days none;
  const auto reports = reported_.last(surroundings_.clock());
  for (const record::BureauId& id : bureaus | std::views::take(most_streams)) {
    const settings::Bureau& bureau = surroundings_.installation.settings.bureaus.at(id);
    if (bureau.publishes.empty()) continue;
    StreamRow row = row_of(bureau, days ? *days : none);
    const auto stream = std::ranges::find(status.streams, id, &api::StreamStatus::bureau);
    if (stream != status.streams.end()) {
      note_stream(row, *stream);
      view.links.push_back({row.bureau, row.bureau_name, stream->link.held_back_since,
                            stream->link.reason, stream->link.last_receipt});
    } else if (reports && reports->contains(id)) {
      note_report(row, reports->at(id), surroundings_.clock());
    }
    view.streams.push_back(std::move(row));
  }
  return days != nullptr;
}

void Overview::add_jobs(OverviewView& view, const Visit& visit,
                        const api::NodeStatus& status) const {
  const auto& bureaus = surroundings_.installation.settings.bureaus;
  for (const runs::JobStatus& job : status.jobs) {
    const record::BureauId& id = job.name.bureau;
    if (!surroundings_.policy.may(visit.account().assignment, PersonalRight::see_runs, id))
      continue;
    view.jobs.push_back({.bureau = id.str(),
                         .bureau_name = bureaus.at(id).name,
                         .task = job.name.task,
                         .schedule = job.schedule,
                         .is_paused = job.is_paused,
                         .running_since = job.running_since,
                         .held_back = job.held_back,
                         .outcome = job.last ? job.last->outcome : "",
                         .ended = job.last ? job.last->ended : std::nullopt,
                         .next = job.next});
  }
}

bool Overview::may_see(const people::Assignment& person, const api::Trouble& trouble) const {
  // Everybody sees that figures are missing.
  if (trouble.kind->name == "store-unavailable") return true;
  if (!trouble.bureau) return std::ranges::any_of(person.roles, people::is_of_node);
  const PersonalRight right =
      is_of_job(trouble) ? PersonalRight::see_runs : PersonalRight::see_streams;
  return surroundings_.policy.may(person, right, *trouble.bureau);
}

void Overview::add_alarms(OverviewView& view, const people::Assignment& person,
                          const api::NodeStatus& status, const Wording& words) const {
  const auto& bureaus = surroundings_.installation.settings.bureaus;
  const bool is_of_node = std::ranges::any_of(person.roles, people::is_of_node);
  for (const api::Trouble& trouble : api::troubles_of(status)) {
    if (trouble.grade == api::Grade::reminder || !may_see(person, trouble)) continue;
    Alarm alarm{.name = std::string(trouble.kind->name),
                .is_bad = trouble.grade == api::Grade::stops,
                .whom = {},
                .figure = worded(trouble.figure, words),
                .reason = trouble.bureau || is_of_node ? trouble.reason : "",
                .since = trouble.since,
                .path = path_of(trouble)};
    if (trouble.bureau) {
      const auto bureau = bureaus.find(*trouble.bureau);
      alarm.whom = bureau == bureaus.end() ? trouble.bureau->str() : bureau->second.name;
    } else if (trouble.kind->name == "certificate-ends") {
      alarm.whom = status.name.str();
    }
    view.alarms.push_back(std::move(alarm));
  }
}

OverviewView Overview::view(const Visit& visit, const Wording& words) {
  api::NodeStatus status = surroundings_.status();
  const people::Assignment& person = visit.account().assignment;
  const auto bureaus = entrance_.bureaus_for(person, PersonalRight::see_streams);
  OverviewView view;
  const bool store_answered = add_streams(view, status, bureaus);
  add_jobs(view, visit, status);
  // The page asks for figures now; the daemon itself looks at the store once a minute.
  if (!store_answered && !status.store_failure) status.store_failure.emplace();
  add_alarms(view, person, status, words);
  view.node = {.name = status.name.str(),
               .version = SLUICE_VERSION,
               .started = status.started_at,
               .api_port = status.port,
               .pages_port = status.pages_port,
               .certificate_ends = status.certificate_ends,
               .uplink = status.uplink,
               .disk = disk_of(status)};
  view.may_see_quarantine =
      !entrance_.bureaus_for(person, PersonalRight::handle_refused_rows).empty();
  view.may_see_runs = !entrance_.bureaus_for(person, PersonalRight::see_runs).empty();
  return view;
}

}  // namespace sluice::pages
