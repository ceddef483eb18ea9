#include "journal/journal.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "journal/continuity.h"
#include "journal/journal_columns.h"
#include "journal/journal_state.h"
#include "record/try.h"

namespace sluice::journal {
namespace {

// What a row that goes to the quarantine writes at least.
constexpr std::uint64_t refused_row_bytes = 512;

}  // namespace

Journal::Journal(std::unique_ptr<State> state) : state_(std::move(state)) {}
Journal::Journal(Journal&&) noexcept = default;
Journal& Journal::operator=(Journal&&) noexcept = default;
Journal::~Journal() = default;

Result<record::Sequence> Journal::append(const DatasetOrigin& origin, record::Payload payload,
                                         std::span<const QuarantinedRow> quarantined,
                                         std::span<const Cursor> cursors,
                                         const std::optional<RowTally>& tally,
                                         const SourcePlaces& places) {
  State& state = *state_;
  SLUICE_TRY(state.check_certificate());
  const std::uint64_t bytes = payload.compressed.size();
  const std::uint64_t rows = payload.upserts.value + payload.deletes.value;
  const bool has_rows = rows > 0;
  return state.write(bytes, [&](StreamRow& row) -> Result<record::Sequence> {
    Placement placement;
    SLUICE_TRY(state.check_taking(row));
    SLUICE_TRY(state.check_certificate(row));
    if (has_rows || !quarantined.empty()) SLUICE_TRY(state.check_room(row));
    if (!quarantined.empty()) SLUICE_TRY(state.make_quarantine_room(row));
    if (has_rows) placement = SLUICE_TRY(state.seal_alone(row, origin, std::move(payload), places));
    SLUICE_TRY(state.keep(quarantined, cursors, placement));
    SLUICE_TRY(state.count(origin.dataset, tally));
    SLUICE_TRY(state.count_taken(origin, rows + quarantined.size()));
    return placement.sequence;
  });
}

Result<std::vector<Placement>> Journal::commit(std::span<const Submission> submissions) {
  State& state = *state_;
  SLUICE_TRY(state.check_certificate());
  std::uint64_t bytes = 0;
  std::uint64_t answers = 0;
  bool has_quarantined = false;
  for (const Submission& submission : submissions) {
    bytes += submission.lines.size();
    if (submission.payload) bytes += submission.payload->compressed.size();
    answers += submission.cursors.size();
    has_quarantined = has_quarantined || !submission.quarantined.empty();
  }
  return state.write(bytes, [&](StreamRow& row) -> Result<std::vector<Placement>> {
    SLUICE_TRY(state.check_taking(row));
    SLUICE_TRY(state.check_certificate(row));
    SLUICE_TRY(state.check_room(row));
    if (has_quarantined) SLUICE_TRY(state.make_quarantine_room(row));
    if (answers > 0) SLUICE_TRY(state.forget_old(answers));
    SLUICE_TRY(state.count_taken(submissions));
    return state.place(row, submissions);
  });
}

Result<bool> Journal::close_open_batches(Close which) {
  State& state = *state_;
  if (!state.check_certificate()) return false;
  if (!state.check_certificate(SLUICE_TRY(state_->ours(state.tables.stream())))) return false;
  const auto open = SLUICE_TRY(state_->ours(state.tables.open_batches()));
  const auto due = [&](const std::vector<OpenBatch>& batches) {
    state.see_open(batches);
    const record::Time now = state.clock();
    const auto last = std::find_if(batches.rbegin(), batches.rend(), [&](const OpenBatch& batch) {
      return which == Close::all || state.is_due(batch, now);
    });
    return static_cast<std::size_t>(batches.rend() - last);
  };
  if (due(open) == 0) return false;
  return state.write(0, [&](StreamRow& row) -> Result<bool> {
    const auto batches = SLUICE_TRY(state_->ours(state.tables.open_batches()));
    const std::size_t count = due(batches);
    for (std::size_t i = 0; i < count; ++i) {
      SLUICE_TRY(state.seal_open(row, batches[i]));
    }
    return count > 0;
  });
}

Result<std::optional<record::Batch>> Journal::next(record::Sequence after) {
  return state_->ours(state_->tables.next_waiting(after));
}

Result<void> Journal::acknowledge(const record::Receipt& receipt,
                                  const record::SignedReceipt& signed_receipt) {
  State& state = *state_;
  state.adopt(SLUICE_TRY(state_->ours(state.tables.stream())).stream);
  const std::uint64_t bytes = refused_row_bytes * receipt.rows.rejected.value;
  if (receipt.stream != state.stream) {
    return state.write(bytes, [&](StreamRow& row) { return state.settle_earlier(row, receipt); });
  }
  return state.write(bytes, [&](StreamRow& row) -> Result<void> {
    const auto manifest = SLUICE_TRY(state_->ours(state.tables.manifest(receipt.sequence)));
    if (!manifest) {
      if (receipt.sequence <= row.head.sequence) return {};  // acknowledged before
      return std::unexpected(
          state.broken(fmt::format("a receipt came for batch {}, but {} is the last one",
                                   receipt.sequence.value, row.head.sequence.value)));
    }
    if (record::sha256(*manifest) != receipt.manifest) {
      return std::unexpected(state.broken(
          fmt::format("the receipt for batch {} is for other content than the journal's",
                      receipt.sequence.value)));
    }
    SLUICE_TRY(state.take_receipt(row, *manifest, receipt, signed_receipt));
    if (receipt.sequence.value == row.acknowledged.value + 1) row.acknowledged = receipt.sequence;
    SLUICE_TRY(state.ours(state.anchors.keep(receipt, signed_receipt, state.clock())));
    const record::Time too_old = state.clock() - state.limits.answer_age;
    SLUICE_TRY(state.ours(state.tables.forget_receipts(too_old)));
    SLUICE_TRY(state.ours(state.retained.forget_receipts(too_old)));
    SLUICE_TRY(state.let_go_of_retained(row));
    return state.forget_old(0);
  });
}

Result<std::optional<record::SignedReceipt>> Journal::receipt(record::Sequence sequence) {
  return state_->ours(state_->tables.receipt(sequence));
}

Result<BatchStanding> Journal::standing(record::Sequence sequence) {
  using enum BatchStanding::State;
  if (sequence.value == 0) return BatchStanding{};
  // The receipt last: it comes in the transaction in which the batch is let go of.
  const auto row = SLUICE_TRY(state_->ours(state_->tables.stream()));
  const auto numbered = SLUICE_TRY(state_->ours(state_->tables.numbered()));
  auto receipt = SLUICE_TRY(state_->ours(state_->tables.receipt(sequence)));
  if (receipt) return BatchStanding{answered, std::move(receipt)};
  const bool is_held = SLUICE_TRY(state_->ours(state_->held.has({row.stream.epoch, sequence})));
  if (sequence <= row.acknowledged && !is_held) return BatchStanding{forgotten, std::nullopt};
  return BatchStanding{sequence <= numbered ? waiting : unknown, std::nullopt};
}

Result<std::vector<record::SignedReceipt>> Journal::receipts_again(record::Sequence sequence) {
  return state_->ours(state_->retained.receipts_again(sequence));
}

Result<void> Journal::read_anchors(
    const std::function<bool(const record::SignedReceipt&)>& consume) {
  return state_->ours(state_->anchors.read(consume));
}

Result<void> Journal::let_go_of_retained() {
  State& state = *state_;
  SLUICE_TRY(state.give_room_back());
  const auto oldest = SLUICE_TRY(state_->ours(state.retained.oldest()));
  if (!oldest) return {};
  const StreamRow found = SLUICE_TRY(state_->ours(state.tables.stream()));
  if (!state.is_to_go(*oldest, found)) return {};
  return state.write(0,
                     [&](StreamRow& row) -> Result<void> { return state.let_go_of_retained(row); });
}

Result<std::optional<KeptCursor>> Journal::cursor(std::string_view channel, std::string_view key) {
  SLUICE_TRY(state_->check_durable());
  auto found = SLUICE_TRY(state_->ours(state_->tables.cursor(channel, key)));
  // Whatever has a place has it in the epoch that there is.
  if (found)
    found->placement.epoch = SLUICE_TRY(state_->ours(state_->tables.stream())).stream.epoch;
  return found;
}

Result<std::vector<MinuteTally>> Journal::tallies(const record::DatasetId& dataset,
                                                  record::Time since) {
  return state_->ours(
      state_->tables.tallies(dataset, std::chrono::floor<std::chrono::minutes>(since)));
}

Result<void> Journal::check_backlog() {
  SLUICE_TRY(state_->check_durable());
  SLUICE_TRY(state_->check_certificate());
  const auto row = SLUICE_TRY(state_->ours(state_->tables.stream()));
  SLUICE_TRY(state_->check_taking(row));
  SLUICE_TRY(state_->check_certificate(row));
  return state_->check_room(row);
}

Result<void> Journal::check_taking() {
  const auto row = SLUICE_TRY(state_->ours(state_->tables.stream()));
  return state_->check_taking(row);
}

Result<std::optional<std::string>> Journal::compare(const AskLedger& ask) {
  State& state = *state_;
  const StreamRow before = SLUICE_TRY(state_->ours(state.tables.stream()));
  const auto place = ask(before.stream);
  const auto outcome = [&](const StreamRow& after) -> Result<std::string> {
    if (!place) return after.refused;
    const auto own = SLUICE_TRY(state.digest_of(after, place->head.sequence));
    const bool reaches = SLUICE_TRY(state.reaches_back_to(place->head, after));
    const bool forks = SLUICE_TRY(state.reaches_to({place->head.sequence.value + 1})) &&
                       !SLUICE_TRY(state.follows_on(place->head));
    return objection_of_ledger({before, after}, *place, {own, reaches, forks}).value_or("");
  };
  const auto told = [](std::string sentence) {
    return sentence.empty() ? std::nullopt : std::optional(std::move(sentence));
  };
  const StreamRow after = SLUICE_TRY(state_->ours(state.tables.stream()));
  if (SLUICE_TRY(outcome(after)) == after.refused) return told(after.refused);
  return state.write(0, [&](StreamRow& row) -> Result<std::optional<std::string>> {
    row.refused = SLUICE_TRY(outcome(row));
    return told(row.refused);
  });
}

Result<std::optional<SentAgain>> Journal::send_again(const LedgerPlace& place) {
  State& state = *state_;
  using Outcome = std::optional<SentAgain>;
  const StreamRow found = SLUICE_TRY(state_->ours(state.tables.stream()));
  // What follows on an epoch that the ledger has less of than it had is not its continuation.
  const auto said = SLUICE_TRY(state_->ours(state.predecessors.find()));
  const bool is_cut = said && said->epoch == place.latest && said->sequence > place.latest_sequence;
  if (place.head.sequence >= found.acknowledged && !is_cut) return Outcome();
  const record::Sequence next{place.head.sequence.value + 1};
  StreamRow after;
  auto again = state.write(0, [&](StreamRow& row) -> Result<Outcome> {
    if (row.stream != found.stream) return Outcome();
    if (is_cut) {
      auto sealed = SLUICE_TRY(state.seal_beyond_gap(row, place));
      after = row;
      return sealed;
    }
    if (place.head.sequence >= row.acknowledged) return Outcome();
    if (SLUICE_TRY(state.reaches_back_to(place.head, row))) {
      return SentAgain{place.head.sequence, std::exchange(row.acknowledged, place.head.sequence)};
    }
    // A store that has nothing may be another one than was meant; a batch that is here and follows
    // on another one than the ledger's is not ours to judge.
    const bool forks =
        SLUICE_TRY(state.reaches_to(next)) && !SLUICE_TRY(state.follows_on(place.head));
    if (place.latest.value == 0 || forks) return Outcome();
    auto sealed = SLUICE_TRY(state.seal_beyond_gap(row, place));
    after = row;
    return sealed;
  });
  if (again && *again && (*again)->anew) SLUICE_TRY(state.follow(after, state.marks));
  return again;
}

Result<bool> Journal::holds(record::Sequence sequence) {
  return state_->reaches_to(sequence);
}

Result<std::vector<Gap>> Journal::gaps() {
  return state_->ours(state_->gaps.gaps());
}

Result<void> Journal::settle_gaps() {
  State& state = *state_;
  return state.write(0,
                     [&](StreamRow&) -> Result<void> { return state.ours(state.gaps.settle()); });
}

Result<record::Epoch> Journal::begin_epoch(const NewEpoch& beginning, StreamMarks& marks) {
  State& state = *state_;
  const auto begun = state.write(0, [&](StreamRow& row) -> Result<StreamRow> {
    SLUICE_TRY(state.begin_epoch(row, beginning));
    return row;
  });
  if (!begun) return std::unexpected(begun.error());
  SLUICE_TRY(state.follow(*begun, &marks));
  return state.stream.epoch;
}

Result<Status> Journal::status() {
  const auto row = SLUICE_TRY(state_->ours(state_->tables.stream()));
  const auto oldest = SLUICE_TRY(state_->ours(state_->tables.oldest_batch()));
  const auto waiting = SLUICE_TRY(state_->ours(state_->quarantine.waiting()));
  const auto gaps = SLUICE_TRY(state_->ours(state_->gaps.gaps()));
  auto held = SLUICE_TRY(state_->ours(state_->held.datasets()));
  return Status{.stream = row.stream,
                .head = row.head,
                .acknowledged = row.acknowledged,
                .backlog = {row.backlog_batches, row.backlog_bytes, oldest},
                .retained = {row.retained_batches, row.retained_bytes},
                .held = std::move(held),
                .quarantine_waiting = waiting,
                .gaps = gaps.size(),
                .kept = {row.quarantine_bytes, row.answer_bytes},
                .refused = row.refused};
}

Result<Kept> Journal::kept() {
  const auto row = SLUICE_TRY(state_->ours(state_->tables.stream()));
  return Kept{row.quarantine_bytes, row.answer_bytes};
}

Result<std::vector<TakenRows>> Journal::taken() {
  return state_->ours(state_->taken.all());
}

Result<std::vector<QuarantineCount>> Journal::quarantine_counts() {
  return state_->ours(state_->quarantine.counts());
}

Result<std::vector<QuarantineTally>> Journal::quarantine_tallies() {
  return state_->ours(state_->quarantine.tallies());
}

Result<std::set<std::string>> Journal::quarantine_rules() {
  return state_->ours(state_->quarantine.rules());
}

Result<std::vector<QuarantineEntry>> Journal::quarantine_page(const QuarantineFilter& filter,
                                                              const QuarantineCut& cut) {
  return state_->ours(state_->quarantine.page(filter, cut));
}

Result<std::optional<QuarantineEntry>> Journal::quarantine_entry(std::int64_t id) {
  return state_->ours(state_->quarantine.entry(id));
}

Result<Placement> Journal::replay(std::int64_t id, const Submission& submission,
                                  const QuarantineDecision& decision) {
  State& state = *state_;
  SLUICE_TRY(state.check_certificate());
  return state.write(submission.lines.size(), [&](StreamRow& row) -> Result<Placement> {
    SLUICE_TRY(state.check_taking(row));
    SLUICE_TRY(state.check_certificate(row));
    SLUICE_TRY(state.settle(id, QuarantineState::replayed, decision));
    auto placed = SLUICE_TRY(state.place(row, std::span(&submission, 1)));
    return placed.front();
  });
}

Result<void> Journal::discard(std::int64_t id, const QuarantineDecision& decision) {
  State& state = *state_;
  return state.write(0, [&](StreamRow&) -> Result<void> {
    return state.settle(id, QuarantineState::discarded, decision);
  });
}

}  // namespace sluice::journal
