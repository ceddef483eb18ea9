// The files that a snapshot keeps of one dataset, by their generation: each run writes new ones,
// and the journal's cursor says which of them count.
#pragma once

#include <cstdint>
#include <filesystem>
#include <utility>

#include "record/identifiers.h"

namespace sluice::adapters::front_end {

class SnapshotFiles {
 public:
  SnapshotFiles(std::filesystem::path folder, record::DatasetId dataset)
      : folder_(std::move(folder)), dataset_(std::move(dataset)) {}

  // What the table was: /var/lib/sluice/captures/local-tax/tax-registration.7.digests
  [[nodiscard]] std::filesystem::path digests(std::uint64_t generation) const;
  // What of the base was not met by the run that wrote these: tax-registration.7.gone
  [[nodiscard]] std::filesystem::path gone(std::uint64_t generation) const;

  // Files that the journal does not count (of a run that came to nothing, or was told to begin
  // anew) may be there: none is written over, since one of them may be what it counts.
  [[nodiscard]] std::uint64_t unused_generation() const;
  // All but the digests of this generation.
  void remove_all_but(std::uint64_t generation) const;

 private:
  std::filesystem::path folder_;
  record::DatasetId dataset_;
};

}  // namespace sluice::adapters::front_end
