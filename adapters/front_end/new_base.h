// What a snapshot writes while it reads a table: what the table is, which the next run compares it
// with, and what of its own base it has not met. The journal's cursor says how far both files
// count.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <utility>

#include "adapters/front_end/digest_file.h"
#include "adapters/front_end/gone_file.h"
#include "adapters/front_end/position.h"
#include "adapters/front_end/snapshot_files.h"
#include "adapters/front_end/table_reader.h"

namespace sluice::adapters::front_end {

class NewBase {
 public:
  // Files of a generation that is not used yet, or those that the position counts. `base` is what
  // parts are taken from; nothing in a table's first run. Both must outlive it.
  [[nodiscard]] static Result<NewBase> open(const SnapshotFiles& files,
                                            const DigestFileMatter& matter,
                                            const Position& position, const DigestFileReader* base);

  [[nodiscard]] Result<void> append(const DigestEntry& entry);
  // As they lie in the base.
  struct Part {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t rows = 0;
  };
  [[nodiscard]] Result<void> append(const Part& part);
  // Not met: at this place in the order of keys they are not there.
  [[nodiscard]] Result<void> note_gone(const Part& part);

  [[nodiscard]] std::uint64_t generation() const { return generation_; }
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] std::uint64_t gone_rows() const { return gone_ ? gone_->rows() : 0; }

  // All of it is on the disk when this returns, and `position` says how much.
  [[nodiscard]] Result<void> make_durable(Position& position);

 private:
  NewBase(const SnapshotFiles& files, const DigestFileReader* base, std::uint64_t generation,
          DigestFileWriter file)
      : files_(files), base_(base), generation_(generation), file_(std::move(file)) {}
  // Parts are written when something else comes, or when they must be durable.
  Result<void> write_part();

  const SnapshotFiles& files_;
  const DigestFileReader* base_;
  std::uint64_t generation_ = 0;
  DigestFileWriter file_;
  std::uint64_t rows_ = 0;
  std::uint64_t part_begin_ = 0;
  std::uint64_t part_end_ = 0;
  std::optional<GoneFileWriter> gone_;  // nothing: all was met so far
};

}  // namespace sluice::adapters::front_end
