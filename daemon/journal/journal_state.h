// What stands behind a journal: its database, and the steps that a transaction of its is made of.
// journal.cpp says which calls take which steps.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fault/kill_point.h"
#include "journal/anchor_tables.h"
#include "journal/gap_tables.h"
#include "journal/held_tables.h"
#include "journal/journal.h"
#include "journal/journal_tables.h"
#include "journal/place_tables.h"
#include "journal/predecessor_tables.h"
#include "journal/quarantine_tables.h"
#include "journal/retention.h"
#include "journal/retention_tables.h"
#include "journal/stream_marks.h"
#include "journal/taken_tables.h"
#include "record/recast.h"
#include "record/try.h"
#include "sqlite/database.h"

namespace sluice::journal {

// A failure that passes without anybody's doing anything to the program; nothing where it is not
// such a one.
[[nodiscard]] std::optional<JournalFailure> no_room(const sqlite::Error& error, std::string place);

struct Journal::State {
  std::filesystem::path file;
  Limits limits;
  const record::Keyring* keyring = nullptr;
  Clock clock;
  sqlite::Database database;
  Tables tables;
  QuarantineTables quarantine;
  RetentionTables retained;
  GapTables gaps;
  PredecessorTables predecessors;
  HeldTables held;
  AnchorTables anchors;
  PlaceTables places;
  TakenTables taken;
  record::StreamId stream;
  std::shared_ptr<files::StateDisk> disk;  // null: none is shared
  StreamMarks* marks = nullptr;
  std::shared_ptr<Retention> retention;  // null: none is shared
  record::Sequence remembered;           // the last number that the marks were told
  record::Sequence given_out;  // the highest number that an open batch got in this transaction
  // Set by the first write or fsync that failed, and never unset: what the kernel dropped can not
  // be told from what it kept. An fsync's failure is told to the disk too, and so to all journals.
  std::optional<std::string> not_durable;
  std::uint64_t bytes_since_checkpoint = 0;
  std::function<std::chrono::steady_clock::time_point()> steady;
  // When each open batch was first seen open, by `steady`.
  std::map<record::Sequence, std::chrono::steady_clock::time_point> seen_open;

  // What SQLite's failure is called here. One of the disk that does not pass sets not_durable.
  [[nodiscard]] JournalFailure failure(const sqlite::Error& error);
  // The same of a result.
  template <class T>
  [[nodiscard]] Result<T> ours(sqlite::Result<T> result) {
    return record::recast(std::move(result),
                          [this](const sqlite::Error& error) { return failure(error); });
  }
  [[nodiscard]] JournalFailure broken(std::string sentence) const;
  [[nodiscard]] JournalFailure lost(std::string sentence) const;
  [[nodiscard]] Result<void> check_durable();
  // When a batch that follows this row is sealed: the ledger takes none that is earlier than the
  // one before it, so a clock that was set back waits until it has caught up.
  [[nodiscard]] record::Time sealing_time(const StreamRow& row) const;
  [[nodiscard]] Result<void> check_certificate() const;                      // that it holds now
  [[nodiscard]] Result<void> check_certificate(const StreamRow& row) const;  // at the sealing time
  // On the disk, and in the backlog.
  [[nodiscard]] Result<void> check_room(const StreamRow& row);
  // In the quarantine, for which settled entries make room.
  [[nodiscard]] Result<void> make_quarantine_room(const StreamRow& row);
  // Of the manifest with this number; nothing: it was let go of, or never was.
  [[nodiscard]] Result<std::optional<record::Digest>> digest_of(const StreamRow& row,
                                                                record::Sequence sequence);
  // Whether the batch that follows on a ledger which stands there is in the journal.
  [[nodiscard]] Result<bool> follows_on(const record::ChainHead& head);
  // Whether all that such a ledger lacks is.
  [[nodiscard]] Result<bool> reaches_back_to(const record::ChainHead& head, const StreamRow& row);
  // Whether the batch is in the journal.
  [[nodiscard]] Result<bool> reaches_to(record::Sequence sequence);
  // `lost` where rows are not taken.
  [[nodiscard]] Result<void> check_taking(const StreamRow& row) const;
  // The stream as the file has it now: somebody may have begun a new epoch.
  void adopt(const record::StreamId& found);
  // Tells the marks of numbers that are in the file now.
  void remember(const StreamRow& row);

  // Steps of opening (opening.cpp). The file, made where it is not there: its stream's row.
  [[nodiscard]] Result<StreamRow> open_file(const record::BureauId& bureau);
  [[nodiscard]] sqlite::Result<void> prepare_tables();
  // Whether it is the journal of the mark, where there is one; the marks remember it from here on.
  [[nodiscard]] Result<void> recognise(const StreamRow& row, const std::optional<StreamMark>& mark);

  // Runs `steps` in one transaction with the stream's row, which it may change; commits, fsynced.
  // `steps` returns expected<T, JournalFailure>; a failure rolls everything back.
  template <class Steps>
  auto write(std::uint64_t bytes, Steps steps) -> decltype(steps(std::declval<StreamRow&>()));
  // Counts what was written, and moves the log into the file when that is much. Fails only where
  // the disk did: what was committed is no less durable because the file could not grow.
  [[nodiscard]] Result<void> checkpoint_after(std::uint64_t bytes);

  // Steps of a transaction.
  [[nodiscard]] Result<void> seal(StreamRow& row, const DatasetOrigin& origin,
                                  record::Payload payload, std::string_view places_text);
  // Answers and settled entries whose time is over go as fast as new ones come.
  [[nodiscard]] Result<void> forget_old(std::uint64_t answers_made);
  [[nodiscard]] Result<void> seal_open(StreamRow& row, const OpenBatch& batch);
  // The batch with this manifest has its receipt, once more perhaps.
  [[nodiscard]] Result<void> take_receipt(StreamRow& row, const std::string& manifest,
                                          const record::Receipt& receipt,
                                          const record::SignedReceipt& signed_receipt);
  // The receipt says that the center holds it: it waits on.
  [[nodiscard]] Result<void> take_held(StreamRow& row, const record::Manifest& manifest,
                                       const record::Receipt& receipt,
                                       const record::SignedReceipt& signed_receipt);
  // What became of a batch of an epoch that is over.
  [[nodiscard]] Result<void> settle_earlier(StreamRow& row, const record::Receipt& receipt);
  // Whether the batch, which has its receipt, is not to stay any longer.
  [[nodiscard]] bool is_to_go(const RetainedBatch& batch, const StreamRow& row);
  [[nodiscard]] Result<void> let_go_of_retained(const StreamRow& row);
  // Where room is short, what was let go of is given back to the disk, a piece at a time.
  [[nodiscard]] Result<void> give_room_back();
  // The row's stream begins anew after `beginning`.
  [[nodiscard]] Result<void> begin_epoch(StreamRow& row, const NewEpoch& beginning);
  // What the row's epoch follows, said whole; before its rows are sealed anew.
  [[nodiscard]] Result<void> note_predecessor(const StreamRow& row, const NewEpoch& beginning);
  // What the next batch says of it: it is the epoch's first.
  [[nodiscard]] Result<std::optional<record::Predecessor>> said_by_next(const StreamRow& row);
  // What was begun is committed: marks and this handle go along.
  [[nodiscard]] Result<void> follow(const StreamRow& begun, StreamMarks* told);
  // Beyond a gap: what is here of what the ledger lacks begins a new epoch.
  [[nodiscard]] Result<SentAgain> seal_beyond_gap(StreamRow& row, const LedgerPlace& place);
  // What is there, from its first batch on, begins the row's stream.
  [[nodiscard]] Result<void> seal_anew(StreamRow& row);
  [[nodiscard]] Result<void> keep(std::span<const QuarantinedRow> rows,
                                  std::span<const Cursor> cursors, const Placement& placement);
  [[nodiscard]] Result<void> count(const record::DatasetId& dataset,
                                   const std::optional<RowTally>& tally);
  // Rows that came, and were made durable in whatever place.
  [[nodiscard]] Result<void> count_taken(const DatasetOrigin& origin, std::uint64_t rows);
  [[nodiscard]] Result<void> count_taken(std::span<const Submission> submissions);
  // Puts rows into open batches, which it opens where there is none that takes them, and payloads
  // into batches of their own, behind those.
  [[nodiscard]] Result<std::vector<Placement>> place(StreamRow& row,
                                                     std::span<const Submission> submissions);
  [[nodiscard]] Result<std::vector<Placement>> place_lines(const StreamRow& row,
                                                           std::span<const Submission> submissions);
  // A batch of its own, behind all that are open, which are sealed.
  [[nodiscard]] Result<Placement> seal_alone(StreamRow& row, const DatasetOrigin& origin,
                                             record::Payload payload,
                                             const SourcePlaces& source_places);
  // What a receipt refuses of a batch's rows, and where those stood in their sources.
  struct Refusal {
    const record::Receipt& receipt;
    PlacesOfRows rows;
  };
  // Into the quarantine with them, all of them.
  [[nodiscard]] Result<void> keep_refused(const StreamRow& row, const record::Batch& batch,
                                          const record::Manifest& manifest, const Refusal& refusal);
  // `not_waiting` where the entry does not.
  [[nodiscard]] Result<void> settle(std::int64_t id, QuarantineState becomes,
                                    const QuarantineDecision& decision);
  // Old enough by one clock or the other, or full. A clock on the wall that is put forward closes a
  // batch early, which harms nobody.
  [[nodiscard]] bool is_due(const OpenBatch& batch, record::Time now) const;
  void see_open(const std::vector<OpenBatch>& batches);
};

template <class Steps>
auto Journal::State::write(std::uint64_t bytes, Steps steps)
    -> decltype(steps(std::declval<StreamRow&>())) {
  SLUICE_TRY(check_durable());
  given_out = {};
  auto result = [&]() -> decltype(steps(std::declval<StreamRow&>())) {
    auto transaction = SLUICE_TRY(ours(sqlite::Transaction::begin(database)));
    StreamRow row = SLUICE_TRY(ours(tables.stream()));
    adopt(row.stream);
    const StreamRow before = row;
    auto done = steps(row);
    if (!done) return done;
    if (row != before) SLUICE_TRY(ours(tables.update_stream(row)));
    SLUICE_KILL_POINT("journal.before-commit");
    SLUICE_TRY(ours(transaction.commit()));
    SLUICE_KILL_POINT("journal.after-commit");
    remember(row);
    return done;
  }();
  if (!result) return result;
  SLUICE_TRY(checkpoint_after(bytes));
  // Another's fsync may have failed since.
  SLUICE_TRY(check_durable());
  return result;
}

}  // namespace sluice::journal
