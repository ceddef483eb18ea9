#include "intake/journal_sink.h"

#include <chrono>
#include <utility>

#include "fault/kill_point.h"

namespace sluice::intake {
namespace {

constexpr std::chrono::milliseconds backlog_poll{200};

}  // namespace

IntakeFailure intake_failure(const journal::JournalFailure& failure) {
  const bool full = failure.code == journal::JournalProblem::backlog_full;
  return {full ? IntakeProblem::backlog_full : IntakeProblem::journal_failed, failure.place,
          failure.sentence};
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
  // Back-pressure: a full backlog makes the source wait; nothing is dropped.
  bool has_waited = false;
  while (true) {
    const auto room = journal_.check_backlog();
    if (room) break;
    if (room.error().code != journal::JournalProblem::backlog_full || stop.stop_requested()) {
      return std::unexpected(intake_failure(room.error()));
    }
    on_waiting_(room.error());
    has_waited = true;
    std::this_thread::sleep_for(backlog_poll);
  }
  if (has_waited && on_room_) on_room_();
  SLUICE_KILL_POINT("intake.before-append");
  const auto sequence = journal_.append(source_.origin, std::move(payload), batch.quarantined,
                                        std::span(&cursor, 1), batch.tally);
  if (!sequence) return std::unexpected(intake_failure(sequence.error()));
  SLUICE_KILL_POINT("intake.after-append");
  const std::lock_guard lock(mutex_);
  if (sequence->value != 0) sequences_.push_back(*sequence);
  return {};
}

}  // namespace sluice::intake
