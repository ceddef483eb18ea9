// Makes a file recognisable: the digest under which the journal remembers that it was loaded.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>

#include "adapters/adapter.h"
#include "adapters/disk/input_file.h"
#include "record/digest.h"

namespace sluice::adapters::disk {

// A file as it was when it was looked through; its name is no part of the digest.
struct FileDigest {
  record::Digest digest;
  FileStamp stamp;
  std::uint64_t lines = 0;  // it has no more rows than these
};

// Reads the whole file once, in constant memory. `progress` counts no rows here.
[[nodiscard]] Result<FileDigest> digest_file(const std::filesystem::path& path, Progress& progress);

}  // namespace sluice::adapters::disk
