#include "bundle/bundle_file.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice::bundle {
namespace {

struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

bool is_gzip(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  return name.ends_with(".tar.gz") || name.ends_with(".tgz");
}

bool is_zstd(const std::filesystem::path& file) {
  return file.filename().string().ends_with(".tar.zst");
}

}  // namespace

void BundleFile::Close::operator()(archive* handle) const {
  archive_write_free(handle);
}

BundleFile::BundleFile(std::filesystem::path file, files::FileDescriptor descriptor,
                       std::string folder, record::Time made)
    : file_(std::move(file)),
      descriptor_(std::move(descriptor)),
      folder_(std::move(folder)),
      made_(made),
      archive_(archive_write_new()) {}

BundleFile::BundleFile(BundleFile&& other) noexcept
    : file_(std::move(other.file_)),
      descriptor_(std::move(other.descriptor_)),
      folder_(std::move(other.folder_)),
      made_(other.made_),
      archive_(std::move(other.archive_)),
      is_left_(std::exchange(other.is_left_, true)) {}

BundleFile::~BundleFile() {
  if (!is_left_) ::unlink(file_.c_str());
}

record::Flaw BundleFile::flaw() const {
  const char* why = archive_error_string(archive_.get());
  return {fmt::format("{} can not be written: {}", file_.string(),
                      why == nullptr ? "for no reason that was told" : why)};
}

std::expected<BundleFile, record::Flaw> BundleFile::create(const std::filesystem::path& file,
                                                           record::Time made) {
  if (!is_gzip(file) && !is_zstd(file)) {
    return std::unexpected(record::Flaw{
        fmt::format("{}: expected a name that ends with .tar.gz or .tar.zst", file.string())});
  }
  files::FileDescriptor descriptor(
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!descriptor) {
    return std::unexpected(record::Flaw{
        errno == EEXIST
            ? fmt::format("{} is there already; name another file", file.string())
            : fmt::format("{} can not be made: {}", file.string(), std::strerror(errno))});
  }
  const int number = descriptor.get();
  std::string folder = file.filename().string();
  folder.erase(folder.rfind(".t"));
  BundleFile bundle(file, std::move(descriptor), std::move(folder), made);
  archive* handle = bundle.archive_.get();
  const bool is_good =
      ::fchmod(number, 0600) == 0 &&
      archive_write_set_format_pax_restricted(handle) == ARCHIVE_OK &&
      (is_gzip(file) ? archive_write_add_filter_gzip(handle)
                     : archive_write_add_filter_zstd(handle)) == ARCHIVE_OK &&
      // Its header would have the time of day: the same parts are to be the same bytes.
      (!is_gzip(file) || archive_write_set_options(handle, "gzip:!timestamp") == ARCHIVE_OK) &&
      archive_write_open_fd(handle, number) == ARCHIVE_OK;
  if (!is_good) return std::unexpected(bundle.flaw());
  return bundle;
}

std::expected<void, record::Flaw> BundleFile::add(const std::string& name,
                                                  std::string_view content) {
  const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
  archive_entry_set_pathname(entry.get(), (folder_ + "/" + name).c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0600);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
  archive_entry_set_mtime(
      entry.get(), std::chrono::floor<std::chrono::seconds>(made_).time_since_epoch().count(), 0);
  if (archive_write_header(archive_.get(), entry.get()) != ARCHIVE_OK) {
    return std::unexpected(flaw());
  }
  if (archive_write_data(archive_.get(), content.data(), content.size()) < 0) {
    return std::unexpected(flaw());
  }
  return {};
}

std::expected<void, record::Flaw> BundleFile::finish() {
  if (archive_write_close(archive_.get()) != ARCHIVE_OK) return std::unexpected(flaw());
  if (::fsync(descriptor_.get()) != 0) {
    return std::unexpected(record::Flaw{
        fmt::format("{} can not be written: {}", file_.string(), std::strerror(errno))});
  }
  is_left_ = true;
  return {};
}

}  // namespace sluice::bundle
