// Proves that the current and history tables are what the archive makes of them: replays all
// archived batches and all migrations, dataset by dataset, and compares. Who changed a row in the
// database is found, whatever else he changed there with it, since he can not sign a batch.
//
// It goes by what audit.h and migration_audit.h have proved before: batches, receipts and
// migrations are taken for what they say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>

#include "exchange/batch_replay.h"
#include "exchange/catalogue.h"
#include "exchange/replay_report.h"
#include "reconciliation/scratch_database.h"
#include "store/store.h"

namespace sluice::exchange {

// What must outlive the replay.
struct ReplaySurroundings {
  store::Store& store;
  const Catalogue& catalogue;
  // Schemas that the catalogue has not; empty: nobody knows others. Asked while the store is
  // walked, and so with no call of that one.
  SchemaByDigest schema_of = {};
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
