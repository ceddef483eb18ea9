#include "journal/journal.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "fault/kill_point.h"
#include "journal/journal_creation.h"
#include "journal/journal_tables.h"

namespace sluice::journal {
namespace {

// Log bytes after which the write-ahead log is moved into the file.
constexpr std::uint64_t checkpoint_bytes = std::uint64_t{32} << 20;

}  // namespace

struct Journal::State {
  std::filesystem::path file;
  Limits limits;
  const record::Signer* signer = nullptr;
  Clock clock;
  sqlite::Database database;
  Tables tables;
  record::StreamId stream;
  // Set by the first write or fsync that failed, and never unset: what the kernel dropped can not
  // be told from what it kept, so nothing more is acknowledged by this process.
  std::optional<std::string> not_durable;
  std::uint64_t bytes_since_checkpoint = 0;

  [[nodiscard]] JournalFailure failure(const sqlite::Error& error);
  [[nodiscard]] JournalFailure broken(std::string sentence) const;
  [[nodiscard]] std::expected<void, JournalFailure> check_durable() const;
  [[nodiscard]] std::expected<void, JournalFailure> check_room(const StreamRow& row);

  // Runs `steps` in one transaction with the stream's row, which it may change; commits, fsynced.
  // `steps` returns expected<T, JournalFailure>; a failure rolls everything back.
  template <class Steps>
  auto write(std::uint64_t bytes, Steps steps) -> decltype(steps(std::declval<StreamRow&>()));
  [[nodiscard]] std::expected<void, JournalFailure> checkpoint_after(std::uint64_t bytes);

  [[nodiscard]] std::expected<void, JournalFailure> seal(StreamRow& row,
                                                         const DatasetOrigin& origin,
                                                         record::Payload payload);
  [[nodiscard]] std::expected<void, JournalFailure> seal_open(StreamRow& row,
                                                              const OpenBatch& batch);
  [[nodiscard]] std::expected<void, JournalFailure> keep(std::span<const QuarantinedRow> rows,
                                                         std::span<const Cursor> cursors,
                                                         const Placement& placement);
  [[nodiscard]] std::expected<std::vector<Placement>, JournalFailure> place(
      const StreamRow& row, std::span<const Submission> submissions);
  [[nodiscard]] bool is_due(const OpenBatch& batch, record::Time now) const;
};

// Turns a SQLite result into one of ours, or returns from the enclosing function with the failure.
#define SLUICE_TRY(result_name, expression) \
  auto result_name = (expression);          \
  if (!(result_name)) return std::unexpected(failure((result_name).error()))

JournalFailure Journal::State::failure(const sqlite::Error& error) {
  if (error.is_busy()) {
    return {JournalProblem::busy, file.string(),
            "another process held the journal's lock for too long; look for a hanging `sluice`"};
  }
  if (error.is_durability_failure()) {
    if (!error.is_disk_full()) not_durable = error.message;
    return {JournalProblem::not_durable, file.string(),
            error.is_disk_full()
                ? "the disk is full; nothing was taken: free space and send again"
                : fmt::format("the disk did not take a write ({}); nothing more is acknowledged "
                              "until this program is restarted on a sound disk",
                              error.message)};
  }
  return broken(fmt::format("SQLite says: {}", error.message));
}

JournalFailure Journal::State::broken(std::string sentence) const {
  return {JournalProblem::broken, file.string(), std::move(sentence)};
}

std::expected<void, JournalFailure> Journal::State::check_durable() const {
  if (!not_durable) return {};
  return std::unexpected(JournalFailure{
      JournalProblem::not_durable, file.string(),
      fmt::format("an earlier write was not taken by the disk ({}); nothing is acknowledged until "
                  "this program is restarted on a sound disk",
                  *not_durable)});
}

std::expected<void, JournalFailure> Journal::State::check_room(const StreamRow& row) {
  const auto full = [&](std::string found) {
    return std::unexpected(JournalFailure{
        JournalProblem::backlog_full, stream.bureau.str(),
        fmt::format("{}; see why the center sends no receipts (`sluice status`)", found)});
  };
  if (row.backlog_bytes >= limits.backlog_bytes) {
    return full(fmt::format("{} bytes wait for their receipts, at most {} may", row.backlog_bytes,
                            limits.backlog_bytes));
  }
  if (row.backlog_batches == 0) return {};
  SLUICE_TRY(oldest, tables.oldest_batch());
  if (*oldest && clock() - **oldest >= limits.backlog_age) {
    return full(fmt::format("a batch of {} still waits for its receipt, at most {} s may it",
                            record::to_string(**oldest), limits.backlog_age.count()));
  }
  return {};
}

template <class Steps>
auto Journal::State::write(std::uint64_t bytes, Steps steps)
    -> decltype(steps(std::declval<StreamRow&>())) {
  if (auto durable = check_durable(); !durable) return std::unexpected(durable.error());
  auto result = [&]() -> decltype(steps(std::declval<StreamRow&>())) {
    SLUICE_TRY(transaction, sqlite::Transaction::begin(database));
    SLUICE_TRY(row, tables.stream());
    const StreamRow before = *row;
    auto done = steps(*row);
    if (!done) return done;
    if (*row != before) {
      SLUICE_TRY(updated, tables.update_stream(*row));
    }
    SLUICE_KILL_POINT("journal.before-commit");
    SLUICE_TRY(committed, transaction->commit());
    SLUICE_KILL_POINT("journal.after-commit");
    return done;
  }();
  if (result) {
    if (auto moved = checkpoint_after(bytes); !moved) return std::unexpected(moved.error());
  }
  return result;
}

std::expected<void, JournalFailure> Journal::State::checkpoint_after(std::uint64_t bytes) {
  constexpr std::uint64_t page_overhead = 16 << 10;
  bytes_since_checkpoint += bytes + page_overhead;
  if (bytes_since_checkpoint < checkpoint_bytes) return {};
  bytes_since_checkpoint = 0;
  SLUICE_TRY(moved, database.checkpoint());
  return {};
}

std::expected<void, JournalFailure> Journal::State::seal(StreamRow& row,
                                                         const DatasetOrigin& origin,
                                                         record::Payload payload) {
  const record::Time now = clock();
  const record::SealedBatch sealed =
      record::seal({.stream = stream,
                    .dataset = origin.dataset,
                    .schema = origin.schema,
                    .mode = origin.mode,
                    .collected_at = now,
                    .carries_case_numbers = origin.carries_case_numbers},
                   std::move(payload), row.head, *signer);
  SLUICE_TRY(inserted, tables.insert_batch(sealed, now));
  row.head = {sealed.manifest.sequence, record::sha256(sealed.batch.manifest)};
  ++row.backlog_batches;
  row.backlog_bytes += sealed.batch.payload.size();
  return {};
}

std::expected<void, JournalFailure> Journal::State::seal_open(StreamRow& row,
                                                              const OpenBatch& batch) {
  if (batch.sequence.value != row.head.sequence.value + 1) {
    return std::unexpected(
        broken(fmt::format("open batch {} does not follow the last closed one, {}",
                           batch.sequence.value, row.head.sequence.value)));
  }
  SLUICE_TRY(lines, tables.lines(batch.sequence));
  if (auto sealed =
          seal(row, batch.origin, record::compress_payload(*lines, batch.upserts, batch.deletes));
      !sealed) {
    return sealed;
  }
  SLUICE_TRY(deleted, tables.delete_open_batch(batch.sequence));
  return {};
}

std::expected<void, JournalFailure> Journal::State::keep(std::span<const QuarantinedRow> rows,
                                                         std::span<const Cursor> cursors,
                                                         const Placement& placement) {
  const record::Time now = clock();
  for (const QuarantinedRow& row : rows) {
    SLUICE_TRY(added, tables.add_quarantined(row, now));
  }
  for (const Cursor& cursor : cursors) {
    const auto forget_at = cursor.keep == Cursor::Keep::as_an_answer
                               ? std::optional(now + limits.answer_age)
                               : std::nullopt;
    SLUICE_TRY(put, tables.put_cursor(cursor, placement, forget_at));
  }
  return {};
}

bool Journal::State::is_due(const OpenBatch& batch, record::Time now) const {
  return batch.rows() >= limits.batch_rows || batch.bytes.value >= limits.batch_bytes ||
         now - batch.opened_at >= limits.batch_age;
}

std::expected<std::vector<Placement>, JournalFailure> Journal::State::place(
    const StreamRow& row, std::span<const Submission> submissions) {
  SLUICE_TRY(open, tables.open_batches());
  struct NewLines {
    std::uint64_t first_row = 0;
    std::string text;
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
      const auto newest =
          std::find_if(open->rbegin(), open->rend(), [&](const OpenBatch& candidate) {
            return candidate.origin.dataset == submission.origin.dataset;
          });
      const bool takes = newest != open->rend() && newest->origin == submission.origin &&
                         newest->rows() < limits.batch_rows &&
                         newest->bytes.value < limits.batch_bytes;
      auto batch = takes ? std::prev(newest.base()) : open->end();
      if (!takes) {
        const record::Sequence last = open->empty() ? row.head.sequence : open->back().sequence;
        open->push_back(
            {.sequence = {last.value + 1}, .origin = submission.origin, .opened_at = clock()});
        batch = open->end() - 1;
      }
      placement = {batch->sequence, batch->rows() + 1};
      batch->upserts.value += submission.upserts.value;
      batch->deletes.value += submission.deletes.value;
      batch->bytes.value += submission.lines.size();
      NewLines& lines = new_lines[batch->sequence];
      if (lines.text.empty()) lines.first_row = placement.first_row;
      lines.text += submission.lines;
    }
    if (auto kept = keep(submission.quarantined, submission.cursors, placement); !kept) {
      return std::unexpected(kept.error());
    }
    placements.push_back(placement);
  }
  for (const OpenBatch& batch : *open) {
    const auto lines = new_lines.find(batch.sequence);
    if (lines == new_lines.end()) continue;
    SLUICE_TRY(put, tables.put_open_batch(batch));
    SLUICE_TRY(added,
               tables.add_lines(batch.sequence, lines->second.first_row, lines->second.text));
  }
  return placements;
}

#undef SLUICE_TRY
#define SLUICE_TRY(result_name, expression) \
  auto result_name = (expression);          \
  if (!(result_name)) return std::unexpected(state_->failure((result_name).error()))

Journal::Journal(std::unique_ptr<State> state) : state_(std::move(state)) {}
Journal::Journal(Journal&&) noexcept = default;
Journal& Journal::operator=(Journal&&) noexcept = default;
Journal::~Journal() = default;

std::expected<Journal, JournalFailure> Journal::open(const std::filesystem::path& file,
                                                     const record::BureauId& bureau,
                                                     const Limits& limits,
                                                     const record::Signer& signer, Clock clock) {
  auto state = std::make_unique<State>();
  state->file = file;
  state->limits = limits;
  state->signer = &signer;
  state->clock = std::move(clock);
  const auto unreadable = [&](std::string_view what) {
    return std::unexpected(
        JournalFailure{JournalProblem::unreadable, file.string(),
                       fmt::format("expected the journal of {}: {}", bureau.str(), what)});
  };
  auto database = sqlite::Database::open(file);
  if (!database) return unreadable(database.error().message);
  state->database = std::move(*database);
  if (auto off = state->database.execute("PRAGMA wal_autocheckpoint=0"); !off) {
    return unreadable(off.error().message);
  }
  if (auto ready = create_or_check(state->database, bureau, state->clock()); !ready) {
    return unreadable(ready.error());
  }
  auto tables = Tables::prepare(state->database);
  if (!tables) return unreadable(tables.error().message);
  state->tables = std::move(*tables);
  const auto row = state->tables.stream();
  if (!row) return unreadable(row.error().message);
  if (row->stream.bureau != bureau) return unreadable("it is the journal of another bureau");
  state->stream = row->stream;
  return Journal(std::move(state));
}

std::expected<record::Sequence, JournalFailure> Journal::append(
    const DatasetOrigin& origin, record::Payload payload,
    std::span<const QuarantinedRow> quarantined, std::span<const Cursor> cursors) {
  State& state = *state_;
  const std::uint64_t bytes = payload.compressed.size();
  const bool has_rows = payload.upserts.value + payload.deletes.value > 0;
  return state.write(bytes, [&](StreamRow& row) -> std::expected<record::Sequence, JournalFailure> {
    Placement placement;
    if (has_rows) {
      if (auto room = state.check_room(row); !room) return std::unexpected(room.error());
      // Numbered before this one, so they go before it.
      SLUICE_TRY(open, state.tables.open_batches());
      for (const OpenBatch& batch : *open) {
        if (auto sealed = state.seal_open(row, batch); !sealed) {
          return std::unexpected(sealed.error());
        }
      }
      if (auto sealed = state.seal(row, origin, std::move(payload)); !sealed) {
        return std::unexpected(sealed.error());
      }
      placement = {row.head.sequence, 1};
    }
    if (auto kept = state.keep(quarantined, cursors, placement); !kept) {
      return std::unexpected(kept.error());
    }
    return placement.sequence;
  });
}

std::expected<std::vector<Placement>, JournalFailure> Journal::commit(
    std::span<const Submission> submissions) {
  State& state = *state_;
  std::uint64_t bytes = 0;
  for (const Submission& submission : submissions)
    bytes += submission.lines.size();
  return state.write(bytes,
                     [&](StreamRow& row) -> std::expected<std::vector<Placement>, JournalFailure> {
                       if (auto room = state.check_room(row); !room)
                         return std::unexpected(room.error());
                       return state.place(row, submissions);
                     });
}

std::expected<bool, JournalFailure> Journal::close_open_batches(Close which) {
  State& state = *state_;
  SLUICE_TRY(open, state.tables.open_batches());
  const auto due = [&](const std::vector<OpenBatch>& batches) {
    const record::Time now = state.clock();
    const auto last = std::find_if(batches.rbegin(), batches.rend(), [&](const OpenBatch& batch) {
      return which == Close::all || state.is_due(batch, now);
    });
    return static_cast<std::size_t>(batches.rend() - last);
  };
  if (due(*open) == 0) return false;
  return state.write(0, [&](StreamRow& row) -> std::expected<bool, JournalFailure> {
    SLUICE_TRY(batches, state.tables.open_batches());
    const std::size_t count = due(*batches);
    for (std::size_t i = 0; i < count; ++i) {
      if (auto sealed = state.seal_open(row, (*batches)[i]); !sealed) {
        return std::unexpected(sealed.error());
      }
    }
    return count > 0;
  });
}

std::expected<std::optional<record::Batch>, JournalFailure> Journal::next(record::Sequence after) {
  SLUICE_TRY(batch, state_->tables.next_batch(after));
  return std::move(*batch);
}

std::expected<void, JournalFailure> Journal::acknowledge(
    const record::Receipt& receipt, const record::SignedReceipt& signed_receipt) {
  State& state = *state_;
  if (receipt.stream != state.stream) {
    return std::unexpected(state.broken("the receipt is for another stream"));
  }
  return state.write(0, [&](StreamRow& row) -> std::expected<void, JournalFailure> {
    SLUICE_TRY(manifest, state.tables.manifest(receipt.sequence));
    if (!*manifest) {
      if (receipt.sequence <= row.head.sequence) return {};  // acknowledged before
      return std::unexpected(
          state.broken(fmt::format("a receipt came for batch {}, but {} is the last one",
                                   receipt.sequence.value, row.head.sequence.value)));
    }
    if (record::sha256(**manifest) != receipt.manifest) {
      return std::unexpected(state.broken(
          fmt::format("the receipt for batch {} is for other content than the journal's",
                      receipt.sequence.value)));
    }
    const auto parsed = record::parse_manifest(**manifest);
    if (!parsed) return std::unexpected(state.broken(parsed.error().sentence));
    SLUICE_TRY(put, state.tables.put_receipt(receipt.sequence, receipt.at, signed_receipt));
    SLUICE_TRY(deleted, state.tables.delete_batch(receipt.sequence));
    --row.backlog_batches;
    row.backlog_bytes -= parsed->payload_bytes.value;
    if (receipt.sequence.value == row.acknowledged.value + 1) row.acknowledged = receipt.sequence;
    const record::Time now = state.clock();
    SLUICE_TRY(forgotten, state.tables.forget_some(now, now - state.limits.answer_age));
    return {};
  });
}

std::expected<std::optional<record::SignedReceipt>, JournalFailure> Journal::receipt(
    record::Sequence sequence) {
  SLUICE_TRY(receipt, state_->tables.receipt(sequence));
  return std::move(*receipt);
}

std::expected<std::optional<KeptCursor>, JournalFailure> Journal::cursor(std::string_view channel,
                                                                         std::string_view key) {
  SLUICE_TRY(cursor, state_->tables.cursor(channel, key));
  return std::move(*cursor);
}

std::expected<void, JournalFailure> Journal::check_backlog() {
  if (auto durable = state_->check_durable(); !durable) return durable;
  SLUICE_TRY(row, state_->tables.stream());
  return state_->check_room(*row);
}

std::expected<Status, JournalFailure> Journal::status() {
  SLUICE_TRY(row, state_->tables.stream());
  SLUICE_TRY(oldest, state_->tables.oldest_batch());
  SLUICE_TRY(waiting, state_->tables.quarantine_waiting());
  return Status{.stream = row->stream,
                .head = row->head,
                .acknowledged = row->acknowledged,
                .backlog = {row->backlog_batches, row->backlog_bytes, *oldest},
                .quarantine_waiting = *waiting};
}

std::expected<void, JournalFailure> Journal::quarantine(
    std::int64_t after, const std::function<bool(const QuarantineEntry&)>& consume) {
  SLUICE_TRY(read, state_->tables.quarantine(after, consume));
  return {};
}

std::expected<Placement, JournalFailure> Journal::replay(std::int64_t id,
                                                         const Submission& submission) {
  State& state = *state_;
  return state.write(
      submission.lines.size(), [&](StreamRow& row) -> std::expected<Placement, JournalFailure> {
        SLUICE_TRY(marked, state.tables.mark_replayed(id));
        if (!*marked) {
          return std::unexpected(
              JournalFailure{JournalProblem::not_waiting, fmt::format("quarantine entry {}", id),
                             "there is no such entry, or it was replayed before"});
        }
        auto placed = state.place(row, std::span(&submission, 1));
        if (!placed) return std::unexpected(placed.error());
        return placed->front();
      });
}

}  // namespace sluice::journal
