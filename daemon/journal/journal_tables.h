// The journal's statements, one function a step; no transaction of its own. journal.cpp says which
// steps belong together.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "sqlite/database.h"

namespace sluice::journal {

struct StreamRow {
  record::StreamId stream;
  record::ChainHead head;
  record::Sequence acknowledged;
  std::uint64_t backlog_batches = 0;
  std::uint64_t backlog_bytes = 0;
  // Of the quarantine and of remembered answers; the file keeps these itself.
  std::uint64_t quarantine_bytes = 0;
  std::uint64_t answer_bytes = 0;
  record::Epoch follows;     // the bureau's epoch before this one, as far as it was known; 0: none
  std::string refused;       // why no rows are taken; empty: they are
  record::Time sealed_at{};  // none of this epoch is sealed before it
  record::Time confirmed_at{};  // the latest sealing time that a receipt came for, in any epoch
  // Of batches that have their receipt; the file keeps these itself, too.
  std::uint64_t retained_batches = 0;
  std::uint64_t retained_bytes = 0;
  friend bool operator==(const StreamRow&, const StreamRow&) = default;
};

struct OpenBatch {
  record::Sequence sequence;
  DatasetOrigin origin;
  record::Time opened_at{};
  record::RowCount upserts;
  record::RowCount deletes;
  record::ByteCount bytes;
  [[nodiscard]] std::uint64_t rows() const { return upserts.value + deletes.value; }
};

// Rows of an open batch as COPY text, and where they stood in their sources (source_places.h).
struct OpenLines {
  std::string lines;
  std::string places;
};

class Tables {
 public:
  template <class T>
  using Result = sqlite::Result<T>;

  // The database has the tables of schemas/journal.sql.
  [[nodiscard]] static Result<Tables> prepare(sqlite::Database& database);

  [[nodiscard]] Result<StreamRow> stream();
  [[nodiscard]] Result<void> update_stream(const StreamRow& row);
  // The highest number that was given out, to closed and open batches.
  [[nodiscard]] Result<record::Sequence> numbered();

  [[nodiscard]] Result<void> insert_batch(const record::SealedBatch& sealed, record::Time closed_at,
                                          std::string_view places);
  [[nodiscard]] Result<std::optional<record::Batch>> next_batch(record::Sequence after);
  // The same, of those that the center is not known to have.
  [[nodiscard]] Result<std::optional<record::Batch>> next_waiting(record::Sequence after);
  [[nodiscard]] Result<std::optional<std::string>> manifest(record::Sequence sequence);
  [[nodiscard]] Result<void> delete_batch(record::Sequence sequence);
  // The batch has another number, manifest and signature from now on.
  [[nodiscard]] Result<void> renumber_batch(record::Sequence from,
                                            const record::SealedBatch& sealed);
  // Of those that never had a receipt.
  [[nodiscard]] Result<std::optional<record::Time>> oldest_batch();

  [[nodiscard]] Result<std::vector<OpenBatch>> open_batches();  // by sequence
  [[nodiscard]] Result<void> put_open_batch(const OpenBatch& batch);
  // `first_row` is the number of the first of these lines in its batch, from 1.
  [[nodiscard]] Result<void> add_lines(record::Sequence sequence, std::uint64_t first_row,
                                       const OpenLines& added);
  [[nodiscard]] Result<OpenLines> lines(record::Sequence sequence);
  [[nodiscard]] Result<void> delete_open_batch(record::Sequence sequence);

  // Where there is one for the batch already, that one stays.
  [[nodiscard]] Result<void> put_receipt(record::Sequence sequence, record::Time at,
                                         const record::SignedReceipt& receipt);
  [[nodiscard]] Result<std::optional<record::SignedReceipt>> receipt(record::Sequence sequence);

  [[nodiscard]] Result<void> put_cursor(const Cursor& cursor, const Placement& placement,
                                        std::optional<record::Time> forget_at);
  [[nodiscard]] Result<std::optional<KeptCursor>> cursor(std::string_view channel,
                                                         std::string_view key);
  // Of a new epoch: those that the ledger is not known to have, or all, are forgotten; answers to
  // calls whose rows still wait are not, nor, where `waiting_stays`, cursors of such.
  struct Forgetting {
    record::Sequence confirmed;
    bool all = false;
    bool waiting_stays = false;
  };
  [[nodiscard]] Result<void> forget_cursors(const Forgetting& forgetting);
  [[nodiscard]] Result<void> forget_cursors(const std::string& channel);
  // Of a new epoch: those of batches that wait no more have no place in it.
  [[nodiscard]] Result<void> unplace_cursors();
  [[nodiscard]] Result<void> renumber_cursors(record::Sequence from, record::Sequence to);
  [[nodiscard]] Result<void> forget_receipts();
  [[nodiscard]] Result<void> add_tally(const record::DatasetId& dataset, const MinuteTally& tally);
  [[nodiscard]] Result<std::vector<MinuteTally>> tallies(
      const record::DatasetId& dataset, std::chrono::sys_time<std::chrono::minutes> since);
  [[nodiscard]] Result<void> forget_tallies(const record::DatasetId& dataset,
                                            std::chrono::sys_time<std::chrono::minutes> before);
  // Of the answers whose time is over at most so many, so that no one call pays for all.
  [[nodiscard]] Result<void> forget_answers(record::Time now, std::uint64_t most);
  // The same of receipts: two.
  [[nodiscard]] Result<void> forget_receipts(record::Time before);

 private:
  sqlite::Statement stream_, update_stream_, insert_batch_, next_batch_, manifest_, delete_batch_,
      oldest_batch_, open_batches_, put_open_batch_, add_lines_, lines_, delete_lines_,
      delete_open_batch_, put_receipt_, receipt_, put_cursor_, cursor_, forget_cursors_,
      forget_receipts_, add_tally_, tallies_, forget_tallies_, numbered_, renumber_batch_,
      forget_unconfirmed_, forget_channel_, unplace_cursors_, renumber_cursors_,
      forget_all_receipts_, next_waiting_;
};

}  // namespace sluice::journal
