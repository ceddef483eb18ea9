// What a bureau's own system holds of a dataset, by key and digest, in the central store's order: a
// database sorts its keys in an order of its own, so its records are sorted here first.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reconciliation/scratch_database.h"
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

class SourceDigests {
 public:
  // `scratch` must outlive it.
  [[nodiscard]] static std::expected<SourceDigests, Failure> create(ScratchDatabase& scratch,
                                                                    record::KeyOrder order);

  // Forgets all; what is put until finish() is one state of the source.
  [[nodiscard]] std::expected<void, Failure> begin();
  // A later record of the same key takes the place of an earlier one.
  [[nodiscard]] std::expected<void, Failure> put(const record::Key& key, SourceState state,
                                                 const record::RowDigest& digest);
  [[nodiscard]] std::expected<void, Failure> finish();

  struct Counts {
    std::uint64_t present = 0;
    std::uint64_t refused = 0;
    std::uint64_t repeated = 0;  // records put whose key was there already
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }
  [[nodiscard]] const record::KeyOrder& order() const { return order_; }

  // The range in stretches of that many records, the last one to the range's end.
  [[nodiscard]] std::expected<std::vector<Stretch>, Failure> split(const record::KeyRange& range,
                                                                   std::uint64_t records);
  // In key order.
  [[nodiscard]] std::expected<std::vector<SourceRecord>, Failure> list(
      const record::KeyRange& range);

 private:
  SourceDigests(ScratchDatabase& scratch, record::KeyOrder order)
      : scratch_(scratch), order_(std::move(order)) {}
  // Sees each record of a range in key order, its key encoded.
  using Each =
      std::function<void(std::string_view key, SourceState state, const record::RowDigest& digest)>;
  [[nodiscard]] std::expected<void, Failure> walk(const record::KeyRange& range, const Each& each);
  [[nodiscard]] std::expected<void, Failure> count();

  ScratchDatabase& scratch_;
  record::KeyOrder order_;
  sqlite::Statement put_;
  std::uint64_t puts_ = 0;
  Counts counts_;
};

}  // namespace sluice::reconciliation
