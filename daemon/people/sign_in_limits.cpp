#include "people/sign_in_limits.h"

#include <algorithm>
#include <utility>

namespace sluice::people {
namespace {

// Neither has a space.
std::string account_at_address(const Origin& origin) {
  return origin.account.str() + " " + origin.address;
}

// Devices and addresses do not look alike.
const std::string& under_way_by(const Origin& origin) {
  return origin.device ? *origin.device : origin.address;
}

}  // namespace

SignInLimits::Admission::Admission(Admission&& other) noexcept
    : limits_(std::exchange(other.limits_, nullptr)),
      origin_(std::move(other.origin_)),
      is_decided_(other.is_decided_) {}

SignInLimits::Admission::~Admission() {
  if (limits_ == nullptr) return;
  const std::scoped_lock lock(limits_->mutex_);
  if (!is_decided_) limits_->take_back(origin_);
  limits_->end(origin_);
}

void SignInLimits::Admission::succeeded() {
  const std::scoped_lock lock(limits_->mutex_);
  is_decided_ = true;
  if (origin_.device) {
    limits_->of_devices_.forget(*origin_.device);
  } else {
    limits_->of_accounts_.forget(account_at_address(origin_));
    limits_->of_addresses_.take_back(origin_.address);
  }
}

std::optional<record::Time> SignInLimits::waits_until(const Origin& origin,
                                                      record::Time now) const {
  if (origin.device) return of_devices_.waits_until(*origin.device, now);
  // Of two moments the later; nothing is before any.
  return std::max(of_accounts_.waits_until(account_at_address(origin), now),
                  of_addresses_.waits_until(origin.address, now));
}

std::expected<SignInLimits::Admission, SignInLimits::Denial> SignInLimits::admit(
    const Origin& origin, record::Time now) {
  const std::scoped_lock lock(mutex_);
  if (const auto until = waits_until(origin, now)) return std::unexpected(Denial{until});
  int& under_way = under_way_[under_way_by(origin)];
  if (under_way >= most_under_way_at_once) return std::unexpected(Denial{std::nullopt});
  ++under_way;
  if (origin.device) {
    of_devices_.add(*origin.device, now);
  } else {
    of_accounts_.add(account_at_address(origin), now);
    of_addresses_.add(origin.address, now);
  }
  return Admission(*this, origin);
}

void SignInLimits::take_back(const Origin& origin) {
  if (origin.device) {
    of_devices_.take_back(*origin.device);
  } else {
    of_accounts_.take_back(account_at_address(origin));
    of_addresses_.take_back(origin.address);
  }
}

void SignInLimits::end(const Origin& origin) {
  const auto found = under_way_.find(under_way_by(origin));
  if (--found->second == 0) under_way_.erase(found);
}

}  // namespace sluice::people
