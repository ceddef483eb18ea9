// A code table in a CSV file (RFC 4180, UTF-8) with the columns `code` and `name`; others are
// passed over, so that a published table can be used as it is.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "entry/code_table.h"
#include "settings/complaints.h"

namespace sluice::settings {

// Where code tables are looked for, and what is noted of those that are read.
struct CodeTableFiles {
  std::filesystem::path base;  // of relative paths
  WrittenCodes& written;
};

// From code to name. Complaints go to the table's own lines.
[[nodiscard]] std::map<std::string, std::string> read_code_table(const std::string& name,
                                                                 const CodeTableFiles& files,
                                                                 Complaints& complaints);

// All of a table that forms search, in the file's order: from the columns whose names begin with
// `pinyin` readings of the name, in syllables of small letters with blanks between.
[[nodiscard]] std::vector<entry::CodeEntry> read_code_entries(const std::string& name,
                                                              const CodeTableFiles& files,
                                                              Complaints& complaints);

}  // namespace sluice::settings
