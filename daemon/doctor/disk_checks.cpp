// The disk under the state: whether there is room, for names too, and whether an fsync of it works
// and how long that takes, since every acknowledgement waits for one.
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "doctor/checks.h"
#include "files/file_descriptor.h"
#include "files/state_disk.h"

namespace sluice::doctor {
namespace {

constexpr const char* disk_group = "Disk";
constexpr std::chrono::milliseconds slow_sync{100};
constexpr std::size_t probes = 5;
constexpr std::uint64_t few_inodes = 1000;

std::string as_size(std::uint64_t bytes) {
  constexpr std::uint64_t mebi = std::uint64_t{1} << 20;
  return bytes >= 1024 * mebi ? fmt::format("{:.1f} GiB", static_cast<double>(bytes) /
                                                              static_cast<double>(1024 * mebi))
                              : fmt::format("{} MiB", bytes / mebi);
}

Findings look_at_space(const Surroundings& node) {
  const std::string place = node.node.state_directory.string();
  const auto space = files::space_of(place);
  if (!space) return {wrong(place, "its file system does not say how much is free", "")};
  const std::uint64_t reserve = node.node.reserve.value_or(files::usual_reserve(space->total));
  const std::string told =
      fmt::format("{} of {} are free, and {} are to stay free (`node.reserve`)",
                  as_size(space->free), as_size(space->total), as_size(reserve));
  if (space->free < reserve) {
    return {wrong(place, told + ": nothing is taken in", "free space on this disk")};
  }
  if (space->free < 2 * reserve) {
    return {warning(place, told, "free space on this disk before it comes to that")};
  }
  return {ok(place, told)};
}

Findings look_at_inodes(const Surroundings& node) {
  const std::string place = node.node.state_directory.string();
  struct statvfs status {};
  if (::statvfs(place.c_str(), &status) != 0) {
    return {wrong(
        place, fmt::format("it can not be asked: {}", std::generic_category().message(errno)), "")};
  }
  if (status.f_files == 0) return {ok(place, "this file system needs no inodes")};
  const std::string told = fmt::format("{} of {} inodes are free", status.f_favail, status.f_files);
  const char* remedy =
      "look for folders full of small files on this disk: `du --inodes -x / | sort -n`";
  if (status.f_favail < few_inodes / 10) return {wrong(place, told, remedy)};
  if (status.f_favail < few_inodes) return {warning(place, told, remedy)};
  return {ok(place, told)};
}

std::string mark_text(const std::filesystem::path& mark) {
  std::ifstream in(mark);
  return {std::istreambuf_iterator<char>(in), {}};
}

// How long each took; the error says what failed.
std::expected<std::vector<std::chrono::microseconds>, std::string> time_syncs(
    const Surroundings& node, const files::FileDescriptor& file) {
  std::array<char, 4096> block{};
  std::vector<std::chrono::microseconds> took;
  for (std::size_t probe = 0; probe < probes; ++probe) {
    if (::write(file.get(), block.data(), block.size()) != static_cast<ssize_t>(block.size())) {
      return std::unexpected(
          fmt::format("it can not be written to: {}", std::generic_category().message(errno)));
    }
    const auto begun = std::chrono::steady_clock::now();
    if (node.sync(file.get()) != 0) {
      return std::unexpected(
          fmt::format("an fsync fails: {}", std::generic_category().message(errno)));
    }
    took.push_back(std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - begun));
  }
  std::ranges::sort(took);
  return took;
}

// Goes however this ends: it has no name, or one for a moment only, where the file system (NFS) has
// no files without.
files::FileDescriptor open_probe(const std::string& place) {
  files::FileDescriptor nameless(::open(place.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (nameless) return nameless;
  std::string name = fmt::format("{}/{}XXXXXX", place, probe_name);
  files::FileDescriptor named(::mkostemp(name.data(), O_CLOEXEC));
  if (named) ::unlink(name.c_str());
  return named;
}

Findings look_at_sync(const Surroundings& node) {
  const std::string place = node.node.state_directory.string();
  const auto mark = node.paths().not_durable_mark();
  if (std::error_code ignored; std::filesystem::exists(mark, ignored)) {
    return {wrong(mark.string(),
                  fmt::format("an fsync has failed here, and nothing is acknowledged since: {}",
                              mark_text(mark)),
                  "see to the disk (`dmesg`), then restart sluiced")};
  }
  const files::FileDescriptor file = open_probe(place);
  if (!file) {
    const int error = errno;
    if (error == EACCES || error == EPERM) {
      return {skipped(place,
                      "this user may not write there, so no fsync was tried; say it as root, "
                      "or as the service's user")};
    }
    return {wrong(
        place, fmt::format("no file can be made there: {}", std::generic_category().message(error)),
        "see to the disk: full, read-only, or broken (`dmesg`)")};
  }
  const auto took = time_syncs(node, file);
  if (!took) return {wrong(place, took.error(), "see to the disk (`dmesg`)")};
  const auto median = (*took)[took->size() / 2];
  const std::string told =
      fmt::format("an fsync takes {:.1f} ms", static_cast<double>(median.count()) / 1000);
  if (median > slow_sync) {
    return {warning(place, told + ", and every acknowledgement waits for one",
                    "put the state on a faster disk, or see what else writes to this one")};
  }
  return {ok(place, told)};
}

}  // namespace

std::vector<Check> disk_checks(const Shared& node) {
  const auto of = [&](const char* name, Findings (*look)(const Surroundings&)) {
    return Check{.name = name,
                 .group = disk_group,
                 .about = node->node.state_directory.string(),
                 .needs = {},
                 .look = [node, look]() -> Findings {
                   std::error_code ignored;
                   if (std::filesystem::is_directory(node->node.state_directory, ignored)) {
                     return look(*node);
                   }
                   return {skipped(node->node.state_directory.string(),
                                   "there is no state yet, or this user may not look")};
                 }};
  };
  return {of("space", look_at_space), of("inodes", look_at_inodes), of("fsync", look_at_sync)};
}

}  // namespace sluice::doctor
