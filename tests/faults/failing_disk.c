// A disk that fails, for LD_PRELOAD. Only files whose path contains SLUICE_FAIL_PATH are on it.
//   SLUICE_FAIL_FSYNC_AFTER=n  fsync and fdatasync fail with EIO once n calls have succeeded: the
//   next
//                              one, and every one after it;
//   SLUICE_FAIL_FSYNC_WHILE=file
//                              they fail with EIO while that file exists;
//   SLUICE_FAIL_DIRECTORY_FSYNC=1
//                              an fsync of a directory fails with EIO;
//   SLUICE_FAIL_SPACE=file     writes fail with ENOSPC while that file exists.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static bool is_on_failing_disk(int descriptor) {
  const char* wanted = getenv("SLUICE_FAIL_PATH");
  if (wanted == NULL) return false;
  char link[64];
  char path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return false;
  path[length] = '\0';
  return strstr(path, wanted) != NULL;
}

static bool is_directory(int descriptor) {
  struct stat status;
  return fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool sync_fails(int descriptor) {
  if (getenv("SLUICE_FAIL_DIRECTORY_FSYNC") != NULL && is_directory(descriptor) &&
      is_on_failing_disk(descriptor)) {
    errno = EIO;
    return true;
  }
  const char* broken = getenv("SLUICE_FAIL_FSYNC_WHILE");
  if (broken != NULL && is_on_failing_disk(descriptor) && access(broken, F_OK) == 0) {
    errno = EIO;
    return true;
  }
  static atomic_long succeeded;
  const char* after = getenv("SLUICE_FAIL_FSYNC_AFTER");
  if (after == NULL || !is_on_failing_disk(descriptor)) return false;
  if (atomic_fetch_add(&succeeded, 1) < atol(after)) return false;
  errno = EIO;
  return true;
}

static bool write_fails(int descriptor) {
  const char* full = getenv("SLUICE_FAIL_SPACE");
  if (full == NULL || !is_on_failing_disk(descriptor) || access(full, F_OK) != 0) return false;
  errno = ENOSPC;
  return true;
}

int fsync(int descriptor) {
  static int (*real)(int);
  if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  return sync_fails(descriptor) ? -1 : real(descriptor);
}

int fdatasync(int descriptor) {
  static int (*real)(int);
  if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  return sync_fails(descriptor) ? -1 : real(descriptor);
}

ssize_t write(int descriptor, const void* bytes, size_t count) {
  static ssize_t (*real)(int, const void*, size_t);
  if (real == NULL) real = (ssize_t(*)(int, const void*, size_t))dlsym(RTLD_NEXT, "write");
  return write_fails(descriptor) ? -1 : real(descriptor, bytes, count);
}

ssize_t pwrite(int descriptor, const void* bytes, size_t count, off_t at) {
  static ssize_t (*real)(int, const void*, size_t, off_t);
  if (real == NULL) real = (ssize_t(*)(int, const void*, size_t, off_t))dlsym(RTLD_NEXT, "pwrite");
  return write_fails(descriptor) ? -1 : real(descriptor, bytes, count, at);
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t count, off64_t at) {
  static ssize_t (*real)(int, const void*, size_t, off64_t);
  if (real == NULL)
    real = (ssize_t(*)(int, const void*, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
  return write_fails(descriptor) ? -1 : real(descriptor, bytes, count, at);
}
