// What a replay of the archive finds: all of it counted, and of each kind the first ones named.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exchange/table_comparison.h"
#include "record/identifiers.h"
#include "record/receipt.h"

namespace sluice::exchange {

// An entry of the ledger that could not be replayed, or not wholly.
struct NotReplayed {
  std::int64_t id = 0;
  record::StreamId stream;  // of a batch; a migration has none, and no number
  record::Sequence sequence;
  record::DatasetId dataset;
  std::string why;  // a clause
};

// A record that is not judged: nobody can tell what became of it. Behind a migration each key that
// it may have got is one. As with a TableDifference, the key is for who asked.
struct RecordInDoubt {
  record::DatasetId dataset;  // or an older version's tables
  record::Key key;
};

struct ReplayedDataset {
  record::DatasetId dataset;
  std::uint64_t entries = 0;     // of the ledger: batches
  std::uint64_t migrations = 0;  // that were replayed
  std::uint64_t current = 0;     // records that must be there
  std::uint64_t ended = 0;       // versions that must be in the history, or in older tables
  std::uint64_t not_replayed = 0;
  // Records that were not judged, since an entry could not be replayed wholly; of each version.
  std::uint64_t in_doubt = 0;
  // The last ledger id up to which the tables could be judged; nothing: all of it.
  std::optional<std::int64_t> judged_up_to = std::nullopt;
  // The migration whose mapping nobody here can read: it is judged from there on.
  std::optional<std::int64_t> judged_from = std::nullopt;
  std::uint64_t taken_over = 0;  // records that it brought, and that are taken as they are
  std::uint64_t differences = 0;
};

// An entry that counts other rows than the replay: when it was made the tables were not what the
// archive makes of them.
struct OtherCount {
  enum class Of { receipt, migration };  // whose records are told as inserted
  Of of = Of::receipt;
  std::int64_t id = 0;
  record::DatasetId dataset;
  record::RowOutcomes told;
  record::RowOutcomes replayed;
  record::RowCount in_doubt = {};  // that may come to those of a migration
};

struct ReplayReport {
  std::int64_t last = 0;  // ledger id
  std::vector<ReplayedDataset> datasets;
  // Of each the first ones.
  std::vector<TableDifference> differences;
  std::vector<NotReplayed> not_replayed;
  std::vector<OtherCount> other_counts;
  std::vector<RecordInDoubt> in_doubt;

  // All of them.
  [[nodiscard]] std::uint64_t count_differences() const;
  [[nodiscard]] std::uint64_t count_not_replayed() const;
  [[nodiscard]] std::uint64_t count_in_doubt() const;
};

// Gathers them.
class ReplayFindings {
 public:
  // `named`: of each kind.
  explicit ReplayFindings(std::size_t named) : named_(named) {}

  void tell(ReplayedDataset& of, const TableDifference& difference);
  void tell(ReplayedDataset& of, const NotReplayed& entry);
  void tell(ReplayedDataset& of, const OtherCount& count);
  void tell(ReplayedDataset& of, const RecordInDoubt& record);
  [[nodiscard]] ReplayReport take() { return std::move(report_); }

 private:
  std::size_t named_;
  ReplayReport report_;
};

}  // namespace sluice::exchange
