#include "link/https/uplink_identity.h"

#include <utility>

#include "record/try.h"

namespace sluice::link {

std::expected<std::unique_ptr<UplinkIdentity>, trust::TlsFailure> UplinkIdentity::load(
    trust::TlsFiles files) {
  std::unique_ptr<UplinkIdentity> identity(new UplinkIdentity(std::move(files)));
  SLUICE_TRY(identity->reload());
  return identity;
}

UplinkIdentity::Current UplinkIdentity::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

std::expected<void, trust::TlsFailure> UplinkIdentity::reload() {
  auto made = SLUICE_TRY(trust::make_client_context(files_));
  replace(std::move(made));
  return {};
}

void UplinkIdentity::replace(trust::TlsContext made) {
  auto tls = std::make_shared<boost::asio::ssl::context>(made.release());
  const std::lock_guard lock(mutex_);
  current_ = {std::move(tls), current_.generation + 1};
}

}  // namespace sluice::link
