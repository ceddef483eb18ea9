#include "record/batch_file.h"

#include <array>
#include <memory>
#include <stdexcept>
#include <utility>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include "record/try.h"

namespace sluice::record {
namespace {

constexpr std::array<std::pair<const char*, std::string Batch::*>, 3> entries = {{
    {"manifest.json", &Batch::manifest},
    {"manifest.p7s", &Batch::signature},
    {"data.tsv.zst", &Batch::payload},
}};
constexpr std::size_t tar_block = 512;

struct FreeArchive {
  void operator()(archive* handle) const { archive_free(handle); }
};
struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using Archive = std::unique_ptr<archive, FreeArchive>;
using Entry = std::unique_ptr<archive_entry, FreeEntry>;

void demand(archive* handle, int result) {
  if (result != ARCHIVE_OK) {
    throw std::runtime_error(fmt::format("writing a tar: {}", archive_error_string(handle)));
  }
}

BatchFileFailure not_a_batch_file(std::string_view found) {
  return {BatchFileProblem::not_a_batch_file, "batch file",
          fmt::format("{}; expected a tar of exactly manifest.json, manifest.p7s and data.tsv.zst, "
                      "in this order",
                      found)};
}

std::expected<std::string, BatchFileFailure> read_entry(archive* handle, const char* name,
                                                        std::size_t limit) {
  archive_entry* entry = nullptr;
  if (archive_read_next_header(handle, &entry) != ARCHIVE_OK) {
    return std::unexpected(not_a_batch_file(fmt::format("{} is not there", name)));
  }
  const char* found = archive_entry_pathname(entry);
  if (found == nullptr || std::string_view(found) != name ||
      archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr) {
    return std::unexpected(
        not_a_batch_file(fmt::format("another entry stands where {} should", name)));
  }
  const la_int64_t size = archive_entry_size(entry);
  if (size < 0 || std::cmp_greater(size, limit)) {
    return std::unexpected(
        not_a_batch_file(fmt::format("{} claims to be larger than the file", name)));
  }
  std::string content(static_cast<std::size_t>(size), '\0');
  if (archive_read_data(handle, content.data(), content.size()) !=
      static_cast<la_ssize_t>(content.size())) {
    return std::unexpected(not_a_batch_file(fmt::format("{} is cut short", name)));
  }
  return content;
}

}  // namespace

std::string write_batch_file(const Batch& batch, Time modified) {
  std::size_t capacity = 3 * tar_block;  // the end and rounding
  for (const auto& [name, part] : entries)
    capacity += (batch.*part).size() + 2 * tar_block;
  std::string bytes(capacity, '\0');
  std::size_t used = 0;
  const Archive handle(archive_write_new());
  demand(handle.get(), archive_write_set_format_ustar(handle.get()));
  demand(handle.get(), archive_write_set_bytes_in_last_block(handle.get(), 1));
  demand(handle.get(), archive_write_open_memory(handle.get(), bytes.data(), bytes.size(), &used));
  for (const auto& [name, part] : entries) {
    const std::string& content = batch.*part;
    const Entry entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), name);
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0600);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
    archive_entry_set_mtime(
        entry.get(), std::chrono::floor<std::chrono::seconds>(modified).time_since_epoch().count(),
        0);
    demand(handle.get(), archive_write_header(handle.get(), entry.get()));
    if (archive_write_data(handle.get(), content.data(), content.size()) < 0) {
      demand(handle.get(), ARCHIVE_FATAL);
    }
  }
  demand(handle.get(), archive_write_close(handle.get()));
  bytes.resize(used);
  return bytes;
}

std::expected<Batch, BatchFileFailure> read_batch_file(std::string_view bytes, ByteCount limit) {
  if (bytes.size() > limit.value) {
    return std::unexpected(BatchFileFailure{
        BatchFileProblem::too_large, "batch file",
        fmt::format("{} bytes; at most {} are taken here", bytes.size(), limit.value)});
  }
  const Archive handle(archive_read_new());
  archive_read_support_format_tar(handle.get());
  if (archive_read_open_memory(handle.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
    return std::unexpected(not_a_batch_file("it is not a tar"));
  }
  Batch batch;
  for (const auto& [name, part] : entries) {
    auto content = SLUICE_TRY(read_entry(handle.get(), name, bytes.size()));
    batch.*part = std::move(content);
  }
  archive_entry* extra = nullptr;
  if (archive_read_next_header(handle.get(), &extra) != ARCHIVE_EOF) {
    return std::unexpected(not_a_batch_file("it has more than three entries"));
  }
  return batch;
}

}  // namespace sluice::record
