#include "server/handshakes.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::server {
namespace {

// Far more than bureaus have addresses, in some tens of kilobytes.
constexpr std::size_t most_known = 1024;

}  // namespace

std::string origin_of(const boost::asio::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  const auto& v6 = address.to_v6();
  const auto bytes = v6.to_bytes();
  if (v6.is_v4_mapped()) return fmt::format("{}", fmt::join(bytes.begin() + 12, bytes.end(), "."));
  return fmt::format("{:02x}/64", fmt::join(bytes.begin(), bytes.begin() + 8, ""));
}

void Handshakes::allow(std::uint64_t most) {
  const std::lock_guard lock(mutex_);
  most_ = most;
}

std::shared_ptr<AnyConnection> Handshakes::begin(const std::shared_ptr<AnyConnection>& who,
                                                 const std::string& origin) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<AnyConnection> loser;
  if (const auto found = one_too_many(origin); found != open_.end()) {
    loser = found->connection.lock();
    open_.erase(found);
  }
  open_.push_back({who.get(), who, origin});
  return loser;
}

// There are a few hundred at most, so they are looked through.
Handshakes::Opens::iterator Handshakes::one_too_many(const std::string& origin) {
  const auto of_origin = [&](const Open& open) { return open.origin == origin; };
  const std::uint64_t share = std::max<std::uint64_t>(1, most_ / (is_known(origin) ? 2 : 4));
  if (static_cast<std::uint64_t>(std::ranges::count_if(open_, of_origin)) >= share) {
    return std::ranges::find_if(open_, of_origin);
  }
  if (open_.size() < most_) return open_.end();
  const auto stranger =
      std::ranges::find_if(open_, [&](const Open& open) { return !is_known(open.origin); });
  return stranger == open_.end() ? open_.begin() : stranger;
}

void Handshakes::end(const AnyConnection* who, bool proven) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(open_, [&](const Open& open) { return open.id == who; });
  if (found == open_.end()) return;
  if (proven) know(found->origin);
  open_.erase(found);
}

void Handshakes::know(const std::string& origin) {
  known_[origin] = ++seen_;
  if (known_.size() <= most_known) return;
  known_.erase(
      std::ranges::min_element(known_, {}, [](const auto& entry) { return entry.second; }));
}

}  // namespace sluice::server
