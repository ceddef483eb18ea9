// A stream's durable log on a node: what a bureau was told "yes" for lies here until the center's
// receipt is back. One SQLite file a stream (docs/journal-format.md); several processes may have it
// open (the daemon, a running import), SQLite's locks order them.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "files/state_disk.h"
#include "journal/held.h"
#include "journal/ledger_place.h"
#include "journal/limits.h"
#include "journal/quarantine.h"
#include "journal/source_places.h"
#include "record/batch.h"
#include "record/failure.h"
#include "record/keyring.h"
#include "record/receipt.h"

namespace sluice::journal {

enum class JournalProblem {
  unreadable,     // not a journal, or of another bureau, or of a later version
  backlog_full,   // as many bytes, or as old ones, as the settings allow wait for their receipts
  not_durable,    // a write or fsync failed; nothing more is acknowledged until a restart
  no_room,        // of the machine, not of the backlog: the disk is full or short of its reserve,
                  // or no more files can be opened. Nothing was taken; later
  busy,           // another process held the lock for too long
  broken,         // the state found contradicts itself: named in the sentence
  not_certified,  // this node's certificate does not hold now: nothing is taken meanwhile
  not_waiting,    // no such quarantine entry, or somebody has settled it
  lost,           // it is not the one that was acknowledged from, or the ledger is not the one that
                  // it has receipts of: says what happened and what to do; takes no rows
};
using JournalFailure = record::Failure<JournalProblem>;
template <class T>
using Result = std::expected<T, JournalFailure>;

// Where a source has been read to. Lies in the same transaction as the rows that it stands for.
struct Cursor {
  std::string channel;  // "disk", "direct" …
  std::string key;      // file digest, idempotency key …
  std::string value;
  // An answer to a call is forgotten after Limits::answer_age; where a source stands, never.
  enum class Keep { for_ever, as_an_answer };
  Keep keep = Keep::for_ever;
};

// How many rows came, and how many of these failed.
struct RowTally {
  std::uint64_t rows = 0;
  std::uint64_t failed = 0;
  RowTally& operator+=(const RowTally& other) {
    rows += other.rows;
    failed += other.failed;
    return *this;
  }
  friend bool operator==(const RowTally&, const RowTally&) = default;
};
struct MinuteTally {
  std::chrono::sys_time<std::chrono::minutes> minute;
  RowTally tally;
  friend bool operator==(const MinuteTally&, const MinuteTally&) = default;
};
// Tallies are kept for so long.
inline constexpr std::chrono::minutes tally_age = std::chrono::hours(24);

// What seal() needs for batches of one dataset.
struct DatasetOrigin {
  record::DatasetId dataset;
  record::Digest schema;
  record::Mode mode = record::Mode::direct;
  bool carries_case_numbers = false;
  friend bool operator==(const DatasetOrigin&, const DatasetOrigin&) = default;
};

// The rows of one call: a small one's go into an open batch together with others.
struct Submission {
  DatasetOrigin origin;
  std::string lines;  // COPY text; empty where there is a payload
  record::RowCount upserts;
  record::RowCount deletes;
  std::vector<QuarantinedRow> quarantined;
  std::vector<Cursor> cursors;
  // Where somebody will ask for it: added to what came of the dataset in this minute.
  std::optional<RowTally> tally = std::nullopt;
  // The lines, compressed by the caller: they become a batch of their own.
  std::optional<record::Payload> payload = std::nullopt;
  SourcePlaces places = {};  // of its rows
};

// Lines of more than this are to be handed in as a payload: with others they would hold these up.
inline constexpr std::uint64_t large_submission_bytes = std::uint64_t{1} << 20;

// Where a submission's rows went.
struct Placement {
  record::Sequence sequence;    // 0 where the submission had no rows
  std::uint64_t first_row = 0;  // 1 is the batch's first line
  record::Epoch epoch = {};     // of the stream, which a daemon that runs may begin anew
};

// A cursor as it was kept, with the place of the rows that it was committed with.
struct KeptCursor {
  std::string value;
  Placement placement;
};

// What became of a batch of the journal's epoch.
struct BatchStanding {
  enum class State {
    waiting,    // for its receipt
    answered,   // `receipt`
    forgotten,  // it had a receipt, which is as old as answers become
    unknown,    // there was none of this number
  };
  State state = State::unknown;
  std::optional<record::SignedReceipt> receipt;
};

struct Backlog {
  std::uint64_t batches = 0;
  std::uint64_t bytes = 0;
  std::optional<record::Time> oldest;
};

// What a journal keeps beside batches.
struct Kept {
  std::uint64_t quarantine_bytes = 0;
  std::uint64_t answer_bytes = 0;
  friend bool operator==(const Kept&, const Kept&) = default;
};

// What has its receipt and stays for a while, to be sent again to a center that lost it.
struct Retained {
  std::uint64_t batches = 0;
  std::uint64_t bytes = 0;
  friend bool operator==(const Retained&, const Retained&) = default;
};

// What ever came of a dataset by one mode, whichever process took it, since the file was made (or
// brought to format 8). It only grows: epochs that begin and rows that go change nothing.
struct TakenRows {
  record::DatasetId dataset;
  record::Mode mode = record::Mode::direct;
  std::uint64_t rows = 0;         // made durable as they came, those in quarantine included
  std::uint64_t quarantined = 0;  // ever, those that the center refused included
  friend bool operator==(const TakenRows&, const TakenRows&) = default;
};

// Batches that the center lost and that are in the journal no more: of one dataset and one mode,
// with others between them, perhaps.
struct Gap {
  record::Time noticed_at{};
  record::Epoch epoch;
  record::Sequence from;
  record::Sequence to;
  std::string dataset;                   // empty: it is not remembered any more
  std::string mode;                      // as in a manifest
  std::optional<record::Time> first_at;  // when they were closed
  std::optional<record::Time> last_at;
  std::uint64_t batches = 0;
  std::uint64_t rows = 0;
  friend bool operator==(const Gap&, const Gap&) = default;
};

// Batches that had their receipts and are sent again: those after the one, up to the other.
struct SentAgain {
  record::Sequence after;
  record::Sequence up_to;
  // Where not all of them are here: those that are were sealed anew in this epoch.
  std::optional<record::Epoch> anew = std::nullopt;
  std::vector<Gap> lost = {};  // the others
  friend bool operator==(const SentAgain&, const SentAgain&) = default;
};

struct Status {
  record::StreamId stream;
  record::ChainHead head;
  record::Sequence acknowledged;  // all up to here have receipts, and the center has them
  Backlog backlog;                // of what never had a receipt
  Retained retained = {};
  std::vector<HeldDataset> held = {};  // of the backlog, what the center has and holds
  std::uint64_t quarantine_waiting = 0;
  std::uint64_t gaps = 0;
  Kept kept;
  std::string refused;  // why it takes no rows (Journal::compare); empty: it does
};

// What a new epoch begins after.
struct NewEpoch {
  record::Epoch after = {};  // the latest that the node or the center's ledger knows
  // Of the journal's own epoch the ledger has the batches up to here.
  record::Sequence confirmed = {};
  bool from_start = false;  // the cursors of all sources are forgotten
  // And of these channels in any case: what is kept beside the journal is later than they are.
  std::set<std::string> forgotten_channels = {};
  // What its first batch says of the epoch before it, as far as the ledger and the marks tell: the
  // journal adds what it knows itself. Nothing: nobody can say.
  std::optional<record::Predecessor> follows = std::nullopt;
};

class Retention;
class StreamMarks;
using Clock = std::function<record::Time()>;

// Not thread-safe: one owner in a process. Every call blocks; those that write return after fsync.
// What would have to be signed is `not_certified` while this node's certificate does not hold: no
// row is taken that can not be sealed.
class Journal {
 public:
  // What a node shares among its journals.
  struct Neighbours {
    // An fsync that fails in one journal keeps all of them from acknowledging. Null: none is
    // shared.
    std::shared_ptr<files::StateDisk> disk = nullptr;
    // By which the journal is remembered, and which must outlive it: where there is a mark, nothing
    // is created, and a journal that is not the one remembered is `lost` and left as it is. Null:
    // whatever lies there is opened.
    StreamMarks* marks = nullptr;
    // What open batches age by, too, so that a clock on the wall that was put back keeps none open.
    std::function<std::chrono::steady_clock::time_point()> steady = std::chrono::steady_clock::now;
    // By which all together keep no more than the node may. Null: each as much as its limits say.
    std::shared_ptr<Retention> retention = nullptr;
  };

  // Opens, or creates with a new epoch. `keyring` must outlive the journal.
  [[nodiscard]] static Result<Journal> open(const std::filesystem::path& file,
                                            const record::BureauId& bureau, const Limits& limits,
                                            const record::Keyring& keyring, Clock clock,
                                            Neighbours neighbours);
  [[nodiscard]] static Result<Journal> open(const std::filesystem::path& file,
                                            const record::BureauId& bureau, const Limits& limits,
                                            const record::Keyring& keyring, Clock clock) {
    return open(file, bureau, limits, keyring, std::move(clock), Neighbours{});
  }
  Journal(Journal&&) noexcept;
  Journal& operator=(Journal&&) noexcept;
  ~Journal();

  // Seals a payload as the stream's next batch and makes it durable together with its quarantined
  // rows, the source's cursors and the tally: all or nothing. A payload without rows makes no
  // batch, only the rest; the sequence returned is then 0.
  [[nodiscard]] Result<record::Sequence> append(const DatasetOrigin& origin,
                                                record::Payload payload,
                                                std::span<const QuarantinedRow> quarantined,
                                                std::span<const Cursor> cursors,
                                                const std::optional<RowTally>& tally = std::nullopt,
                                                const SourcePlaces& places = {});

  // Makes many submissions durable in one transaction, in order.
  [[nodiscard]] Result<std::vector<Placement>> commit(std::span<const Submission> submissions);

  // Closes open batches that are old enough (`all`: whatever their age). True if any was closed.
  // While this node's certificate does not hold they stay open, which is no failure.
  enum class Close { due, all };
  [[nodiscard]] Result<bool> close_open_batches(Close which);

  // The first sealed batch after `after` that has no receipt yet, or is to be sent again.
  [[nodiscard]] Result<std::optional<record::Batch>> next(record::Sequence after);

  // Keeps the receipt, which the caller has verified; the rows of the batch that the center refused
  // go to the quarantine with it, told by their places in the source where those are known. Where
  // that is full, `backlog_full`: the batch waits on, and its receipt is to be brought again. Else
  // it waits no more, and stays for a while (Limits::retention_age, less where room is short). A
  // receipt that came before is fine, another one for the same batch is kept beside the first; one
  // for another batch than the journal holds under this number is `broken`. Receipts are forgotten
  // after Limits::answer_age. One that says that the center holds the batch lets the stream go on
  // behind it, and the batch waits on for its last one, also where the stream has begun a new epoch
  // meanwhile.
  [[nodiscard]] Result<void> acknowledge(const record::Receipt& receipt,
                                         const record::SignedReceipt& signed_receipt);
  // The first one.
  [[nodiscard]] Result<std::optional<record::SignedReceipt>> receipt(record::Sequence sequence);
  // Those that came for it later, after it was sent again.
  [[nodiscard]] Result<std::vector<record::SignedReceipt>> receipts_again(
      record::Sequence sequence);

  // What the center holds, by dataset; and of a dataset the first batches behind that one.
  [[nodiscard]] Result<std::vector<HeldDataset>> held();
  [[nodiscard]] Result<std::vector<HeldBatch>> held_of(const record::DatasetId& dataset,
                                                       const HeldBatch& after, std::uint64_t most);
  // Of a batch of an earlier epoch that the center held, and that its ledger has no more: its rows
  // go to the quarantine as if it had refused them. Sealed anew it would come behind what may have
  // been applied since. What is to be told; nothing: it is of the stream's own epoch, and sent
  // again, or is not held.
  [[nodiscard]] Result<std::optional<record::Receipt>> give_back(const HeldBatch& lost);
  // The receipts that tell of checkpoints of the center's ledger, thinned to one an hour, for a
  // year, the newest always; of whatever epoch, also where the receipts themselves are forgotten.
  [[nodiscard]] Result<void> read_anchors(
      const std::function<bool(const record::SignedReceipt&)>& consume);

  // Lets go of some of what is retained for too long, or is too much, or in the way where room is
  // short; cheap where there is nothing of the kind.
  [[nodiscard]] Result<void> let_go_of_retained();

  [[nodiscard]] Result<BatchStanding> standing(record::Sequence sequence);

  // To say that a source was taken before is to acknowledge it once more: `not_durable` where that
  // may not be.
  [[nodiscard]] Result<std::optional<KeptCursor>> cursor(std::string_view channel,
                                                         std::string_view key);

  // What came of a dataset by the minute, from that of `since` on, as far as it was tallied.
  [[nodiscard]] Result<std::vector<MinuteTally>> tallies(const record::DatasetId& dataset,
                                                         record::Time since);

  // Compares the journal with the center's ledger. What speaks against one of them being of this
  // stream is kept, and from then on no rows are taken, by whichever process, until a later
  // comparison finds nothing. The outcome; as it was before where the ledger can not be asked.
  [[nodiscard]] Result<std::optional<std::string>> compare(const AskLedger& ask);

  // Where the ledger stands before what this journal has receipts for, what it lacks waits again,
  // as far as it is retained: with the numbers that it had, or, beyond a gap, sealed anew in a new
  // epoch as begin_epoch() does it, and the gap is kept. Nothing: it does not. To be called after a
  // comparison with the same place that found nothing; other handles may be open.
  [[nodiscard]] Result<std::optional<SentAgain>> send_again(const LedgerPlace& place);
  // Whether the batch is here, waiting or retained.
  [[nodiscard]] Result<bool> holds(record::Sequence sequence);

  // What a center lost and nobody has sent again, until somebody says that it is settled.
  [[nodiscard]] Result<std::vector<Gap>> gaps();
  [[nodiscard]] Result<void> settle_gaps();

  // `lost` where the last comparison found that it takes no rows.
  [[nodiscard]] Result<void> check_taking();

  // Begins a new epoch in the same file, knowingly: what the ledger has not, waiting or retained,
  // is sealed anew, in order, with numbers from 1 on; the quarantine stays; cursors of what the
  // ledger is not known to have are forgotten, so that it is read again, and so are receipts.
  // `marks` remembers the new one.
  [[nodiscard]] Result<record::Epoch> begin_epoch(const NewEpoch& beginning, StreamMarks& marks);

  // Whether something can be taken; `backlog_full` or `no_room` with figures where it can not, or
  // `lost`.
  [[nodiscard]] Result<void> check_backlog();
  [[nodiscard]] Result<Status> status();
  // The same without counting anything: it costs nothing.
  [[nodiscard]] Result<Kept> kept();
  // By dataset and mode. A row that is corrected and replayed came once.
  [[nodiscard]] Result<std::vector<TakenRows>> taken();

  // What waits in the quarantine, by dataset and rule.
  [[nodiscard]] Result<std::vector<QuarantineCount>> quarantine_counts();
  // All of the quarantine as of one moment, by state, dataset and rule, in this order. Like the
  // counts it walks through an index of all that is told: a tenth of a second for a million rows.
  [[nodiscard]] Result<std::vector<QuarantineTally>> quarantine_tallies();
  // The rules that there are entries for, whatever their state; a seek for each.
  [[nodiscard]] Result<std::set<std::string>> quarantine_rules();
  // At most cut.most entries, in order of id, without `row.original`.
  [[nodiscard]] Result<std::vector<QuarantineEntry>> quarantine_page(const QuarantineFilter& filter,
                                                                     const QuarantineCut& cut);
  [[nodiscard]] Result<std::optional<QuarantineEntry>> quarantine_entry(std::int64_t id);
  // Makes a corrected row's submission durable and marks the entry replayed, in one transaction.
  [[nodiscard]] Result<Placement> replay(std::int64_t id, const Submission& submission,
                                         const QuarantineDecision& decision);
  // The row will not be taken. It stays, as a replayed one does, for Limits::quarantine_age.
  [[nodiscard]] Result<void> discard(std::int64_t id, const QuarantineDecision& decision);

 private:
  struct State;
  explicit Journal(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sluice::journal
