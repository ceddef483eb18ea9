// Small files that are made by hand of an operator's command: whole or not at all, durable, with
// the right mode from their first byte on. A key that is half written, or was there before and is
// not any more, can not be had back.
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <sys/types.h>

namespace sluice::files {

struct Access {
  mode_t mode = 0600;               // whatever the umask is
  std::optional<gid_t> group = {};  // nothing: that of whoever makes it
};

// All fail with `operation_not_supported` where the file system keeps no modes (vfat): who may read
// it could not be said.

// Fails with `file_exists` where there is something of this name, and leaves it as it is.
[[nodiscard]] std::expected<void, std::error_code> create_file(const std::filesystem::path& file,
                                                               std::string_view bytes,
                                                               const Access& access);
// Who reads it meanwhile finds the old or the new, and never a part. A file that is there keeps its
// owner, group and mode, and where this user can not give it those it stays as it is
// (`operation_not_permitted`); `access` is that of a new one.
[[nodiscard]] std::expected<void, std::error_code> replace_file(const std::filesystem::path& file,
                                                                std::string_view bytes,
                                                                const Access& access);
// One directory; what is above it must be there. Fails with `file_exists` as above.
[[nodiscard]] std::expected<void, std::error_code> create_folder(
    const std::filesystem::path& directory, const Access& access);

// Why one of these failed, for people.
[[nodiscard]] std::string to_sentence(const std::error_code& error);

}  // namespace sluice::files
