#include "link/https/uplink_identity.h"

#include <utility>

namespace sluice::link {

std::expected<std::unique_ptr<UplinkIdentity>, trust::TlsFailure> UplinkIdentity::load(
    trust::TlsFiles files) {
  std::unique_ptr<UplinkIdentity> identity(new UplinkIdentity(std::move(files)));
  if (auto loaded = identity->reload(); !loaded) return std::unexpected(loaded.error());
  return identity;
}

UplinkIdentity::Current UplinkIdentity::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

std::expected<void, trust::TlsFailure> UplinkIdentity::reload() {
  auto made = trust::make_client_context(files_);
  if (!made) return std::unexpected(made.error());
  auto tls = std::make_shared<boost::asio::ssl::context>(made->release());
  const std::lock_guard lock(mutex_);
  current_ = {std::move(tls), current_.generation + 1};
  return {};
}

}  // namespace sluice::link
