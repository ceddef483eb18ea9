#include "adapters/front_end/digest_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace sluice::adapters::front_end {
namespace {

constexpr std::array<char, 8> magic = {'S', 'L', 'U', 'I', 'C', 'E', 'D', '1'};
constexpr std::uint64_t header_bytes = magic.size() + sizeof(record::Digest);
constexpr std::size_t buffer_bytes = std::size_t{1} << 18;
// A key is a few values of a database's key columns; more than this is a broken file.
constexpr std::uint32_t longest_text = std::uint32_t{1} << 20;

DigestFileFailure unreadable(const std::filesystem::path& path, std::string_view what) {
  return {
      DigestFileProblem::unreadable, path.string(),
      fmt::format("{}; `sluice collect BUREAU --dataset DATASET --anew` reads the table as if for "
                  "the first time, and does not find what was deleted since the last run",
                  what)};
}

File open_file(const std::filesystem::path& path, int flags, const char* mode) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (descriptor < 0) return nullptr;
  File file(fdopen(descriptor, mode));
  if (!file) {
    ::close(descriptor);
    return nullptr;
  }
  static_cast<void>(std::setvbuf(file.get(), nullptr, _IOFBF, buffer_bytes));
  return file;
}

bool sync_directory(const std::filesystem::path& directory) {
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = fsync(descriptor) == 0;
  ::close(descriptor);
  return synced;
}

}  // namespace

std::expected<DigestFileReader, DigestFileFailure> DigestFileReader::open(
    const std::filesystem::path& path, std::uint64_t from, std::uint64_t bytes,
    const record::Digest& columns, std::size_t key_columns) {
  File file = open_file(path, O_RDONLY, "r");
  if (!file) return std::unexpected(unreadable(path, std::strerror(errno)));
  if (bytes < header_bytes) return std::unexpected(unreadable(path, "it has no header"));
  DigestFileReader reader(path, std::move(file), bytes, key_columns);
  std::array<char, magic.size()> found{};
  record::Digest begun_with;
  if (!reader.read(found.data(), found.size()) || found != magic ||
      !reader.read(begun_with.bytes.data(), begun_with.bytes.size())) {
    return std::unexpected(unreadable(path, "it is not a file of digests"));
  }
  if (begun_with != columns) {
    return std::unexpected(unreadable(path, "it was made for other columns or another key"));
  }
  if (from > header_bytes) {
    if (auto gone = reader.go_to(from); !gone) return std::unexpected(gone.error());
  }
  return reader;
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
    piece.resize(std::min<std::uint64_t>(buffer_bytes, end - begin));
    const ssize_t bytes =
        pread(fileno(file_.get()), piece.data(), piece.size(), static_cast<off_t>(begin));
    if (bytes <= 0) return std::unexpected(unreadable(path_, "it is shorter than it was"));
    const auto size = static_cast<std::size_t>(bytes);
    if (auto taken = each(std::string_view(piece).substr(0, size)); !taken) return taken;
    begin += size;
  }
  return {};
}

std::expected<DigestFileWriter, DigestFileFailure> DigestFileWriter::begin(
    const std::filesystem::path& path, const record::Digest& columns) {
  DigestFileWriter writer(path, open_file(path, O_WRONLY | O_CREAT | O_TRUNC, "w"), 0);
  if (!writer.file_ || !writer.write(magic.data(), magic.size()) ||
      !writer.write(columns.bytes.data(), columns.bytes.size())) {
    return std::unexpected(writer.failure());
  }
  return writer;
}

std::expected<DigestFileWriter, DigestFileFailure> DigestFileWriter::go_on(
    const std::filesystem::path& path, std::uint64_t bytes) {
  DigestFileWriter writer(path, open_file(path, O_RDWR, "r+"), bytes);
  if (!writer.file_) return std::unexpected(unreadable(path, std::strerror(errno)));
  writer.name_is_durable_ = true;
  const auto offset = static_cast<off_t>(bytes);
  if (ftruncate(fileno(writer.file_.get()), offset) != 0 ||
      fseeko(writer.file_.get(), offset, SEEK_SET) != 0) {
    return std::unexpected(writer.failure());
  }
  return writer;
}

DigestFileFailure DigestFileWriter::failure() const {
  return {DigestFileProblem::not_durable, path_.string(),
          fmt::format("can not be written: {}", std::strerror(errno))};
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
  if (std::fflush(file_.get()) != 0 || fdatasync(fileno(file_.get())) != 0) {
    return std::unexpected(failure());
  }
  if (!name_is_durable_ && !sync_directory(path_.parent_path())) return std::unexpected(failure());
  name_is_durable_ = true;
  return bytes_;
}

}  // namespace sluice::adapters::front_end
