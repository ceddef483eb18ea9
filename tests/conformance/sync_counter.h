// Counts how often SQLite has a file brought to the disk: what is durable, and what is not yet.
#pragma once

#include <sqlite3.h>

namespace sluice::test {

// One at a time: while it is there, it stands before the system's files for every database that is
// opened.
class SyncCounter {
 public:
  SyncCounter();
  ~SyncCounter();
  SyncCounter(const SyncCounter&) = delete;
  SyncCounter& operator=(const SyncCounter&) = delete;

  // Since it was last asked.
  [[nodiscard]] int taken();

 private:
  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags,
                  int* opened_flags);
  static int sync(sqlite3_file* file, int flags);

  sqlite3_vfs vfs_{};
};

}  // namespace sluice::test
