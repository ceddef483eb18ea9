// Watches a file's bytes go by: digests them, tells of the progress, and notices early when
// somebody writes to the file.
#pragma once

#include <cstdint>
#include <expected>
#include <span>

#include "adapters/adapter.h"
#include "adapters/disk/byte_source.h"
#include "adapters/disk/input_file.h"
#include "record/digest.h"

namespace sluice::adapters::disk {

// How often progress is told and the file looked at.
inline constexpr std::uint64_t progress_step_bytes = std::uint64_t{1} << 20;

// File and progress must outlive it.
class TrackedSource final : public ByteSource {
 public:
  TrackedSource(InputFile& file, Progress& progress) : file_(file), progress_(progress) {}

  [[nodiscard]] Result<std::size_t> read(std::span<char> room) override;

  void count_row() { ++rows_; }
  // Of all that was read; once, at the end.
  [[nodiscard]] record::Digest digest() { return digest_.finish(); }
  void tell() { progress_.advanced(bytes_, file_.stamp().bytes, rows_); }

 private:
  InputFile& file_;
  Progress& progress_;
  record::DigestStream digest_;
  std::uint64_t bytes_ = 0;
  std::uint64_t told_ = 0;
  std::uint64_t rows_ = 0;
};

}  // namespace sluice::adapters::disk
