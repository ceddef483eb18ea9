#include "adapters/disk/drop_folder.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/lower_case.h"

namespace sluice::adapters::disk {
namespace {

// Where what was loaded, or could not be, is put.
bool is_own_folder(std::string_view name) {
  return name == "done" || name == "failed";
}

}  // namespace

// Windows writes .CSV as well.
bool is_delivery(std::string_view file_name) {
  return !file_name.starts_with('.') && record::lower_case(file_name).ends_with(".csv");
}

std::optional<std::string> why_passed_over(const std::filesystem::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  const std::string lower = record::lower_case(name);
  if (lower.starts_with('.') || lower.ends_with(".tmp") || lower.ends_with(".part")) {
    return std::nullopt;
  }
  std::error_code gone;
  const auto kind = entry.symlink_status(gone).type();
  if (gone || kind == std::filesystem::file_type::not_found) return std::nullopt;
  if (kind == std::filesystem::file_type::directory) {
    return "a folder: what is in it is not looked at";
  }
  if (kind == std::filesystem::file_type::symlink) return "a symbolic link";
  if (kind != std::filesystem::file_type::regular) return "no regular file";
  if (!is_delivery(name)) return "its name does not end in .csv";
  return std::nullopt;
}

DropFolder::DropFolder(std::filesystem::path folder, Terms terms, Clock clock,
                       files::FileDescriptor watch)
    : folder_(std::move(folder)),
      terms_(std::move(terms)),
      clock_(std::move(clock)),
      watch_(std::move(watch)) {}

std::expected<DropFolder, DropFolderFailure> DropFolder::open(std::filesystem::path folder,
                                                              Terms terms, Clock clock) {
  struct stat status {};
  const bool is_seen = ::lstat(folder.c_str(), &status) == 0;
  if (!is_seen && errno != ENOENT && errno != ENOTDIR) {
    return std::unexpected(
        DropFolderFailure{DropFolderProblem::unreadable, folder.string(),
                          "can not be looked at: " + std::generic_category().message(errno)});
  }
  if (!is_seen || !S_ISDIR(status.st_mode)) {
    return std::unexpected(DropFolderFailure{
        DropFolderProblem::not_a_folder, folder.string(),
        "found no folder; expected one that may be watched for files: create it, or correct "
        "`drop-folder`; symbolic links are not followed"});
  }
  files::FileDescriptor watch(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  constexpr std::uint32_t events = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MODIFY | IN_ONLYDIR;
  // Without the kernel's help (too many watches, say), the settle time decides alone.
  if (watch && ::inotify_add_watch(watch.get(), folder.c_str(), events) < 0) {
    watch = files::FileDescriptor();
  }
  return DropFolder(std::move(folder), std::move(terms), std::move(clock), std::move(watch));
}

void DropFolder::hear() {
  if (!watch_) return;
  alignas(inotify_event) char buffer[16 * 1024];
  for (;;) {
    const ssize_t count = ::read(watch_.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;  // nothing more has happened
    for (const char* at = buffer; at < buffer + count;) {
      const auto* event = reinterpret_cast<const inotify_event*>(at);
      at += sizeof(inotify_event) + event->len;
      if ((event->mask & IN_Q_OVERFLOW) != 0) closed_.clear();
      if (event->len == 0) continue;
      const std::string name(event->name);
      if ((event->mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0) closed_.insert(name);
      if ((event->mask & IN_MODIFY) != 0) closed_.erase(name);
    }
  }
}

std::expected<std::vector<ReadyFile>, DropFolderFailure> DropFolder::ready() {
  hear();
  std::error_code error;
  std::vector<ReadyFile> ready;
  std::set<std::string> present;
  std::filesystem::directory_iterator entry(folder_, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    std::string name = entry->path().filename().string();
    const auto stamp = is_delivery(name) ? stamp_of(entry->path()) : std::nullopt;
    if (!stamp) {  // not to be loaded, or gone again
      pass_over(*entry);
      present.insert(std::move(name));
      continue;
    }
    if (is_settled(name, *stamp)) {
      ready.push_back({entry->path(), dataset_of(name, terms_.datasets), *stamp});
    }
    present.insert(std::move(name));
  }
  if (error) {
    return std::unexpected(DropFolderFailure{DropFolderProblem::unreadable, folder_.string(),
                                             "can not be listed: " + error.message()});
  }
  std::erase_if(seen_, [&](const auto& seen) { return !present.contains(seen.first); });
  std::erase_if(strange_, [&](const auto& strange) { return !present.contains(strange.first); });
  std::erase_if(closed_, [&](const auto& name) { return !present.contains(name); });
  std::ranges::sort(ready, {}, &ReadyFile::path);
  return ready;
}

// What is written under another name first gets its own in time: only what stays is told.
void DropFolder::pass_over(const std::filesystem::directory_entry& entry) {
  std::string name = entry.path().filename().string();
  if (is_own_folder(name)) return;
  auto reason = why_passed_over(entry);
  if (!reason) return;
  const auto now = clock_();
  Strange& strange = strange_.try_emplace(name, Strange{now}).first->second;
  if (strange.is_told || now - strange.since < terms_.settle) return;
  strange.is_told = true;
  passed_over_.push_back({std::move(name), std::move(*reason)});
}

bool DropFolder::is_settled(const std::string& name, const FileStamp& stamp) {
  const auto now = clock_();
  const auto [at, is_new] = seen_.try_emplace(name, Seen{stamp, now});
  if (at->second.stamp != stamp) at->second = {stamp, now};
  return closed_.contains(name) || now - at->second.since >= terms_.settle;
}

std::optional<record::DatasetId> dataset_of(std::string_view file_name,
                                            const std::vector<record::DatasetId>& datasets) {
  if (!is_delivery(file_name)) return std::nullopt;
  const std::string_view stem = file_name.substr(0, file_name.size() - 4);
  const record::DatasetId* longest = nullptr;
  for (const record::DatasetId& dataset : datasets) {
    const std::string& name = dataset.str();
    const bool fits =
        stem.starts_with(name) && (stem.size() == name.size() || stem[name.size()] == '-');
    if (fits && (longest == nullptr || name.size() > longest->str().size())) longest = &dataset;
  }
  return longest == nullptr ? std::nullopt : std::optional(*longest);
}

}  // namespace sluice::adapters::disk
