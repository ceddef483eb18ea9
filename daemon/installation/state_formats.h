// Which files of a node's state carry a format number, and up to which one this version knows
// them. One list, so that what the daemon refuses at its start and what `sluice doctor` finds are
// the same. Looking makes nothing and changes nothing.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "settings/settings.h"
#include "sqlite/database.h"

namespace sluice::installation {

struct Refusal;  // installation.h

// Who stands still where a file can not be used.
enum class Use {
  bureau,  // of a journal
  node,
};

struct NumberedFile {
  std::filesystem::path file;
  std::int64_t newest = 0;  // that this version writes
  Use use = Use::node;
  std::string question = "SELECT user_version FROM pragma_user_version";
};

// Journals that are there, and of the rest all, whether they are there or not.
[[nodiscard]] std::vector<NumberedFile> numbered_files(const settings::Node& node);

// 0: it has none. What a process that was killed left in its log without the index is not seen.
[[nodiscard]] sqlite::Result<std::int64_t> found_format(const NumberedFile& file);

// Those of the whole node that a later version has written to, a sentence each with file and what
// to do. What can not be read is left to who opens it.
[[nodiscard]] std::vector<std::string> written_by_later_version(const settings::Node& node);

// For the daemon, before it opens anything: trying again is no help. A configuration that can not
// be read is left to who loads it for use.
[[nodiscard]] std::expected<void, Refusal> refuse_later_state(
    const std::filesystem::path& configuration);

}  // namespace sluice::installation
