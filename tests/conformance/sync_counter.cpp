#include "conformance/sync_counter.h"

#include <atomic>
#include <map>

namespace sluice::test {
namespace {

// SQLite's calls bring nothing of ours along.
std::atomic<int> syncs = 0;
int (*system_sync)(sqlite3_file*, int) = nullptr;

// The methods of a kind of file (the database's own take locks, a log's do not), with ours in place
// of one. All kinds bring a file to the disk by the same.
const sqlite3_io_methods* counted(const sqlite3_io_methods* of_system,
                                  int (*sync)(sqlite3_file*, int)) {
  static std::map<const sqlite3_io_methods*, sqlite3_io_methods> kinds;
  const auto [kind, is_new] = kinds.try_emplace(of_system, *of_system);
  system_sync = of_system->xSync;
  if (is_new) kind->second.xSync = sync;
  return &kind->second;
}

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
  file->pMethods = counted(file->pMethods, &SyncCounter::sync);
  return status;
}

int SyncCounter::sync(sqlite3_file* file, int flags) {
  ++syncs;
  return system_sync(file, flags);
}

}  // namespace sluice::test
