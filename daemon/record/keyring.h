// With what a node signs and whose signatures it believes. Files are replaced while it works, and
// whoever keeps a key of his own goes on with the old one: so all ask here, for each signature.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "record/signature.h"

namespace sluice::record {

// As of one reading of the files.
struct Credentials {
  Signer signer;
  Verifier verifier;
};

// Thread-safe.
class Keyring {
 public:
  explicit Keyring(Credentials credentials)
      : current_(std::make_shared<const Credentials>(std::move(credentials))) {}
  Keyring(const Keyring&) = delete;
  Keyring& operator=(const Keyring&) = delete;

  // What holds now. To be asked anew for each signature and each verification; what was taken stays
  // as it is, whatever comes after it.
  [[nodiscard]] std::shared_ptr<const Credentials> current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

  void replace(Credentials credentials) {
    auto made = std::make_shared<const Credentials>(std::move(credentials));
    const std::lock_guard lock(mutex_);
    current_ = std::move(made);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Credentials> current_;  // guarded by mutex_
};

}  // namespace sluice::record
