// How much a node keeps of what has its receipt, of all its streams together, to send it again to a
// center that lost it.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "record/batch.h"
#include "record/identifiers.h"

namespace sluice::journal {

// Thread-safe.
class Retention {
 public:
  explicit Retention(std::uint64_t bytes) : most_(bytes) {}

  // How many bytes a stream is to let go of, that keeps so many, the oldest of them since then. Of
  // all streams the one that has the oldest lets go.
  [[nodiscard]] std::uint64_t excess(const record::BureauId& bureau, std::uint64_t bytes,
                                     record::Time oldest) {
    const std::lock_guard lock(mutex_);
    streams_[bureau] = {bytes, oldest};
    std::uint64_t all = 0;
    bool is_oldest = true;
    for (const auto& [id, stream] : streams_) {
      all += stream.bytes;
      if (stream.bytes > 0 && stream.oldest < oldest) is_oldest = false;
    }
    return is_oldest && all > most_ ? all - most_ : 0;
  }

 private:
  struct Kept {
    std::uint64_t bytes = 0;
    record::Time oldest{};
  };
  const std::uint64_t most_;
  std::mutex mutex_;
  std::map<record::BureauId, Kept> streams_;  // guarded by mutex_
};

}  // namespace sluice::journal
