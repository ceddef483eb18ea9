#include "adapters/front_end/digest_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "record/try.h"

namespace sluice::adapters::front_end {
namespace {

constexpr std::array<char, 8> magic = {'S', 'L', 'U', 'I', 'C', 'E', 'D', '2'};
constexpr std::uint64_t columns_at = magic.size() + sizeof(record::Digest);
constexpr std::uint64_t header_bytes = columns_at + sizeof(record::Digest);
// A key is a few values of a database's key columns; more than this is a broken file.
constexpr std::uint32_t longest_text = std::uint32_t{1} << 20;

std::string with_way_out(std::string_view what) {
  return fmt::format(
      "{}; `sluice collect BUREAU --dataset DATASET --anew` reads the table as if for the first "
      "time, and does not find what was deleted since the last run",
      what);
}

// Of digests that are made of more than one choice of columns.
bool write_no_columns(std::FILE* file) {
  const record::Digest none;
  return pwrite(fileno(file), none.bytes.data(), none.bytes.size(),
                static_cast<off_t>(columns_at)) == static_cast<ssize_t>(none.bytes.size());
}

}  // namespace

DigestFileFailure unreadable(const std::filesystem::path& path, std::string_view what) {
  return {DigestFileProblem::unreadable, path.string(), with_way_out(what)};
}

DigestFileFailure not_written(const std::filesystem::path& path) {
  return {DigestFileProblem::not_durable, path.string(),
          fmt::format("can not be written: {}", std::strerror(errno))};
}

std::expected<DigestFileReader, DigestFileFailure> DigestFileReader::open(
    const std::filesystem::path& path, std::uint64_t from, std::uint64_t bytes,
    const DigestFileMatter& matter) {
  File file = open_file(path, O_RDONLY, "r");
  if (!file) return std::unexpected(unreadable(path, std::strerror(errno)));
  if (bytes < header_bytes) return std::unexpected(unreadable(path, "it has no header"));
  DigestFileReader reader(path, std::move(file), bytes, matter.key_columns);
  SLUICE_TRY(reader.read_header(matter));
  if (from > header_bytes) {
    SLUICE_TRY(reader.go_to(from));
  }
  return reader;
}

std::expected<void, DigestFileFailure> DigestFileReader::read_header(
    const DigestFileMatter& matter) {
  std::array<char, magic.size()> found{};
  record::Digest key;
  record::Digest columns;
  if (!read(found.data(), found.size()) || found != magic ||
      !read(key.bytes.data(), key.bytes.size()) ||
      !read(columns.bytes.data(), columns.bytes.size())) {
    return std::unexpected(unreadable(path_, "it is not a file of digests of this version"));
  }
  if (key != matter.key) {
    return std::unexpected(DigestFileFailure{
        DigestFileProblem::other_key, path_.string(),
        with_way_out("it has keys of other columns, or of columns of another kind of type, and "
                     "what there was can not be compared by the key as it is now")});
  }
  has_same_columns_ = columns == matter.columns;
  return {};
}

bool DigestFileReader::read(void* target, std::size_t size) {
  if (size > left_ || std::fread(target, 1, size, file_.get()) != size) return false;
  left_ -= size;
  return true;
}

bool DigestFileReader::read_text(std::string& text) {
  std::uint32_t size = 0;
  if (!read(&size, sizeof(size)) || size > longest_text) return false;
  text.resize(size);
  return read(text.data(), size);
}

std::expected<std::optional<DigestEntry>, DigestFileFailure> DigestFileReader::next() {
  if (left_ == 0) return std::nullopt;
  const auto broken = [&] {
    return std::unexpected(unreadable(path_, "it is damaged, or shorter than it was"));
  };
  std::uint32_t columns = 0;
  if (!read(&columns, sizeof(columns)) || columns != key_columns_) return broken();
  DigestEntry entry;
  for (auto* texts : {&entry.key.exact, &entry.key.told}) {
    texts->resize(columns);
    for (std::string& text : *texts) {
      if (!read_text(text)) return broken();
    }
  }
  if (!read(&entry.row, sizeof(entry.row))) return broken();
  return entry;
}

std::expected<void, DigestFileFailure> DigestFileReader::go_to(std::uint64_t offset) {
  if (offset > bytes_ || fseeko(file_.get(), static_cast<off_t>(offset), SEEK_SET) != 0) {
    return std::unexpected(unreadable(path_, "it is shorter than it was"));
  }
  left_ = bytes_ - offset;
  return {};
}

std::expected<void, DigestFileFailure> DigestFileReader::read_as_is(std::uint64_t begin,
                                                                    std::uint64_t end,
                                                                    const Piece& each) const {
  std::string piece;
  while (begin < end) {
    piece.resize(std::min<std::uint64_t>(file_buffer_bytes, end - begin));
    const ssize_t bytes =
        pread(fileno(file_.get()), piece.data(), piece.size(), static_cast<off_t>(begin));
    if (bytes <= 0) return std::unexpected(unreadable(path_, "it is shorter than it was"));
    const auto size = static_cast<std::size_t>(bytes);
    SLUICE_TRY(each(std::string_view(piece).substr(0, size)));
    begin += size;
  }
  return {};
}

std::expected<DigestFileWriter, DigestFileFailure> DigestFileWriter::begin(
    const std::filesystem::path& path, const DigestFileMatter& matter) {
  DigestFileWriter writer(path, open_file(path, O_WRONLY | O_CREAT | O_TRUNC, "w"), 0);
  if (!writer.file_ || !writer.write(magic.data(), magic.size()) ||
      !writer.write(matter.key.bytes.data(), matter.key.bytes.size()) ||
      !writer.write(matter.columns.bytes.data(), matter.columns.bytes.size())) {
    return std::unexpected(writer.failure());
  }
  return writer;
}

std::expected<DigestFileWriter, DigestFileFailure> DigestFileWriter::go_on(
    const std::filesystem::path& path, std::uint64_t bytes, const DigestFileMatter& matter) {
  const auto before = SLUICE_TRY(DigestFileReader::open(path, 0, bytes, matter));
  DigestFileWriter writer(path, open_file(path, O_RDWR, "r+"), bytes);
  if (!writer.file_) return std::unexpected(unreadable(path, std::strerror(errno)));
  writer.name_is_durable_ = true;
  if (!cut_off_behind(writer.file_.get(), bytes) ||
      (!before.has_same_columns() && !write_no_columns(writer.file_.get()))) {
    return std::unexpected(writer.failure());
  }
  return writer;
}

bool DigestFileWriter::write(const void* source, std::size_t size) {
  bytes_ += size;
  return std::fwrite(source, 1, size, file_.get()) == size;
}

bool DigestFileWriter::write_text(const std::string& text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  return write(&size, sizeof(size)) && write(text.data(), text.size());
}

std::expected<void, DigestFileFailure> DigestFileWriter::append(const DigestEntry& entry) {
  const auto columns = static_cast<std::uint32_t>(entry.key.exact.size());
  bool written = write(&columns, sizeof(columns));
  for (const auto* texts : {&entry.key.exact, &entry.key.told}) {
    for (const std::string& text : *texts)
      written = written && write_text(text);
  }
  if (!written || !write(&entry.row, sizeof(entry.row))) return std::unexpected(failure());
  return {};
}

std::expected<void, DigestFileFailure> DigestFileWriter::append_as_is(std::string_view entries) {
  if (!write(entries.data(), entries.size())) return std::unexpected(failure());
  return {};
}

std::expected<std::uint64_t, DigestFileFailure> DigestFileWriter::make_durable() {
  if (!front_end::make_durable(file_.get()) || (!name_is_durable_ && !make_name_durable(path_))) {
    return std::unexpected(failure());
  }
  name_is_durable_ = true;
  return bytes_;
}

}  // namespace sluice::adapters::front_end
