#include "support/failing_disk.h"

#include <atomic>

#include <sqlite3.h>

namespace sluice::test {
namespace {

// SQLite hands its files' methods nothing but the file, so what fails can only lie here.
std::atomic<int> write_code{SQLITE_OK};
std::atomic<int> file_write_code{SQLITE_OK};
std::atomic<int> log_fsync_code{SQLITE_OK};
std::atomic<int> file_fsync_code{SQLITE_OK};

const sqlite3_io_methods* real_methods = nullptr;
sqlite3_io_methods log_methods;
sqlite3_io_methods file_methods;

int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  const int code = write_code;
  return code != SQLITE_OK ? code : real_methods->xWrite(file, bytes, count, offset);
}
int write_file(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  const int code = file_write_code;
  return code != SQLITE_OK ? code : write(file, bytes, count, offset);
}
int fsync_log(sqlite3_file* file, int flags) {
  const int code = log_fsync_code;
  return code != SQLITE_OK ? code : real_methods->xSync(file, flags);
}
int fsync_file(sqlite3_file* file, int flags) {
  const int code = file_fsync_code;
  return code != SQLITE_OK ? code : real_methods->xSync(file, flags);
}

// The real file, opened in place, with a copy of its methods in which some are ours.
int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* real = static_cast<sqlite3_vfs*>(vfs->pAppData);
  const int result = real->xOpen(real, name, file, flags, out_flags);
  const bool is_log = (flags & SQLITE_OPEN_WAL) != 0;
  if (result != SQLITE_OK || (!is_log && (flags & SQLITE_OPEN_MAIN_DB) == 0)) return result;
  real_methods = file->pMethods;
  sqlite3_io_methods& ours = is_log ? log_methods : file_methods;
  ours = *real_methods;
  ours.xWrite = is_log ? write : write_file;
  ours.xSync = is_log ? fsync_log : fsync_file;
  file->pMethods = &ours;
  return result;
}

}  // namespace

struct FailingDisk::State {
  sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
  sqlite3_vfs ours = *real;
};

FailingDisk::FailingDisk() : state_(std::make_unique<State>()) {
  state_->ours.zName = "failing-disk";
  state_->ours.pAppData = state_->real;
  state_->ours.xOpen = open;
  sqlite3_vfs_register(&state_->ours, 1);
}

FailingDisk::~FailingDisk() {
  heal();
  sqlite3_vfs_unregister(&state_->ours);
  sqlite3_vfs_register(state_->real, 1);
}

void FailingDisk::fail_writes(int code) {
  write_code = code;
}
void FailingDisk::fail_writes_to_the_file(int code) {
  file_write_code = code;
}
void FailingDisk::fail_fsyncs(int code) {
  log_fsync_code = code;
}
void FailingDisk::fail_fsyncs_of_the_file(int code) {
  file_fsync_code = code;
}

void FailingDisk::heal() {
  write_code = SQLITE_OK;
  file_write_code = SQLITE_OK;
  log_fsync_code = SQLITE_OK;
  file_fsync_code = SQLITE_OK;
}

}  // namespace sluice::test
