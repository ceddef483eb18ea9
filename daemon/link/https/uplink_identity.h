// What an edge node shows to a center and checks the center by: certificates and revocation lists,
// read again when an operator asks for it.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>

#include <boost/asio/ssl/context.hpp>

#include "trust/tls_context.h"

namespace sluice::link {

// Thread-safe.
class UplinkIdentity {
 public:
  [[nodiscard]] static std::expected<std::unique_ptr<UplinkIdentity>, trust::TlsFailure> load(
      trust::TlsFiles files);

  struct Current {
    std::shared_ptr<boost::asio::ssl::context> tls;
    std::uint64_t generation = 0;  // counts the reloads: a connection of an earlier one is renewed
  };
  [[nodiscard]] Current current() const;

  // On failure the old ones stay.
  [[nodiscard]] std::expected<void, trust::TlsFailure> reload();
  // What was read by somebody else.
  void replace(trust::TlsContext made);

 private:
  explicit UplinkIdentity(trust::TlsFiles files) : files_(std::move(files)) {}

  trust::TlsFiles files_;
  mutable std::mutex mutex_;
  Current current_;  // guarded by mutex_
};

}  // namespace sluice::link
