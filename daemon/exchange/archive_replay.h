// Proves that the current and history tables are what the archive makes of them: replays all
// archived batches, dataset by dataset, and compares. Who changed a row in the database is found,
// whatever else he changed there with it, since he can not sign a batch.
//
// It goes by what audit.h has proved before: batches and receipts are taken for what they say.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exchange/batch_replay.h"
#include "exchange/catalogue.h"
#include "exchange/table_comparison.h"
#include "reconciliation/scratch_database.h"
#include "store/store.h"

namespace sluice::exchange {

// An entry of the ledger that could not be replayed, or not wholly.
struct NotReplayed {
  std::int64_t id = 0;
  record::StreamId stream;
  record::Sequence sequence;
  record::DatasetId dataset;
  std::string why;  // a clause
};

struct ReplayedDataset {
  record::DatasetId dataset;
  std::uint64_t entries = 0;  // of the ledger
  std::uint64_t current = 0;  // records that must be there
  std::uint64_t ended = 0;    // versions that must be in the history
  std::uint64_t not_replayed = 0;
  std::uint64_t in_doubt = 0;  // records that were not judged, since an entry could not be replayed
  // The last ledger id up to which the tables could be judged; nothing: all of it.
  std::optional<std::int64_t> judged_up_to = std::nullopt;
  // Where its tables began anew: it is judged from there on.
  std::optional<std::int64_t> judged_from = std::nullopt;
  std::uint64_t taken_over = 0;  // records that were brought there, and are taken as they are
  std::uint64_t differences = 0;
};

// An entry whose receipt counts other rows than the replay: when it was applied the tables were not
// what the archive makes of them.
struct OtherCount {
  std::int64_t id = 0;
  record::DatasetId dataset;
  record::RowOutcomes told;
  record::RowOutcomes replayed;
};

struct ReplayReport {
  std::int64_t last = 0;  // ledger id
  std::vector<ReplayedDataset> datasets;
  // Of each the first ones.
  std::vector<TableDifference> differences;
  std::vector<NotReplayed> not_replayed;
  std::vector<OtherCount> other_counts;

  // All of them.
  [[nodiscard]] std::uint64_t count_differences() const;
  [[nodiscard]] std::uint64_t count_not_replayed() const;
};

// A moment at which a dataset's tables began anew, with records that no batch brought: what the
// batches before made of it is not in these tables any more.
struct NewBeginning {
  std::int64_t ledger_id = 0;  // which those records say that brought them
  record::Time at{};
};

// What must outlive the replay.
struct ReplaySurroundings {
  store::Store& store;
  const Catalogue& catalogue;
  // Schemas that the catalogue has not; empty: nobody knows others. Asked while the store is
  // walked, and so with no call of that one.
  SchemaByDigest schema_of = {};
  // The last of each dataset that had any.
  std::map<record::DatasetId, NewBeginning> new_beginnings = {};
  reconciliation::ScratchDatabase& scratch;
  // Bytes of payloads that were replayed so far; then, with the dataset, versions that were
  // compared.
  std::function<void(std::uint64_t bytes)> replayed = [](std::uint64_t) {};
  std::function<void(const record::DatasetId&, std::uint64_t versions)> compared =
      [](const record::DatasetId&, std::uint64_t) {};
};

struct ReplayWish {
  std::optional<record::DatasetId> only = std::nullopt;  // nothing: all datasets
  std::size_t named = 20;                                // of each kind of finding
};

[[nodiscard]] store::Result<ReplayReport> replay_archive(const ReplaySurroundings& surroundings,
                                                         const ReplayWish& wish);

}  // namespace sluice::exchange
