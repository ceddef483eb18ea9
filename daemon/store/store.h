// The central store: every dataset's current records, their history, the ledger of what was applied
// and the archive of signed batches. Two implementations, postgresql/ and sqlite/, pass one suite
// (tests/conformance/store_test.cpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/batch.h"
#include "record/failure.h"
#include "record/key_digest.h"
#include "record/receipt.h"
#include "record/record_checker.h"
#include "record/table_schema.h"
#include "store/activity.h"
#include "store/converter.h"
#include "store/held.h"

namespace sluice::store {

class Migrations;

enum class StoreProblem {
  unavailable,  // no connection, or it was lost (a commit may be in doubt): try the same call again
  being_migrated,   // the dataset's tables are, or wait for it: later, or the batch is held
                    // meanwhile
  schema_conflict,  // the dataset's tables can not follow its schema; says what to do
  unknown_dataset,  // prepare() was not called, or is to be called again: a table is gone, or of
                    // another version
  another_version,  // what was asked for is of a version of the dataset with another schema
  out_of_order,     // the batch is not the next of its stream: `expected` in the sentence
  chain_broken,     // it is the next by number, but its `previous` digest is not the head's
  conflicting,      // another batch with this number was applied before
  untimely,         // it was sealed before the last batch of its bureau
  behind_held,      // an earlier batch of its dataset is held, and is to be settled first
  another_store,    // not the one that the configuration means; says what to do
  corrupt,          // the payload does not decode, though its digest is right
  failed,           // anything else that the database said
};
using StoreFailure = record::Failure<StoreProblem>;
template <class T>
using Result = std::expected<T, StoreFailure>;

// What apply() is given. Everything must outlive the call.
struct AdmittedBatch {
  const record::Manifest& manifest;
  const record::Batch& batch;            // verified by the caller
  const record::Dataset& dataset;        // of manifest.dataset
  const record::RecordChecker& checker;  // compiled from dataset.schema
  std::int64_t settles = 0;  // the ledger id under which it is held; 0: it is not in the ledger
  // What the payload's lines are turned by, where they were made under another schema than that of
  // `dataset`; null: they were made under it. Rows that it finds unfit are rejected.
  const LineConverter* turn = nullptr;
};

// A batch that can never be taken as it is, and why: a sentence for whoever sent it.
struct RejectedBatch {
  const record::Manifest& manifest;
  const record::Batch& batch;  // verified by the caller, and from who may speak for its bureau
  const std::string& reason;
  std::int64_t settles = 0;  // as of an admitted one
};

// Makes the signed receipt for what apply() or reject() did; called inside the transaction, just
// before it commits, so that the receipt is in the ledger if and only if the batch was applied. The
// time is that of the clock by which the entry's `applied_at` was counted, which the receipt must
// tell as its own: an audit compares them.
using ReceiptMaker = std::function<record::SignedReceipt(
    record::Outcome, const std::string& reason, const record::RowOutcomes&,
    const std::vector<record::RefusedRows>&, record::Time at)>;

// A row of the ledger.
struct LedgerEntry {
  std::int64_t id = 0;  // grows with every batch applied
  record::StreamId stream;
  record::Sequence sequence;
  record::DatasetId dataset;
  record::Digest manifest;
  record::Time applied_at{};
  record::SignedReceipt receipt;
  // As they stand beside the receipt, for whoever asks the database. `rejected`: nothing of the
  // batch was taken, its number all the same.
  std::string outcome = {};
  record::RowOutcomes rows = {};
  // The entry of a batch that was held, of which this one tells what became: of the same number,
  // with no place of its own in the chain. 0: none.
  std::int64_t settles = 0;
};

// Which entries of the ledger are walked.
struct Extent {
  std::int64_t after = 0;  // ledger id
  std::optional<record::BureauId> bureau;
  std::optional<record::Sequence> sequence;
  // Left out: `payload` is empty, and no time is spent on reading it.
  enum class Payloads { read, left_out } payloads = Payloads::read;
};

// One record as it was or is, its fields as COPY text columns in schema order, tab-separated.
struct StoredRecord {
  std::string_view columns;
  record::RowDigest digest;
  std::int64_t ledger_id = 0;  // of the batch that brought this version
};

// One version of a record: the current one, or one that has ended and lies in the history.
struct StoredVersion {
  // As a StoredRecord's; a field that the tables do not have is missing (\N).
  std::string_view columns;
  record::RowDigest digest;      // as it stands beside them
  std::string_view source_time;  // COPY text
  std::int64_t begun_by = 0;     // ledger id
  struct End {
    std::int64_t by = 0;     // ledger id
    std::uint64_t line = 0;  // of that batch
    std::string_view how;    // superseded, deleted
    // As the history says when those two batches were applied.
    record::Time begun_at{};
    record::Time at{};
  };
  std::optional<End> end = std::nullopt;  // nothing: it is the current one
};

// One record as it is now.
struct FoundRecord {
  std::vector<std::optional<std::string>> values;  // canonical text, in the schema's order
  record::Time applied_at{};                       // of the batch that brought this version
};

class Checkpoints;  // store/checkpoint.h

// Not thread-safe: one owner, one thread, one connection. All calls block.
class Store {
 public:
  virtual ~Store() = default;

  // Creates the dataset's current and history tables, or evolves them: a new optional field is
  // added; anything else that differs is refused with what to do. Idempotent, and cheap when
  // nothing differs.
  [[nodiscard]] virtual Result<void> prepare(const record::Dataset& dataset) = 0;

  // Why prepare() would fail with `schema_conflict`, as far as the tables tell it now; changes
  // nothing.
  [[nodiscard]] virtual Result<void> compare(const record::Dataset& dataset) = 0;

  // Keeps a schema for schema(): one that batches are made under may have changed before the first
  // of them comes, and then no tables ever followed it.
  [[nodiscard]] virtual Result<void> keep(const record::TableSchema& schema) = 0;
  // The schema with this digest, if the tables of a dataset ever followed it, or it was kept: by
  // its columns a batch that was made under it is read. Nothing: the store never saw it.
  [[nodiscard]] virtual Result<std::optional<record::TableSchema>> schema(
      const record::Digest& digest) = 0;

  // Applies one batch whole in one transaction: its rows, its ledger row, its archive row, its
  // receipt. A batch that is in the ledger already is not applied: the receipt it got then comes
  // back. Rows that break the dataset's schema or a unique key are rejected one by one, and named
  // in the receipt. After `unavailable` the same call again is always right, since the ledger
  // decides. The outer value is the signed receipt now in the ledger.
  [[nodiscard]] virtual Result<record::SignedReceipt> apply(const AdmittedBatch& admitted,
                                                            const ReceiptMaker& make_receipt) = 0;

  // Enters a batch into the ledger and the archive, and none of its rows anywhere: its stream goes
  // on behind it. As with apply(), only the next of its stream, once, with its receipt.
  [[nodiscard]] virtual Result<record::SignedReceipt> reject(const RejectedBatch& rejected,
                                                             const ReceiptMaker& make_receipt) = 0;

  // Enters a batch into the ledger and the archive as held, for that reason: its stream goes on
  // behind it, and what becomes of its rows is known once it is settled: by apply() or reject()
  // with `settles`, which make another entry, with the receipt that is then the batch's. Of a
  // dataset the first is applied first, and nothing is applied behind one that is held.
  [[nodiscard]] virtual Result<record::SignedReceipt> hold(const RejectedBatch& held,
                                                           const ReceiptMaker& make_receipt) = 0;
  // What is held and not settled, by bureau and dataset.
  [[nodiscard]] virtual Result<std::vector<HeldDataset>> held() = 0;
  // Of that dataset the first, or, where a number is said, the batch of that number; nothing: it is
  // not held.
  [[nodiscard]] virtual Result<std::optional<HeldBatch>> find_held(const HeldPlace& place) = 0;

  // Which store this is: another text once it was restored from a backup, another one lies in its
  // place, or another server took over, which may not have all that this one had.
  [[nodiscard]] virtual Result<std::string> incarnation() = 0;
  // Where a stream stands; sequence 0 if the store never saw it.
  [[nodiscard]] virtual Result<record::ChainHead> head(const record::StreamId& stream) = 0;
  // What a batch was answered last; nothing: the ledger has none of this number. A seek that waits
  // for nobody who writes.
  [[nodiscard]] virtual Result<std::optional<record::SignedReceipt>> receipt(
      const record::StreamId& stream, record::Sequence sequence) = 0;
  // Every bureau's stream that the store ever took a batch of, in its latest epoch; known from
  // elsewhere than the ledger, as its head is, so that a ledger which lacks entries is found out.
  [[nodiscard]] virtual Result<std::vector<record::StreamId>> streams() = 0;

  // The dataset's records as of a moment (nothing: now), ordered by primary key. `consume` returns
  // false to stop early. Streams: memory does not grow with the table. A moment before the current
  // version of its tables is `another_version`.
  [[nodiscard]] virtual Result<void> read(
      const record::DatasetId& dataset, std::optional<record::Time> as_of,
      const std::function<bool(const StoredRecord&)>& consume) = 0;

  // All versions of all records as of one moment, by key, and of a record in the order in which
  // they ended, the current one last; streams and stops early as read() does. Needs no prepare()
  // and makes nothing: `unknown_dataset` where the store has no tables of it.
  [[nodiscard]] virtual Result<void> read_versions(
      const record::Dataset& dataset, const std::function<bool(const StoredVersion&)>& consume) = 0;

  // The current record with this key; nothing: there is none. Needs no prepare(), makes nothing,
  // and waits for no lock longer than two seconds: then it is `unavailable`. Fails where it is no
  // key of the dataset.
  [[nodiscard]] virtual Result<std::optional<FoundRecord>> find(const record::Dataset& dataset,
                                                                const record::Key& key) = 0;

  // Keys and digests of the dataset's current records within a range, in key order; streams and
  // stops early as read() does. Fails where the range's ends are no keys of the dataset.
  [[nodiscard]] virtual Result<void> read_digests(
      const record::DatasetId& dataset, const record::KeyRange& range,
      const std::function<bool(const record::KeyedDigest&)>& consume) = 0;

  // How many of them there are, and the sum of their digests.
  [[nodiscard]] virtual Result<record::RecordSum> sum_digests(const record::DatasetId& dataset,
                                                              const record::KeyRange& range) = 0;

  // By spans of this length, counted from `since` on; also of a dataset that the store does not
  // hold. Reads a row of the ledger for each batch since then.
  [[nodiscard]] virtual Result<Activity> activity(const record::DatasetId& dataset,
                                                  record::Time since,
                                                  std::chrono::milliseconds span) = 0;

  // Ledger entries in the order of their ids, with the archived batch of each; what settles a batch
  // comes with the batch that was held. Of one bureau in the order of epochs and numbers, where
  // what settles a batch follows it at once. Waits for the batches that are being applied, and
  // keeps none waiting.
  [[nodiscard]] virtual Result<void> walk(
      const Extent& extent,
      const std::function<bool(const LedgerEntry&, const record::Batch&)>& consume) = 0;

  // The versions of the datasets' tables (migrations.h); lives as long as the store.
  [[nodiscard]] virtual Migrations& migrations() = 0;
  // Of the ledger. It lives as long as the store.
  [[nodiscard]] virtual Checkpoints& checkpoints() = 0;
};

}  // namespace sluice::store
