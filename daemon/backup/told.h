// How a backup and a restore say what is in the way of which file.
#pragma once

#include <cerrno>
#include <expected>
#include <filesystem>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "files/sync.h"
#include "record/failure.h"

namespace sluice::backup {

template <class T>
using Told = std::expected<T, record::Flaw>;

[[nodiscard]] inline std::unexpected<record::Flaw> flaw(const std::filesystem::path& place,
                                                        const std::string& what) {
  return std::unexpected(record::Flaw{fmt::format("{}: {}", place.string(), what)});
}

// Of a file or a directory.
[[nodiscard]] inline Told<void> make_durable(const std::filesystem::path& path) {
  if (files::sync(path)) return {};
  return flaw(path, "fsync: " + std::generic_category().message(errno));
}

}  // namespace sluice::backup
