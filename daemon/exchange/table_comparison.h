// Compares a dataset's tables as the store has them with what the replayed archive makes of them,
// version by version, both ways: what is missing, what no batch brought, what differs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "exchange/replayed_tables.h"
#include "exchange/version_fields.h"
#include "record/key_digest.h"
#include "record/table_schema.h"
#include "store/store.h"

namespace sluice::exchange {

// A version that is not what the archive makes of it. The key may be a person's number: it is for
// who asked, never for a log.
struct TableDifference {
  record::DatasetId dataset;
  bool is_current = true;  // else of the history
  record::Key key;         // values that are missing are \N
  std::int64_t ledger_id =
      0;             // by which it begins: as replayed, or, where no batch brought it, as it claims
  std::string what;  // a clause
};

// For one dataset; what it is given must outlive it. Feed it all versions in order, then finish().
class TableComparison {
 public:
  using Told = std::function<void(const TableDifference&)>;
  struct Replay {
    ReplayedTables& tables;
    int number = 0;          // of the dataset, there
    std::int64_t up_to = 0;  // the last entry of the ledger that counts
  };

  // `schema`: that by which the versions are read.
  [[nodiscard]] static store::Result<TableComparison> begin(const record::Dataset& dataset,
                                                            const Replay& replay, Told told);
  [[nodiscard]] store::Result<void> take(const store::StoredVersion& stored);
  [[nodiscard]] store::Result<void> finish();

  // What must be there.
  [[nodiscard]] std::uint64_t current() const { return current_; }
  [[nodiscard]] std::uint64_t ended() const { return ended_; }

 private:
  // Where a version stands in the order in which they are read.
  struct Place {
    std::string_view key;
    std::int64_t ended_by = 0;
    std::uint64_t line = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  TableComparison(const record::Dataset& dataset, const Replay& replay,
                  ReplayedTables::Reader reader, Told told);
  [[nodiscard]] static Place place_of(const ReplayedVersion& version);
  [[nodiscard]] store::Result<void> advance();
  [[nodiscard]] store::Result<void> tell(std::string_view encoded_key, TableDifference difference);
  [[nodiscard]] store::Result<void> tell_missing();
  [[nodiscard]] std::string difference(const ReplayedVersion& replayed,
                                       const store::StoredVersion& stored) const;

  record::DatasetId dataset_;
  Replay replay_;
  ReplayedTables::Reader reader_;
  Told told_;
  VersionFields fields_;                 // of the stored version at hand
  std::optional<ReplayedVersion> next_;  // what must come
  std::uint64_t current_ = 0;
  std::uint64_t ended_ = 0;
};

}  // namespace sluice::exchange
