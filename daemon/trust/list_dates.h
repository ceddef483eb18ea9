// When the revocation lists in force were issued, and when they end: a list that is out of date
// lets nobody in, so who looks at a node must see that coming.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "record/time.h"

namespace sluice::trust {

struct ListDates {
  std::string issuer;  // RFC 2253
  record::Time issued{};
  std::optional<record::Time> ends;  // nothing: never
  friend bool operator==(const ListDates&, const ListDates&) = default;
};

// Thread-safe. A bundle is read again when its file has changed: it may have a hundred thousand
// entries, and a status is asked for every few seconds.
class KnownLists {
 public:
  // Of the PEM bundle `revocations`: of each authority the newest, in order of their names. Nothing
  // where the file can not be read, which others tell.
  [[nodiscard]] std::vector<ListDates> in(const std::filesystem::path& revocations);

 private:
  using Version = std::pair<std::filesystem::file_time_type, std::uintmax_t>;  // of a file
  struct Read {
    Version version;
    std::vector<ListDates> lists;
  };
  std::mutex mutex_;
  std::map<std::filesystem::path, Read> read_;  // guarded by mutex_
};

}  // namespace sluice::trust
