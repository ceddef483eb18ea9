// Disk docking (导盘): the rows of one CSV file, each handed to the intake's door.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/adapter.h"
#include "adapters/disk/csv_reader.h"
#include "adapters/disk/file_digest.h"
#include "adapters/disk/format.h"
#include "adapters/disk/tracked_source.h"

namespace sluice::adapters::disk {

// A row's place is the line on which it begins. `changed`, where the file is not byte for byte the
// one that `expected` was made of: whatever the door was handed then must not be taken as loaded.
class CsvCollector final : public Collector {
 public:
  CsvCollector(std::filesystem::path path, Format format, std::size_t max_row_bytes,
               FileDigest expected);

  [[nodiscard]] Result<void> collect(intake::Door& door, Progress& progress) override;

  // The header row as it stands in the file, without its line end, once the door has begun; empty
  // where the dialect has none. With it, a quarantined row's bytes can be read again.
  [[nodiscard]] const std::string& header() const { return header_; }

 private:
  [[nodiscard]] Result<void> collect_rows(CsvReader& reader, TrackedSource& source,
                                          intake::Door& door);
  [[nodiscard]] Result<std::vector<std::string>> read_columns(CsvReader& reader,
                                                              CsvReader::Event first);
  [[nodiscard]] Result<void> hand_over(CsvReader& reader, CsvReader::Event event,
                                       TrackedSource& source, intake::Door& door);
  [[nodiscard]] intake::IntakeFailure explained(const intake::IntakeFailure& refusal,
                                                const std::vector<std::string>& columns,
                                                std::string_view first_row) const;
  [[nodiscard]] std::unexpected<CollectionFailure> failure(CollectionFailure inner) const;
  [[nodiscard]] std::unexpected<CollectionFailure> failure_of_door(
      const intake::IntakeFailure& refusal, std::uint64_t line) const;

  std::filesystem::path path_;
  Format format_;
  std::size_t max_row_bytes_;
  FileDigest expected_;
  std::string header_;
};

}  // namespace sluice::adapters::disk
