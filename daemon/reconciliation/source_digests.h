// What a bureau's own system holds of a dataset, by key and digest, in the central store's order: a
// database sorts its keys in an order of its own, so its records are sorted here first. Between two
// comparisons they are kept, by stretches of the source's table, so that only those which have
// changed meanwhile need be read again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciliation/scratch_database.h"
#include "record/digest.h"
#include "record/key_digest.h"
#include "record/key_order.h"

namespace sluice::reconciliation {

enum class SourceState {
  present,
  refused,  // it is there, but does not pass the schema: the central store has it as it was before
  removed,  // the source says itself that it is gone
};

struct SourceRecord {
  record::Key key;
  SourceState state = SourceState::present;
  record::RowDigest digest;  // only of what is present
};

// A stretch of a range, as many records as wanted or fewer.
struct Stretch {
  record::KeyRange range;
  std::uint64_t records = 0;
  record::RecordSum sum;  // of those that are present
};

// Rows of the source's table that stand together in its own order, as its database tells them.
struct SourceRows {
  std::string from;  // where they begin
  std::uint64_t rows = 0;
  std::uint64_t sum = 0;
  friend bool operator==(const SourceRows&, const SourceRows&) = default;
};

class SourceDigests {
 public:
  // Takes up what finish() left in `scratch`, which must outlive it, if there is anything.
  [[nodiscard]] static Result<SourceDigests> open(ScratchDatabase& scratch, record::KeyOrder order);

  // Forgets all; what is put until finish() is one state of the source.
  [[nodiscard]] Result<void> begin();
  // The same, but forgets only what is then said. `matter` is all that decides what becomes of a
  // row beside the row itself: what was made of another is forgotten. The rows that are remembered,
  // in the order of the source's table.
  [[nodiscard]] Result<std::vector<SourceRows>> begin_again(const record::Digest& matter);
  // The rows from one position to before another, of those that begin_again() told, are put anew,
  // and are put next.
  void forget(std::size_t first, std::size_t end);

  // A later record of the same key takes the place of an earlier one.
  [[nodiscard]] Result<void> put(const record::Key& key, SourceState state,
                                 const record::RowDigest& digest);
  // A row of which nobody can tell which record it is.
  void put_unknown();
  // What was put since the last call, or since forget(), is to be remembered as these rows. Nothing
  // at all is, where in the end a record belongs to none, or came twice.
  void remember(SourceRows rows);
  [[nodiscard]] Result<void> finish();

  // Whether there is something that need not be put again.
  [[nodiscard]] bool remembers() const { return !remembered_.empty(); }
  // Whether some of it was not: there are more rows than were put.
  [[nodiscard]] bool is_from_memory() const {
    return all_.records + all_.unknown > counts_.rows_put;
  }
  void forget_all() { remembered_.clear(); }

  struct Counts {
    std::uint64_t present = 0;
    std::uint64_t refused = 0;
    std::uint64_t unknown = 0;
    std::uint64_t repeated = 0;  // records put whose key was there already
    std::uint64_t rows_put = 0;  // and not remembered
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }
  [[nodiscard]] const record::KeyOrder& order() const { return order_; }

  [[nodiscard]] Result<Stretch> whole();
  // The range in stretches of that many records, the last one to the range's end.
  [[nodiscard]] Result<std::vector<Stretch>> split(const record::KeyRange& range,
                                                   std::uint64_t records);
  // In key order.
  [[nodiscard]] Result<std::vector<SourceRecord>> list(const record::KeyRange& range);

 private:
  // What became of rows that were put.
  struct Tally {
    std::uint64_t records = 0;
    std::uint64_t refused = 0;
    std::uint64_t unknown = 0;
    record::RecordSum present;
    void add(const Tally& other);
  };
  struct Remembered {
    SourceRows rows;
    std::int64_t number = 0;  // by which its records name it
    Tally tally;
  };

  SourceDigests(ScratchDatabase& scratch, record::KeyOrder order)
      : scratch_(scratch), order_(std::move(order)) {}
  [[nodiscard]] Result<void> make_tables();
  [[nodiscard]] Result<void> start();
  [[nodiscard]] Result<void> recall();
  // What was not forgotten up to there.
  void keep_until(std::size_t end);
  [[nodiscard]] Result<void> write_remembered();
  // Of what was put, what was put twice counts once.
  [[nodiscard]] Result<void> count();
  // Sees each record of a range in key order, its key encoded.
  using Each =
      std::function<void(std::string_view key, SourceState state, const record::RowDigest& digest)>;
  [[nodiscard]] Result<void> walk(const record::KeyRange& range, const Each& each);

  ScratchDatabase& scratch_;
  record::KeyOrder order_;
  sqlite::Statement put_;
  std::optional<record::Digest> matter_;  // of what is remembered
  std::vector<Remembered> remembered_;
  std::vector<Remembered>
      next_;  // what will be, and how much of `remembered_` was looked at for it
  std::size_t looked_at_ = 0;
  std::int64_t number_ = 0;  // of what is being put
  Tally counting_;
  bool has_changed_ = false;
  Tally all_;
  Counts counts_;
};

}  // namespace sluice::reconciliation
