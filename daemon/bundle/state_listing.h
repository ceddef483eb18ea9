// What lies in a node's state directory, by names and figures: nothing of what is in the files but
// the numbers by which their formats are told.
#pragma once

#include <filesystem>
#include <string>

namespace sluice::bundle {

// A line for each file, in order of their names: mode, owner, bytes, when it was changed, and of an
// SQLite file its application id and format version, as of its last checkpoint. Opens no database
// as such, and so makes nothing. Says of a folder that this
// user may not enter that it is one, and goes on; of more files than can be listed, how many are
// left out.
[[nodiscard]] std::string state_listing(const std::filesystem::path& directory);

}  // namespace sluice::bundle
