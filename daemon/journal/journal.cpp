#include "journal/journal.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "journal/journal_creation.h"
#include "journal/journal_state.h"

namespace sluice::journal {

#define SLUICE_TRY(result_name, expression) SLUICE_TRY_OF(*state_, result_name, expression)

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
    std::span<const QuarantinedRow> quarantined, std::span<const Cursor> cursors,
    const std::optional<RowTally>& tally) {
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
    if (auto counted = state.count(origin.dataset, tally); !counted) {
      return std::unexpected(counted.error());
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

std::expected<std::vector<MinuteTally>, JournalFailure> Journal::tallies(
    const record::DatasetId& dataset, record::Time since) {
  SLUICE_TRY(tallies,
             state_->tables.tallies(dataset, std::chrono::floor<std::chrono::minutes>(since)));
  return std::move(*tallies);
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
