// Which form the file has in which a node remembers its journals and, in a table of its own, its
// embedded store (installation/store_memory.h): one number for both (sqlite/format.h).
#pragma once

namespace sluice::journal {

constexpr int newest_marks_format = 1;

}  // namespace sluice::journal
