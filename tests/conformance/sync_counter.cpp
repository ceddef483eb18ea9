#include "conformance/sync_counter.h"

#include <atomic>

namespace sluice::test {
namespace {

// SQLite's calls bring nothing of ours along. The system's methods are the same for every file that
// is kept in a write-ahead log.
std::atomic<int> syncs = 0;
sqlite3_io_methods counted;
int (*system_sync)(sqlite3_file*, int) = nullptr;

}  // namespace

SyncCounter::SyncCounter() : vfs_(*sqlite3_vfs_find("unix")) {
  vfs_.zName = "counted";
  vfs_.xOpen = &SyncCounter::open;
  sqlite3_vfs_register(&vfs_, 1);
}

SyncCounter::~SyncCounter() {
  sqlite3_vfs_unregister(&vfs_);
}

int SyncCounter::taken() {
  return syncs.exchange(0);
}

int SyncCounter::open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags,
                      int* opened_flags) {
  sqlite3_vfs* const system = sqlite3_vfs_find("unix");
  const int status = system->xOpen(system, name, file, flags, opened_flags);
  if (status != SQLITE_OK || file->pMethods == nullptr) return status;
  if (system_sync == nullptr) {
    counted = *file->pMethods;
    system_sync = counted.xSync;
    counted.xSync = &SyncCounter::sync;
  }
  file->pMethods = &counted;
  return status;
}

int SyncCounter::sync(sqlite3_file* file, int flags) {
  ++syncs;
  return system_sync(file, flags);
}

}  // namespace sluice::test
