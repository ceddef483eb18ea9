// What of its base a snapshot has not met in the table, kept beside the digest file that the run
// writes until it has seen the whole table: only then can be told whether a record is gone or has
// only another spelling or place, and whether so many can be gone. Parts of the base, of one size
// each, so that a table that was emptied is a few of them. docs/front-end.md has the format.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <utility>

#include "adapters/front_end/digest_file.h"
#include "adapters/front_end/durable_file.h"
#include "adapters/front_end/position.h"

namespace sluice::adapters::front_end {

// Entries of the base that follow each other.
struct GonePart {
  std::uint64_t begin = 0;  // where they lie in the base
  std::uint64_t end = 0;
  std::uint64_t at = 0;  // in front of which entry of the run's own file they would stand
  std::uint64_t rows = 0;
  friend bool operator==(const GonePart&, const GonePart&) = default;
};

class GoneFileWriter {
 public:
  // Begins a file, in place of any that is there.
  [[nodiscard]] static std::expected<GoneFileWriter, DigestFileFailure> begin(
      const std::filesystem::path& path);
  // Goes on where the journal says; what stands behind is cut off.
  [[nodiscard]] static std::expected<GoneFileWriter, DigestFileFailure> go_on(
      const std::filesystem::path& path, const GoneRecords& counted);

  [[nodiscard]] std::expected<void, DigestFileFailure> append(const GonePart& part);
  // All that was appended is on the disk when this returns.
  [[nodiscard]] std::expected<GoneRecords, DigestFileFailure> make_durable();
  [[nodiscard]] std::uint64_t rows() const { return counted_.rows + last_.rows; }

 private:
  GoneFileWriter(std::filesystem::path path, File file, const GoneRecords& counted)
      : path_(std::move(path)), file_(std::move(file)), counted_(counted) {}
  [[nodiscard]] std::expected<void, DigestFileFailure> write_last();

  std::filesystem::path path_;
  File file_;
  GoneRecords counted_;
  GonePart last_;  // not yet written: the next may continue it
  bool name_is_durable_ = false;
};

// A record of the base that was not met, and where it would stand in the run's own file.
struct GoneEntry {
  DigestEntry entry;
  std::uint64_t at = 0;
};

// Goes through them in the order in which they were found, which is the base's.
class GoneCursor {
 public:
  // `base` is where its first entry can be read.
  [[nodiscard]] static std::expected<GoneCursor, DigestFileFailure> open(
      const std::filesystem::path& path, const GoneRecords& counted, DigestFileReader base);

  // Nothing at the end.
  [[nodiscard]] std::expected<std::optional<GoneEntry>, DigestFileFailure> next();
  // Passes over so many.
  [[nodiscard]] std::expected<void, DigestFileFailure> skip(std::uint64_t rows);

 private:
  GoneCursor(std::filesystem::path path, File file, std::uint64_t parts, DigestFileReader base)
      : path_(std::move(path)),
        file_(std::move(file)),
        parts_left_(parts),
        base_(std::move(base)) {}
  // Whether there is one more.
  [[nodiscard]] std::expected<bool, DigestFileFailure> next_part();

  std::filesystem::path path_;
  File file_;
  std::uint64_t parts_left_ = 0;
  DigestFileReader base_;
  GonePart part_;
  std::uint64_t rows_left_ = 0;  // of the part
};

}  // namespace sluice::adapters::front_end
