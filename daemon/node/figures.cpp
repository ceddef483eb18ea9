#include "node/figures.h"

#include <chrono>
#include <utility>

#include "observe/events.h"

namespace sluice::node {

// Every event from zero on: of a counter that begins at one, Prometheus sees no increase.
Figures::Figures(Surroundings surroundings) : surroundings_(surroundings) {
  observe::Metrics& metrics = surroundings_.metrics;
  for (const observe::EventGroup& group : observe::event_groups) {
    for (const observe::Event& event : group.events) {
      metrics.log_events(event.name, to_string(event.level));
      if (event.other_level) metrics.log_events(event.name, to_string(*event.other_level));
    }
  }
  metrics.log_lines_dropped();
}

std::function<void()> Figures::measure(const Sources& sources, record::Time now) {
  std::set<std::string> present;
  for (const auto& [id, failure] : sources.refused)
    present.insert(id.str());
  for (const auto& [id, stream] : sources.streams)
    present.insert(id.str());
  std::set<std::string> before;
  {  // first: what follows may hang
    const std::lock_guard lock(mutex_);
    before = std::exchange(looked_at_, present);
  }
  // Another configuration may have taken the place of the one that was looked at.
  for (const std::string& bureau : before)
    if (!present.contains(bureau)) forget(bureau);
  measure_log();
  observe::Metrics& metrics = surroundings_.metrics;
  metrics.disk_trusted().Set(surroundings_.disk.distrusted() ? 0 : 1);
  auto room = surroundings_.disk.room();
  for (const auto& [id, failure] : sources.refused) {
    metrics.journal_readable(id.str()).Set(0);
    metrics.stream_stopped(id.str()).Set(1);
  }
  std::map<std::string, std::optional<journal::Status>> found;
  for (const auto& [id, stream] : sources.streams) {
    begin_at_zero(sources.bureaus.at(id));
    found.emplace(id.str(), measure(id, *stream));
  }
  return [this, now, room, found = std::move(found)] {
    tell(room);
    for (const auto& [bureau, status] : found) {
      if (status) {
        tell(bureau, *status, now);
      } else {
        hide(bureau);
      }
    }
  };
}

std::optional<journal::Status> Figures::measure(const record::BureauId& id, Stream& stream) {
  observe::Metrics& metrics = surroundings_.metrics;
  const std::string& bureau = id.str();
  metrics.stream_stopped(bureau).Set(stream.is_stopped() ? 1 : 0);
  metrics.link_up(bureau).Set(stream.link().held_back_since ? 0 : 1);
  auto status = stream.status();
  const auto taken = stream.taken();
  if (!status || !taken) return std::nullopt;
  for (const journal::TakenRows& rows : *taken) {
    const std::string& dataset = rows.dataset.str();
    const std::string_view mode = record::to_string(rows.mode);
    observe::Metrics::advance(metrics.rows_collected(bureau, dataset, mode), rows.rows);
    observe::Metrics::advance(metrics.rows_quarantined(bureau, dataset, mode), rows.quarantined);
  }
  return std::move(*status);
}

void Figures::tell(const std::string& bureau, const journal::Status& status, record::Time now) {
  observe::Metrics& metrics = surroundings_.metrics;
  const journal::Backlog& backlog = status.backlog;
  const auto age = backlog.oldest ? now - *backlog.oldest : std::chrono::milliseconds(0);
  metrics.journal_backlog_batches(bureau).Set(static_cast<double>(backlog.batches));
  metrics.journal_backlog_bytes(bureau).Set(static_cast<double>(backlog.bytes));
  metrics.journal_backlog_oldest_seconds(bureau).Set(std::chrono::duration<double>(age).count());
  metrics.quarantine_waiting(bureau).Set(static_cast<double>(status.quarantine_waiting));
  metrics.quarantine_bytes(bureau).Set(static_cast<double>(status.kept.quarantine_bytes));
  metrics.answer_bytes(bureau).Set(static_cast<double>(status.kept.answer_bytes));
  metrics.journal_readable(bureau).Set(1);
}

// A rate is seen from the first row on.
void Figures::begin_at_zero(const settings::Bureau& bureau) {
  observe::Metrics& metrics = surroundings_.metrics;
  for (const settings::Publication& publication : bureau.publishes) {
    for (const record::Mode mode : publication.channels) {
      metrics.rows_collected(bureau.id.str(), publication.dataset.str(), record::to_string(mode));
      metrics.rows_quarantined(bureau.id.str(), publication.dataset.str(), record::to_string(mode));
    }
  }
}

void Figures::hide(const std::string& bureau) {
  observe::Metrics& metrics = surroundings_.metrics;
  metrics.journal_backlog_batches.hide(bureau);
  metrics.journal_backlog_bytes.hide(bureau);
  metrics.journal_backlog_oldest_seconds.hide(bureau);
  metrics.quarantine_waiting.hide(bureau);
  metrics.quarantine_bytes.hide(bureau);
  metrics.answer_bytes.hide(bureau);
  metrics.journal_readable(bureau).Set(0);
}

void Figures::forget(const std::string& bureau) {
  observe::Metrics& metrics = surroundings_.metrics;
  hide(bureau);
  metrics.journal_readable.hide(bureau);
  metrics.stream_stopped.hide(bureau);
  metrics.link_up.hide(bureau);
}

void Figures::miss() {
  const std::lock_guard lock(mutex_);
  for (const std::string& bureau : looked_at_)
    hide(bureau);
  surroundings_.metrics.disk_free_bytes.hide();
}

void Figures::measure_log() {
  observe::Metrics& metrics = surroundings_.metrics;
  const observe::Log::Counts counts = surroundings_.log.counts();
  for (const auto& [event, count] : counts.events)
    observe::Metrics::advance(metrics.log_events(event.first, to_string(event.second)), count);
  observe::Metrics::advance(metrics.log_lines_dropped(), counts.dropped);
}

void Figures::tell(const std::optional<files::StateDisk::Room>& room) {
  observe::Metrics& metrics = surroundings_.metrics;
  if (!room) return metrics.disk_free_bytes.hide();
  metrics.disk_free_bytes().Set(static_cast<double>(room->space.free));
  metrics.disk_reserve_bytes().Set(static_cast<double>(room->reserve));
  metrics.disk_short().Set(room->is_short ? 1 : 0);
}

}  // namespace sluice::node
