#include "intake/journal_sink.h"

#include <chrono>
#include <utility>

#include "fault/kill_point.h"
#include "record/try.h"

namespace sluice::intake {
namespace {

constexpr std::chrono::milliseconds room_poll{200};

// Of the backlog, or of the disk: it comes by itself.
bool lacks_room(const journal::JournalFailure& failure) {
  return failure.code == journal::JournalProblem::backlog_full ||
         failure.code == journal::JournalProblem::no_room;
}

}  // namespace

IntakeFailure intake_failure(const journal::JournalFailure& failure) {
  return {lacks_room(failure) ? IntakeProblem::backlog_full : IntakeProblem::journal_failed,
          failure.place, failure.sentence};
}

JournalSink::JournalSink(journal::Journal& journal, Source source, OnWaiting on_waiting,
                         OnRoom on_room)
    : journal_(journal),
      source_(std::move(source)),
      on_waiting_(std::move(on_waiting)),
      on_room_(std::move(on_room)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

JournalSink::~JournalSink() = default;

Result<void> JournalSink::put(ConvertedBatch batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !waiting_ || failure_; });
  if (failure_) return std::unexpected(*failure_);
  waiting_ = std::move(batch);
  changed_.notify_all();
  return {};
}

Result<record::Sequence> JournalSink::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return (!waiting_ && !writing_) || failure_; });
  if (failure_) return std::unexpected(*failure_);
  return sequences_.empty() ? record::Sequence{} : sequences_.back();
}

std::vector<record::Sequence> JournalSink::sequences() const {
  const std::lock_guard lock(mutex_);
  return sequences_;
}

void JournalSink::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [&] { return waiting_.has_value(); })) {
    ConvertedBatch batch = std::move(*waiting_);
    waiting_.reset();
    writing_ = true;
    changed_.notify_all();
    lock.unlock();
    auto written = write(std::move(batch), stop);
    lock.lock();
    writing_ = false;
    if (!written) failure_ = std::move(written.error());
    changed_.notify_all();
    if (failure_) return;
  }
}

Result<void> JournalSink::write(ConvertedBatch batch, const std::stop_token& stop) {
  record::Payload payload = record::compress_payload(batch.lines, batch.upserts, batch.deletes);
  batch.lines = {};
  const journal::Cursor cursor{source_.channel, source_.key, std::move(batch.cursor)};
  const auto append = [&]() -> journal::Result<record::Sequence> {
    SLUICE_TRY(journal_.check_backlog());
    SLUICE_KILL_POINT("intake.before-append");
    // A copy: the disk may turn out to be full only when it is written.
    return journal_.append(source_.origin, payload, batch.quarantined, std::span(&cursor, 1),
                           batch.tally, batch.places);
  };
  // Back-pressure: where there is no room the source waits; nothing is dropped.
  auto sequence = append();
  const bool has_waited = !sequence;
  while (!sequence) {
    if (!lacks_room(sequence.error()) || stop.stop_requested()) {
      return std::unexpected(intake_failure(sequence.error()));
    }
    on_waiting_(sequence.error());
    std::this_thread::sleep_for(room_poll);
    sequence = append();
  }
  if (has_waited && on_room_) on_room_();
  SLUICE_KILL_POINT("intake.after-append");
  const std::lock_guard lock(mutex_);
  if (sequence->value != 0) sequences_.push_back(*sequence);
  return {};
}

}  // namespace sluice::intake
