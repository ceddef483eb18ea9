// What a snapshot found in a table the last time: each record's key and the digest of its row, in
// the order in which the database itself sorts the keys. Written anew by each run beside the one
// before; the journal's cursor says which of the files counts and up to which byte, so that a file
// and the batches that it stands for are committed together. docs/front-end.md has the format.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/front_end/durable_file.h"
#include "record/digest.h"
#include "record/failure.h"

namespace sluice::adapters::front_end {

enum class DigestFileProblem {
  unreadable,
  other_key,  // what it has are keys of other columns
  not_durable
};
using DigestFileFailure = record::Failure<DigestFileProblem>;
// How the failure to read such a file, or one beside it, is told.
[[nodiscard]] DigestFileFailure unreadable(const std::filesystem::path& path,
                                           std::string_view what);
[[nodiscard]] DigestFileFailure not_written(const std::filesystem::path& path);

// A record's key: each column's value as a parameter of a query, and as the intake is told it.
struct RecordKey {
  std::vector<std::string> exact;
  std::vector<std::string> told;
  friend bool operator==(const RecordKey&, const RecordKey&) = default;
};

struct DigestEntry {
  RecordKey key;
  record::RowDigest row;
  friend bool operator==(const DigestEntry&, const DigestEntry&) = default;
};

// What a file's entries can be compared with: keys with those of the same columns, and the digests
// of rows where these were read from the same columns, in the same order.
struct DigestFileMatter {
  record::Digest key;
  std::size_t key_columns = 0;
  record::Digest columns;
};

class DigestFileReader {
 public:
  // From an offset that offset() gave (0: the first entry) up to `bytes`. Fails where the file has
  // another key than `matter`.
  [[nodiscard]] static std::expected<DigestFileReader, DigestFileFailure> open(
      const std::filesystem::path& path, std::uint64_t from, std::uint64_t bytes,
      const DigestFileMatter& matter);

  // Whether the digests of its rows are of the columns that it was opened for.
  [[nodiscard]] bool has_same_columns() const { return has_same_columns_; }

  // Nothing at the end.
  [[nodiscard]] std::expected<std::optional<DigestEntry>, DigestFileFailure> next();
  // Where the next entry begins.
  [[nodiscard]] std::uint64_t offset() const { return bytes_ - left_; }
  // Goes on at an offset that offset() gave.
  [[nodiscard]] std::expected<void, DigestFileFailure> go_to(std::uint64_t offset);
  // What lies between two offsets, as it is; the next entry stays the next.
  using Piece = std::function<std::expected<void, DigestFileFailure>(std::string_view)>;
  [[nodiscard]] std::expected<void, DigestFileFailure> read_as_is(std::uint64_t begin,
                                                                  std::uint64_t end,
                                                                  const Piece& each) const;

 private:
  DigestFileReader(std::filesystem::path path, File file, std::uint64_t bytes,
                   std::size_t key_columns)
      : path_(std::move(path)),
        file_(std::move(file)),
        bytes_(bytes),
        left_(bytes),
        key_columns_(key_columns) {}
  [[nodiscard]] std::expected<void, DigestFileFailure> read_header(const DigestFileMatter& matter);
  [[nodiscard]] bool read(void* target, std::size_t size);
  [[nodiscard]] bool read_text(std::string& text);

  std::filesystem::path path_;
  File file_;
  std::uint64_t bytes_ = 0;
  std::uint64_t left_ = 0;
  std::size_t key_columns_ = 0;
  bool has_same_columns_ = false;
};

class DigestFileWriter {
 public:
  // Begins a file, in place of any that is there.
  [[nodiscard]] static std::expected<DigestFileWriter, DigestFileFailure> begin(
      const std::filesystem::path& path, const DigestFileMatter& matter);
  // Goes on after `bytes` of one that was begun before; what stands behind them is cut off. Where
  // its digests are of other columns, they and those that follow count as of no columns at all.
  [[nodiscard]] static std::expected<DigestFileWriter, DigestFileFailure> go_on(
      const std::filesystem::path& path, std::uint64_t bytes, const DigestFileMatter& matter);

  [[nodiscard]] std::expected<void, DigestFileFailure> append(const DigestEntry& entry);
  // Whole entries, as another file of the same columns and key has them.
  [[nodiscard]] std::expected<void, DigestFileFailure> append_as_is(std::string_view entries);
  // Where the next entry begins.
  [[nodiscard]] std::uint64_t offset() const { return bytes_; }
  // All that was appended is on the disk when this returns. How many bytes the file then has.
  [[nodiscard]] std::expected<std::uint64_t, DigestFileFailure> make_durable();

 private:
  DigestFileWriter(std::filesystem::path path, File file, std::uint64_t bytes)
      : path_(std::move(path)), file_(std::move(file)), bytes_(bytes) {}
  [[nodiscard]] DigestFileFailure failure() const { return not_written(path_); }
  [[nodiscard]] bool write(const void* source, std::size_t size);
  [[nodiscard]] bool write_text(const std::string& text);

  std::filesystem::path path_;
  File file_;
  std::uint64_t bytes_ = 0;
  bool name_is_durable_ = false;
};

}  // namespace sluice::adapters::front_end
