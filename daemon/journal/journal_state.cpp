#include "journal/journal_state.h"

#include <algorithm>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "record/try.h"

namespace sluice::journal {
namespace {

// Log bytes after which the write-ahead log is moved into the file.
constexpr std::uint64_t checkpoint_bytes = std::uint64_t{32} << 20;

}  // namespace

std::optional<JournalFailure> no_room(const sqlite::Error& error, std::string place) {
  if (error.is_disk_full()) {
    return JournalFailure{JournalProblem::no_room, std::move(place),
                          "the disk is full; nothing was taken: free space and send again"};
  }
  if (error.is_out_of_files()) {
    return JournalFailure{JournalProblem::no_room, std::move(place),
                          "too many files are open, and this one can not be; nothing was taken: "
                          "raise the limit of open files, or send again later"};
  }
  return std::nullopt;
}

JournalFailure Journal::State::failure(const sqlite::Error& error) {
  if (error.is_busy()) {
    return {JournalProblem::busy, file.string(),
            "another process held the journal's lock for too long; look for a hanging `sluice`"};
  }
  if (auto room = no_room(error, file.string())) return *room;
  if (error.is_durability_failure()) {
    not_durable = error.message;
    if (disk && error.is_failed_sync()) {
      disk->distrust(fmt::format("{}: {}", file.string(), error.message));
    }
    return {JournalProblem::not_durable, file.string(),
            fmt::format("the disk did not take a write ({}); nothing more is acknowledged until "
                        "`sluiced` is restarted on a sound disk",
                        error.message)};
  }
  return broken(fmt::format("SQLite says: {}", error.message));
}

JournalFailure Journal::State::broken(std::string sentence) const {
  return {JournalProblem::broken, file.string(), std::move(sentence)};
}

JournalFailure Journal::State::lost(std::string sentence) const {
  return {JournalProblem::lost, file.string(), std::move(sentence)};
}

Result<void> Journal::State::check_durable() {
  if (!not_durable && disk) not_durable = disk->distrusted();
  if (!not_durable) return {};
  return std::unexpected(JournalFailure{
      JournalProblem::not_durable, file.string(),
      fmt::format("an earlier write was not taken by the disk ({}); nothing is acknowledged until "
                  "`sluiced` is restarted on a sound disk",
                  *not_durable)});
}

Result<void> Journal::State::check_certificate() const {
  const auto credentials = keyring->current();
  const record::CertificateFacts& certificate = credentials->signer.certificate();
  const auto why = record::why_not_signing(certificate, clock());
  if (!why) return {};
  return std::unexpected(JournalFailure{JournalProblem::not_certified, certificate.subject, *why});
}

record::Time Journal::State::sealing_time(const StreamRow& row) const {
  return std::max(clock(), row.sealed_at);
}

Result<void> Journal::State::check_certificate(const StreamRow& row) const {
  const record::Time at = sealing_time(row);
  const auto credentials = keyring->current();
  const record::CertificateFacts& certificate = credentials->signer.certificate();
  if (certificate.holds(at)) return {};
  if (!certificate.holds(clock())) return check_certificate();
  return std::unexpected(JournalFailure{
      JournalProblem::not_certified, stream.bureau.str(),
      fmt::format("its last batch was sealed at {}, when this machine's clock was wrong, and no "
                  "batch is sealed before the one in front of it; this node's certificate (serial "
                  "number {}) does not hold then: stop sluiced and say `sluice journal new-epoch "
                  "{}`, which seals anew",
                  record::to_string(at), certificate.serial, stream.bureau.str())});
}

Result<std::optional<record::Digest>> Journal::State::digest_of(const StreamRow& row,
                                                                record::Sequence sequence) {
  if (sequence.value == 0) return std::nullopt;
  if (sequence == row.head.sequence) return row.head.manifest;
  const auto manifest = SLUICE_TRY(ours(tables.manifest(sequence)));
  if (!manifest) return std::nullopt;
  return record::sha256(*manifest);
}

Result<bool> Journal::State::reaches_back_to(const record::ChainHead& head, const StreamRow& row) {
  if (!SLUICE_TRY(follows_on(head))) return false;
  return !SLUICE_TRY(ours(held.missing(head.sequence, row.acknowledged)));
}

Result<bool> Journal::State::follows_on(const record::ChainHead& head) {
  const auto manifest = SLUICE_TRY(ours(tables.manifest({head.sequence.value + 1})));
  if (!manifest) return false;
  const auto next = record::parse_manifest(*manifest);
  if (!next) return std::unexpected(broken(next.error().sentence));
  return next->previous == head.manifest;
}

Result<bool> Journal::State::reaches_to(record::Sequence sequence) {
  return SLUICE_TRY(ours(tables.manifest(sequence))).has_value();
}

Result<void> Journal::State::check_taking(const StreamRow& row) const {
  if (row.refused.empty()) return {};
  return std::unexpected(lost(row.refused));
}

void Journal::State::adopt(const record::StreamId& found) {
  if (found == stream) return;
  stream = found;
  remembered = {};
}

void Journal::State::remember(const StreamRow& row) {
  const record::Sequence numbered = std::max(row.head.sequence, given_out);
  if (marks == nullptr || numbered <= remembered) return;
  // A mark that could not be told is lower than it might be, no more: the next number tells it.
  if (marks->advance(stream.bureau, {row.stream.epoch, numbered})) remembered = numbered;
}

Result<void> Journal::State::check_room(const StreamRow& row) {
  const auto full = [&](std::string found) {
    return std::unexpected(JournalFailure{
        JournalProblem::backlog_full, stream.bureau.str(),
        fmt::format("{}; see why the center sends no receipts (`sluice status`)", found)});
  };
  if (disk) {
    if (auto shortage = disk->shortage()) {
      return std::unexpected(
          JournalFailure{JournalProblem::no_room, file.string(), std::move(*shortage)});
    }
  }
  const std::uint64_t beside = row.quarantine_bytes + row.answer_bytes;
  if (row.backlog_bytes + beside >= limits.backlog_bytes) {
    return full(
        fmt::format("{} bytes wait for their receipts, and {} are in the quarantine and in "
                    "remembered answers; together at most {} may be",
                    row.backlog_bytes, beside, limits.backlog_bytes));
  }
  if (row.backlog_batches == 0) return {};
  const auto oldest = SLUICE_TRY(ours(tables.oldest_batch()));
  if (oldest && clock() - *oldest >= limits.backlog_age) {
    return full(fmt::format("a batch of {} still waits for its receipt, at most {} s may it",
                            record::to_string(*oldest), limits.backlog_age.count()));
  }
  return {};
}

Result<void> Journal::State::make_quarantine_room(const StreamRow& row) {
  constexpr std::uint64_t at_once = 1024;
  std::uint64_t bytes = row.quarantine_bytes;
  while (bytes >= limits.quarantine_bytes) {
    const std::uint64_t gone = SLUICE_TRY(ours(quarantine.forget_settled(clock(), at_once)));
    if (gone == 0) {
      return std::unexpected(JournalFailure{
          JournalProblem::backlog_full, stream.bureau.str(),
          fmt::format("{} bytes of quarantined rows wait for somebody to deal with them, at most "
                      "{} may; correct or discard them (`sluice quarantine counts {}`)",
                      bytes, limits.quarantine_bytes, stream.bureau.str())});
    }
    bytes = SLUICE_TRY(ours(tables.stream())).quarantine_bytes;
  }
  return {};
}

Result<void> Journal::State::forget_old(std::uint64_t answers_made) {
  constexpr std::uint64_t a_few = 64;
  const record::Time now = clock();
  SLUICE_TRY(ours(tables.forget_answers(now, std::max(a_few, 2 * answers_made))));
  SLUICE_TRY(ours(quarantine.forget_settled(now - limits.quarantine_age, a_few)));
  return {};
}

Result<void> Journal::State::checkpoint_after(std::uint64_t bytes) {
  constexpr std::uint64_t page_overhead = 16 << 10;
  bytes_since_checkpoint += bytes + page_overhead;
  if (bytes_since_checkpoint < checkpoint_bytes) return {};
  if (auto moved = database.checkpoint(); !moved) {
    // It is tried again after the next write.
    if (no_room(moved.error(), file.string())) return {};
    return std::unexpected(failure(moved.error()));
  }
  bytes_since_checkpoint = 0;
  return {};
}

Result<void> Journal::State::seal(StreamRow& row, const DatasetOrigin& origin,
                                  record::Payload payload, std::string_view places_text) {
  SLUICE_TRY(check_certificate(row));
  const record::Time now = sealing_time(row);
  const auto follows = SLUICE_TRY(said_by_next(row));
  const record::SealedBatch sealed =
      record::seal({.stream = row.stream,
                    .dataset = origin.dataset,
                    .schema = origin.schema,
                    .mode = origin.mode,
                    .collected_at = now,
                    .carries_case_numbers = origin.carries_case_numbers,
                    .follows = follows},
                   std::move(payload), row.head, keyring->current()->signer);
  SLUICE_TRY(ours(tables.insert_batch(sealed, clock(), places_text)));
  row.sealed_at = now;
  row.head = {sealed.manifest.sequence, record::sha256(sealed.batch.manifest)};
  ++row.backlog_batches;
  row.backlog_bytes += sealed.batch.payload.size() + places_text.size();
  return {};
}

Result<void> Journal::State::seal_open(StreamRow& row, const OpenBatch& batch) {
  if (batch.sequence.value != row.head.sequence.value + 1) {
    return std::unexpected(
        broken(fmt::format("open batch {} does not follow the last closed one, {}",
                           batch.sequence.value, row.head.sequence.value)));
  }
  const auto open = SLUICE_TRY(ours(tables.lines(batch.sequence)));
  if (auto sealed =
          seal(row, batch.origin,
               record::compress_payload(open.lines, batch.upserts, batch.deletes), open.places);
      !sealed) {
    return sealed;
  }
  SLUICE_TRY(ours(tables.delete_open_batch(batch.sequence)));
  return {};
}

Result<void> Journal::State::keep(std::span<const QuarantinedRow> rows,
                                  std::span<const Cursor> cursors, const Placement& placement) {
  const record::Time now = clock();
  for (const QuarantinedRow& row : rows) {
    SLUICE_TRY(ours(quarantine.add(row, now)));
  }
  for (const Cursor& cursor : cursors) {
    const auto forget_at = cursor.keep == Cursor::Keep::as_an_answer
                               ? std::optional(now + limits.answer_age)
                               : std::nullopt;
    SLUICE_TRY(ours(tables.put_cursor(cursor, placement, forget_at)));
  }
  return {};
}

Result<void> Journal::State::count(const record::DatasetId& dataset,
                                   const std::optional<RowTally>& tally) {
  if (!tally) return {};
  const auto minute = std::chrono::floor<std::chrono::minutes>(clock());
  SLUICE_TRY(ours(tables.add_tally(dataset, {minute, *tally})));
  SLUICE_TRY(ours(tables.forget_tallies(dataset, minute - tally_age)));
  return {};
}

Result<void> Journal::State::count_taken(const DatasetOrigin& origin, std::uint64_t rows) {
  if (rows == 0) return {};
  return ours(taken.add(origin, rows));
}

Result<void> Journal::State::count_taken(std::span<const Submission> submissions) {
  // Together, as they are placed: a hundred calls are not a hundred statements.
  while (!submissions.empty()) {
    const DatasetOrigin& origin = submissions.front().origin;
    std::uint64_t rows = 0;
    std::size_t alike = 0;
    for (; alike < submissions.size() && submissions[alike].origin == origin; ++alike) {
      const Submission& each = submissions[alike];
      rows += each.payload ? each.payload->upserts.value + each.payload->deletes.value
                           : each.upserts.value + each.deletes.value;
      rows += each.quarantined.size();
    }
    SLUICE_TRY(count_taken(origin, rows));
    submissions = submissions.subspan(alike);
  }
  return {};
}

Result<void> Journal::State::settle(std::int64_t id, QuarantineState becomes,
                                    const QuarantineDecision& decision) {
  const bool settled = SLUICE_TRY(ours(quarantine.settle(id, becomes, {clock(), decision})));
  if (settled) return {};
  return std::unexpected(JournalFailure{JournalProblem::not_waiting,
                                        fmt::format("quarantine entry {}", id),
                                        "no such entry waits: somebody may have settled it "
                                        "(`sluice quarantine show`)"});
}

bool Journal::State::is_due(const OpenBatch& batch, record::Time now) const {
  return batch.rows() >= limits.batch_rows || batch.bytes.value >= limits.batch_bytes ||
         now - batch.opened_at >= limits.batch_age ||
         steady() - seen_open.at(batch.sequence) >= limits.batch_age;
}

void Journal::State::see_open(const std::vector<OpenBatch>& batches) {
  const auto now = steady();
  decltype(seen_open) still;
  for (const OpenBatch& batch : batches) {
    const auto seen = seen_open.find(batch.sequence);
    still.emplace(batch.sequence, seen == seen_open.end() ? now : seen->second);
  }
  seen_open = std::move(still);
}

Result<Placement> Journal::State::seal_alone(StreamRow& row, const DatasetOrigin& origin,
                                             record::Payload payload,
                                             const SourcePlaces& source_places) {
  // Numbered before this one, so they go before it.
  const auto open = SLUICE_TRY(ours(tables.open_batches()));
  for (const OpenBatch& batch : open) {
    SLUICE_TRY(seal_open(row, batch));
  }
  std::string places_text;
  if (!source_places.runs.empty()) append_places(places_text, source_places, 0);
  SLUICE_TRY(seal(row, origin, std::move(payload), places_text));
  return Placement{row.head.sequence, 1, row.stream.epoch};
}

Result<std::vector<Placement>> Journal::State::place(StreamRow& row,
                                                     std::span<const Submission> submissions) {
  std::vector<Placement> placements;
  placements.reserve(submissions.size());
  while (!submissions.empty()) {
    const auto large = std::ranges::find_if(
        submissions, [](const auto& each) { return each.payload.has_value(); });
    const auto small = submissions.first(static_cast<std::size_t>(large - submissions.begin()));
    std::ranges::copy(SLUICE_TRY(place_lines(row, small)), std::back_inserter(placements));
    submissions = submissions.subspan(small.size());
    if (submissions.empty()) break;
    const Submission& alone = submissions.front();
    placements.push_back(SLUICE_TRY(seal_alone(row, alone.origin, *alone.payload, alone.places)));
    SLUICE_TRY(keep(alone.quarantined, alone.cursors, placements.back()));
    SLUICE_TRY(count(alone.origin.dataset, alone.tally));
    submissions = submissions.subspan(1);
  }
  return placements;
}

Result<std::vector<Placement>> Journal::State::place_lines(
    const StreamRow& row, std::span<const Submission> submissions) {
  auto open = SLUICE_TRY(ours(tables.open_batches()));
  struct NewLines {
    std::uint64_t first_row = 0;
    OpenLines text;
  };
  std::map<record::Sequence, NewLines> new_lines;
  std::vector<Placement> placements;
  placements.reserve(submissions.size());
  for (const Submission& submission : submissions) {
    const std::uint64_t rows = submission.upserts.value + submission.deletes.value;
    Placement placement;
    if (rows > 0) {
      // Only the dataset's last batch: in an earlier one, of another mode or schema, these rows
      // would be applied before some that came before them.
      const auto newest = std::find_if(open.rbegin(), open.rend(), [&](const OpenBatch& candidate) {
        return candidate.origin.dataset == submission.origin.dataset;
      });
      const bool takes = newest != open.rend() && newest->origin == submission.origin &&
                         newest->rows() < limits.batch_rows &&
                         newest->bytes.value < limits.batch_bytes;
      auto batch = takes ? std::prev(newest.base()) : open.end();
      if (!takes) {
        const record::Sequence last = open.empty() ? row.head.sequence : open.back().sequence;
        open.push_back(
            {.sequence = {last.value + 1}, .origin = submission.origin, .opened_at = clock()});
        batch = open.end() - 1;
      }
      placement = {batch->sequence, batch->rows() + 1, row.stream.epoch};
      batch->upserts.value += submission.upserts.value;
      batch->deletes.value += submission.deletes.value;
      batch->bytes.value += submission.lines.size();
      NewLines& lines = new_lines[batch->sequence];
      if (lines.text.lines.empty()) lines.first_row = placement.first_row;
      lines.text.lines += submission.lines;
      append_places(lines.text.places, submission.places, placement.first_row - 1);
    }
    SLUICE_TRY(keep(submission.quarantined, submission.cursors, placement));
    SLUICE_TRY(count(submission.origin.dataset, submission.tally));
    placements.push_back(placement);
  }
  if (!open.empty()) given_out = open.back().sequence;
  for (const OpenBatch& batch : open) {
    const auto lines = new_lines.find(batch.sequence);
    if (lines == new_lines.end()) continue;
    SLUICE_TRY(ours(tables.put_open_batch(batch)));
    SLUICE_TRY(ours(tables.add_lines(batch.sequence, lines->second.first_row, lines->second.text)));
  }
  return placements;
}

}  // namespace sluice::journal
