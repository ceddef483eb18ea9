// What becomes of the records that a snapshot had in its base and has not met in the table. A
// record is gone where no row of the table has its key, however it is spelled: a key that was
// trimmed or changed its case, or that the database sorts elsewhere now, was met as another one.
// Only once the whole table has been seen can this be told, and whether so many can be gone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <vector>

#include "adapters/front_end/capture_run.h"
#include "adapters/front_end/digest_file.h"
#include "adapters/front_end/gone_file.h"
#include "adapters/front_end/snapshot_files.h"

namespace sluice::adapters::front_end {

// Whether so many gone records are more than may be deleted unasked; `left`: rows of the table.
[[nodiscard]] bool is_too_many(const capture::DeleteAtMost& limit, std::uint64_t gone,
                               std::uint64_t base_rows, std::uint64_t left);

class SnapshotRemoval {
 public:
  // All must outlive it. `base` and `next`: the table before the run and after it, whole and
  // durable, as what was not met is (run.position.gone).
  struct Matter {
    CaptureRun& run;
    const SnapshotFiles& files;
    const DigestFileMatter& digests;
    DigestFilePart base;
    DigestFilePart next;
    std::size_t records_at_once = 250'000;  // what bounds memory: 44 bytes each
  };
  // Of a row that stands for a record which the base had under another spelling too: of several
  // rows for one record, what is left must be what stands. Empty: none is asked for.
  using Again = std::function<Result<void>(const RecordKey&)>;

  explicit SnapshotRemoval(const Matter& matter) : matter_(matter) {}

  [[nodiscard]] Result<std::uint64_t> count_gone();
  // Hands over their deletes, behind those that position.gone says were told. `due` after each.
  [[nodiscard]] Result<void> tell(const Again& again, const std::function<Result<void>()>& due);
  // Writes a file of what the table is and of those that are gone, each where it was not met.
  // Among rows that are new there its own place may be another, so that the file is out of order:
  // rows beside it may then be taken for new the next time, and are sent again, unchanged.
  [[nodiscard]] Result<DigestFilePart> keep(std::uint64_t generation, const Again& again);

 private:
  struct Candidate {
    std::optional<record::RowDigest> key;  // nothing: no row can have it
    std::uint64_t exact = 0;               // a digest of its spelling
    bool is_met = false;
  };
  using Each = std::function<Result<void>(const GoneEntry&, bool is_met)>;
  // Each behind the first so many.
  Result<void> judge(std::uint64_t behind, const Again& again, const Each& each);
  Result<void> look_for(std::vector<Candidate>& candidates, const Again& again);
  Result<GoneCursor> cursor(std::uint64_t behind) const;
  Result<DigestFileReader> reader(const DigestFilePart& part) const;
  std::optional<record::RowDigest> key_of(const RecordKey& key);

  Matter matter_;
};

}  // namespace sluice::adapters::front_end
