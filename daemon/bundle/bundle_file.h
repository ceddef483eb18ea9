// The archive itself: one part after the other, as a tar that anybody can open.
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "files/file_descriptor.h"
#include "record/failure.h"
#include "record/time.h"

struct archive;

namespace sluice::bundle {

// One owner. Where it goes without finish(), its file is removed.
class BundleFile {
 public:
  // Makes FILE, mode 0600: gzip where its name ends with .tar.gz or .tgz, zstd with .tar.zst.
  // Nothing that is there is touched. `made` is the time of all entries, and all stand in a folder
  // of the file's name, so that unpacking makes one thing.
  [[nodiscard]] static std::expected<BundleFile, record::Flaw> create(
      const std::filesystem::path& file, record::Time made);
  BundleFile(BundleFile&&) noexcept;
  BundleFile& operator=(BundleFile&&) = delete;
  ~BundleFile();

  // The whole of a part is in memory: whoever makes one bounds it.
  [[nodiscard]] std::expected<void, record::Flaw> add(const std::string& name,
                                                      std::string_view content);
  // On the disk when it returns.
  [[nodiscard]] std::expected<void, record::Flaw> finish();

 private:
  struct Close {
    void operator()(archive* handle) const;
  };
  BundleFile(std::filesystem::path file, files::FileDescriptor descriptor, std::string folder,
             record::Time made);
  [[nodiscard]] record::Flaw flaw() const;

  std::filesystem::path file_;
  files::FileDescriptor descriptor_;
  std::string folder_;
  record::Time made_;
  std::unique_ptr<archive, Close> archive_;  // after the descriptor that it writes to
  bool is_left_ = false;                     // the file stays
};

}  // namespace sluice::bundle
